import { resolve } from 'node:path';
import {
  checkInventory,
  type InventoryCheck,
  type InventoryResult,
  writeInventory,
} from '../../files/making/convertInventory.js';
import { findInventory } from '../../files/making/inventoryFiles.js';
import type { CliCommand, CliIo } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { makingContext } from './making.js';
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
  const progress = new Progress(io);
  const context = makingContext(io, progress);
  const options = { isCurrentOnly: values['current-only'] };
  if (isCheck) return check(await checkInventory(resolve(io.cwd, path), folder, options, context), progress, io);

  const inventory = await findInventory(resolve(io.cwd, path), folder);
  const inputs = [inventory.manifestPath, ...inventory.found.map((part) => part.path)];
  const output = await openOutput(values, inputs, io);
  let result: InventoryResult | undefined;
  await output.produce(async (write) => {
    result = await writeInventory(inventory, options, write, context);
  });
  progress.clear();
  await reportOutput(output, result?.counts.rows ?? 0, result === undefined ? [] : notesOf(result), io);
  return 0;
};

async function check(result: InventoryCheck, progress: Progress, io: CliIo): Promise<number> {
  const { problems, counts, parts, sourceBucket } = result;
  progress.clear();
  const lines = [
    ...problems,
    ...notesOf(result),
    `${count(counts.rows, 'row')} in ${count(parts, 'file')} of ${sourceBucket}: ` +
      (problems.length === 0 ? 'nothing wrong' : count(problems.length, 'problem')),
  ];
  await writeOut(io.stdout, `${lines.map(printable).join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}

function notesOf({ counts, fields }: InventoryResult): string[] {
  return [
    ...(counts.deleteMarkers > 0 ? [`${count(counts.deleteMarkers, 'delete marker')} left out.`] : []),
    ...(counts.noncurrent > 0 ? [`${count(counts.noncurrent, 'noncurrent version')} left out.`] : []),
    ...(counts.nullVersions > 0 ? [`${count(counts.nullVersions, 'empty version id')} written as null.`] : []),
    `Columns: ${fields.join(',')}`,
  ];
}
