import { resolve } from 'node:path';
import { isBatchError } from '../base/errors.js';
import { type LintResult, ManifestByteLinter } from '../core/manifest/lintManifest.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';
import { lintFile } from '../files/lintFile.js';
import type { CliIo } from './cliIo.js';
import { parseChoice, parseWholeNumber, usageError } from './commandLine.js';
import { defineCommand } from './defineCommand.js';
import { expandPatterns } from './expandPatterns.js';
import { lintOptionFlags, lintOptionHelp, parseLintOptions } from './lintOptionFlags.js';
import { writeOut } from '../files/streams.js';
import { styleOf } from './output.js';
import { errorText } from './runEntry.js';
import { readSource } from '../files/readSource.js';
import { githubReport } from './lintFormats/githubReport.js';
import { jsonReport } from './lintFormats/jsonReport.js';
import type { LintedFile, LintReport } from './lintFormats/lintReport.js';
import { sarifReport } from './lintFormats/sarifReport.js';
import { textReport } from './lintFormats/textReport.js';

const formats = ['text', 'json', 'sarif', 'github'] as const;
const reports: Readonly<Record<(typeof formats)[number], LintReport>> = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  github: githubReport,
};

const help = [
  'Usage: s3batch lint FILE... [options]',
  '',
  'Checks manifests. FILE may be - for stdin, or a pattern such as "jobs/**/*.csv"; what is packed with gzip is unpacked.',
  '',
  'Options:',
  '  --format FORMAT        text (the default), json, sarif or github',
  ...lintOptionHelp,
  '  --max-problems N       list at most N problems of a file; all are counted (default 1000)',
  '  --help                 show this',
  '',
  'Exit codes: 0 no error, 1 errors found, 2 could not run.',
  '',
].join('\n');

const flags = {
  ...lintOptionFlags,
  format: { type: 'string', default: 'text' },
  'max-problems': { type: 'string' },
} as const;

/** `s3batch lint`: 0 no error, 1 errors found, 2 a file could not be read or the command line is wrong. */
export const lintCommand = defineCommand(help, flags, async (values, operands, io) => {
  if (operands.length === 0) throw usageError('Name the manifests to check, or - for stdin.');
  if (operands.filter((path) => path === '-').length > 1) throw usageError('Stdin (-) can be read once only.');
  const report = reports[parseChoice('--format', values.format, formats)];
  const maxProblems = values['max-problems'];
  const options: LintOptions = {
    ...parseLintOptions(values),
    maxProblems: maxProblems === undefined ? undefined : parseWholeNumber('--max-problems', maxProblems, 0),
  };

  const files: LintedFile[] = [];
  let isAnyUnread = false;
  for (const path of await findFiles(operands, io, () => (isAnyUnread = true))) {
    try {
      files.push({ path, result: await lintSource(path, options, io) });
    } catch (error) {
      if (!isBatchError(error)) throw error;
      // The other files are still worth a look.
      isAnyUnread = true;
      await writeOut(io.stderr, errorText(error, 'lint'));
    }
  }
  if (files.length > 0) await writeOut(io.stdout, report(files, styleOf(io), io));
  if (isAnyUnread) return 2;
  return files.some(({ result }) => result.errors > 0) ? 1 : 0;
});

/** What does not match anything is said, and does not hide the others. */
async function findFiles(args: readonly string[], io: CliIo, onMissing: () => void): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const arg of args) {
    try {
      for (const path of await expandPatterns([arg], io.cwd)) paths.add(path);
    } catch (error) {
      if (!isBatchError(error)) throw error;
      onMissing();
      await writeOut(io.stderr, errorText(error, 'lint'));
    }
  }
  return paths;
}

async function lintSource(path: string, options: LintOptions, io: CliIo): Promise<LintResult> {
  if (path !== '-') return lintFile(resolve(io.cwd, path), options, { name: path });
  const linter = new ManifestByteLinter(options);
  for await (const chunk of readSource(path, io)) linter.push(chunk);
  return linter.end();
}
