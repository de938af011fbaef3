import { resolve } from 'node:path';
import {
  checkInventory,
  type InventoryCheck,
  type InventoryResult,
  writeInventory,
} from '../../files/making/convertInventory.js';
import { findInventory } from '../../files/making/inventoryFiles.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { defineCommand, onlyOperand } from '../defineCommand.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { makingContext } from './making.js';
import { openOutput, outputFlags, outputHelp, reportOutput, writeManifest } from './manifestOutput.js';

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

const flags = {
  ...outputFlags,
  check: { type: 'boolean' },
  'current-only': { type: 'boolean' },
  data: { type: 'string' },
} as const;

/** `s3batch manifest from-inventory`: 0 written, 1 `--check` found something wrong, 2 could not run. */
export const fromInventoryCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one inventory: its manifest.json or the folder of it.');
  const isCheck = values.check === true;
  if (isCheck && values.output !== undefined) throw usageError("Options '--check' and '--output' exclude each other.");
  const folder = values.data === undefined ? undefined : resolve(io.cwd, values.data);
  const options = { isCurrentOnly: values['current-only'] };
  if (isCheck) {
    const progress = new Progress(io);
    const result = await checkInventory(resolve(io.cwd, path), folder, options, makingContext(io, progress));
    progress.clear();
    return await sayCheck(result, io);
  }

  const inventory = await findInventory(resolve(io.cwd, path), folder);
  const inputs = [inventory.manifestPath, ...inventory.found.map((part) => part.path)];
  const output = await openOutput(values, inputs, io);
  const result = await writeManifest(output, io, (write, context) => writeInventory(inventory, options, write, context));
  await reportOutput(output, result.counts.rows, notesOf(result), io);
  return 0;
});

async function sayCheck(result: InventoryCheck, io: CliIo): Promise<number> {
  const { problems, counts, parts, sourceBucket } = result;
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
