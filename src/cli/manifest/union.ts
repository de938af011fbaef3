import { writeUnion } from '../../files/making/manifestSets.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { defineCommand } from '../defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from '../fieldsFlag.js';
import { count } from '../output.js';
import { openOutput, outputFlags, outputHelp, reportOutput, writeManifest } from './manifestOutput.js';
import { headerNotes, refuseSecondStdin } from './making.js';

const flags = { ...outputFlags, ...fieldsFlag } as const;

const optionHelp = [
  'Takes 10 to 15 bytes of memory for each object, and 256 MB at most: beyond that the manifests are read several times.',
  '',
  'Options:',
  ...outputHelp,
  fieldsHelp('the manifest'),
  '  --help                 show this',
  '',
];

const unionHelp = [
  'Usage: s3batch manifest union A B... -o OUT [options]',
  '',
  'Writes the rows of all manifests one after the other, of each object only the first.',
  ...optionHelp,
].join('\n');

const dedupeHelp = [
  'Usage: s3batch manifest dedupe FILE -o OUT [options]',
  '',
  'Writes the rows of a manifest, of each object only the first.',
  ...optionHelp,
].join('\n');

/** `s3batch manifest union`: 0 written, 2 could not run. */
export const unionCommand = defineCommand(unionHelp, flags, async (values, operands, io) => {
  if (operands.length < 2) throw usageError('Name the manifests to put together.');
  return writeDistinct(operands, values, io);
});

/** `s3batch manifest dedupe`: 0 written, 2 could not run. */
export const dedupeCommand = defineCommand(dedupeHelp, flags, async (values, operands, io) => {
  if (operands.length !== 1) throw usageError('Name one manifest, or - for stdin.');
  return writeDistinct(operands, values, io);
});

async function writeDistinct(
  paths: readonly string[],
  values: { readonly output?: string; readonly force?: boolean; readonly fields?: string },
  io: CliIo,
): Promise<number> {
  refuseSecondStdin(paths);
  const fields = parseFields(values.fields);
  const output = await openOutput(values, paths, io);
  const { rows, read } = await writeManifest(output, io, (write, context) => writeUnion(paths, { fields }, write, context));
  const repeated = read.reduce((sum, manifest) => sum + manifest.rows, 0) - rows;
  const notes = repeated === 0 ? [] : [`${count(repeated, 'row')} left out: the object was there already.`];
  await reportOutput(output, rows, [...headerNotes(read), ...notes], io);
  return 0;
}
