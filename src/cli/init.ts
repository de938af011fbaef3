import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BatchError, errorCode, errorMessage } from '../base/errors.js';
import { handlerTemplate } from '../core/handler/templates/handlerTemplate.js';
import { handlerLanguages, type TemplateFile } from '../core/handler/templates/templateFile.js';
import { listOf, parseChoice, usageError } from './commandLine.js';
import { defineCommand } from './defineCommand.js';
import { writeOut } from '../files/streams.js';

const schemas = ['1.0', '2.0'] as const;

const help = [
  'Usage: s3batch init DIR --language LANGUAGE [options]',
  '',
  'Writes a function for S3 Batch Operations jobs into DIR: handler, types, template.yaml, sample event, test, README.',
  '',
  'Options:',
  '  --language LANGUAGE    typescript, javascript or python',
  '  --schema VERSION       invocation schema of its jobs: 1.0, or 2.0 (the default), which has user arguments',
  '  --name NAME            name of the function (default: that of the folder)',
  '  --force                replace files that are there',
  '  --help                 show this',
  '',
  'Exit codes: 0 written, 2 could not run, for example because files are there already; then nothing is written.',
  '',
].join('\n');

const flags = {
  language: { type: 'string' },
  schema: { type: 'string', default: '2.0' },
  name: { type: 'string' },
  force: { type: 'boolean' },
} as const;

/** `s3batch init`: 0 written, 2 not. Either all files are written or, when one of another content is there, none. */
export const initCommand = defineCommand(help, flags, async (values, operands, io) => {
  const [folder, ...others] = operands;
  if (folder === undefined || others.length > 0) throw usageError('Name one folder to write to.');
  if (values.language === undefined) throw usageError(`Choose a language with '--language': ${listOf(handlerLanguages)}.`);
  const target = resolve(io.cwd, folder);
  const files = handlerTemplate({
    language: parseChoice('--language', values.language, handlerLanguages),
    schema: parseChoice('--schema', values.schema, schemas),
    name: values.name ?? nameOf(target),
  });

  const conflicts: string[] = [];
  for (const file of files) if (await isOther(target, file)) conflicts.push(file.path);
  if (conflicts.length > 0 && values.force !== true) {
    throw new BatchError('FilesExist', `${listOf(conflicts)} would be replaced in ${target}. Nothing was written.`, {
      hint: "Choose another folder, or replace them with '--force'.",
    });
  }
  for (const file of files) await write(join(target, file.path), file.text);
  const place = relative(io.cwd, target) || '.';
  await writeOut(io.stdout, `${files.map((file) => join(place, file.path)).join('\n')}\n`);
  return 0;
});

/** A function's name from the folder's: what a name can't have becomes a hyphen. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[^A-Za-z0-9-_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'batch-handler' : name;
}

/** True when something of another content is at the file's place. */
async function isOther(folder: string, file: TemplateFile): Promise<boolean> {
  const path = join(folder, file.path);
  try {
    return (await readFile(path, 'utf8')) !== file.text;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw cannot('read', path, error);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw cannot('write', path, error);
  }
}

function cannot(what: string, path: string, cause: unknown): BatchError {
  return new BatchError('CanNotWrite', `Can't ${what} ${path}: ${errorMessage(cause)}`, { cause });
}
