import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { BatchError, isBatchError } from '../../base/errors.js';
import { InventoryConverter, type InventoryPart } from '../../core/manifest/making/inventory.js';
import type { CliCommand, CliIo } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { readSource } from '../readSource.js';
import type { Write } from '../../files/replaceFile.js';
import { findInventory, type FoundInventory } from './inventoryFiles.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';

const help = [
  'Usage: s3batch manifest from-inventory PATH -o OUT [options]',
  '       s3batch manifest from-inventory PATH --check',
  '',
  'Converts an S3 Inventory in CSV that was downloaded to a manifest. PATH is its manifest.json or the folder of it; the data files',
  'are looked for where S3 puts them. Keys are written anew in canonical encoding, empty version ids as null, and delete markers are',
  'left out. The MD5 of each file is verified; nothing is written when one is wrong.',
  '',
  'Options:',
  '  --check                only check the inventory and count its rows',
  '  --current-only         leave out all versions but the latest of each key',
  '  --data FOLDER          where the data files are, when they are elsewhere',
  ...outputHelp,
  '  --help                 show this',
  '',
  'Exit codes: 0 written, or nothing wrong, 1 --check found something wrong, 2 could not run.',
  '',
].join('\n');

/** `s3batch manifest from-inventory`: 0 written, 1 `--check` found something wrong, 2 could not run. */
export const fromInventoryCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    check: { type: 'boolean' },
    'current-only': { type: 'boolean' },
    data: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one inventory: its manifest.json or the folder of it.');
  const isCheck = values.check === true;
  if (isCheck && values.output !== undefined) throw usageError("Options '--check' and '--output' exclude each other.");
  const folder = values.data === undefined ? undefined : resolve(io.cwd, values.data);
  const inventory = await findInventory(resolve(io.cwd, path), folder);
  const options = { columns: inventory.columns, isCurrentOnly: values['current-only'] };
  if (isCheck) return check(inventory, options, io);

  const problems = problemsOf(inventory);
  if (problems.length > 0) {
    throw new BatchError('IncompleteInventory', 'Nothing was written, because the inventory is not whole.', {
      hint: problems.join('\n'),
    });
  }
  const inputs = [inventory.manifestPath, ...inventory.found.map((part) => part.path)];
  const output = await openOutput(values, inputs, io);
  const progress = new Progress(io);
  let rows: string[] = [];
  const converter = new InventoryConverter((row) => rows.push(row), options);
  await output.produce(async (write) => {
    for (const part of inventory.found) {
      const flush: Write = async () => {
        const text = rows.join('');
        rows = [];
        progress.show(() => `${nameOf(part, io)}: ${count(converter.counts.rows, 'row')}`);
        return write(text);
      };
      if (!(await readPart(part, converter, flush, io))) return;
    }
  });
  progress.clear();
  await reportOutput(output, converter.counts.rows, notesOf(converter), io);
  return 0;
};

/** Reads everything, goes on after what is wrong, and says all of it. */
async function check(
  inventory: FoundInventory,
  options: { readonly columns: readonly string[]; readonly isCurrentOnly: boolean | undefined },
  io: CliIo,
): Promise<number> {
  const problems = problemsOf(inventory);
  const progress = new Progress(io);
  const converter = new InventoryConverter(() => undefined, options);
  for (const part of inventory.found) {
    try {
      await readPart(
        part,
        converter,
        async () => {
          progress.show(() => `${nameOf(part, io)}: ${count(converter.counts.rows, 'row')}`);
          return true;
        },
        io,
      );
    } catch (error) {
      if (!isBatchError(error)) throw error;
      problems.push(error.message);
    }
  }
  progress.clear();
  const lines = [
    ...problems,
    ...notesOf(converter),
    `${count(converter.counts.rows, 'row')} in ${count(inventory.parts.length, 'file')} of ${inventory.sourceBucket}: ` +
      (problems.length === 0 ? 'nothing wrong' : count(problems.length, 'problem')),
  ];
  await writeOut(io.stdout, `${lines.map(printable).join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}

function problemsOf(inventory: FoundInventory): string[] {
  return [
    ...(inventory.isChecksumWrong ? ['The manifest.json is not the one that manifest.checksum is of.'] : []),
    ...inventory.missing.map((key) => `The data file ${key} is not here.`),
  ];
}

/** Reads one data file and verifies it; false when nobody reads what is written. */
async function readPart(
  part: InventoryPart & { readonly path: string },
  converter: InventoryConverter,
  flush: Write,
  io: CliIo,
): Promise<boolean> {
  const name = nameOf(part, io);
  const reader = converter.part(name);
  const hash = createHash('md5');
  const isPacked = /\.gz$/i.test(part.path);
  let bytes = 0;
  const onStored = (chunk: Uint8Array): void => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  for await (const chunk of readSource(part.path, io, onStored)) {
    if (!isPacked) onStored(chunk);
    reader.push(chunk);
    if (!(await flush(''))) return false;
  }
  reader.end();
  if (part.sizeBytes !== undefined && part.sizeBytes !== bytes) {
    throw new BatchError('BadInventory', `${name} has ${bytes} bytes, the manifest.json says ${part.sizeBytes}.`);
  }
  if (part.md5 !== undefined && part.md5 !== hash.digest('hex')) {
    throw new BatchError('BadInventory', `The MD5 of ${name} is not the one that the manifest.json says.`, {
      hint: 'Download the file again.',
    });
  }
  return flush('');
}

function nameOf(part: { readonly path: string }, io: CliIo): string {
  return relative(io.cwd, part.path);
}

function notesOf({ counts, fields }: InventoryConverter): string[] {
  return [
    ...(counts.deleteMarkers > 0 ? [`${count(counts.deleteMarkers, 'delete marker')} left out.`] : []),
    ...(counts.noncurrent > 0 ? [`${count(counts.noncurrent, 'noncurrent version')} left out.`] : []),
    ...(counts.nullVersions > 0 ? [`${count(counts.nullVersions, 'empty version id')} written as null.`] : []),
    `Columns: ${fields.join(',')}`,
  ];
}
