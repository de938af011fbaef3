import { writeSample } from '../../files/making/sampleManifest.js';
import { parseWholeNumber, usageError } from '../commandLine.js';
import { defineCommand, onlyOperand } from '../defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from '../fieldsFlag.js';
import { headerNotes } from './making.js';
import { openOutput, outputFlags, outputHelp, reportOutput, writeManifest } from './manifestOutput.js';

const help = [
  'Usage: s3batch manifest sample FILE --rows N -o OUT [options]',
  '',
  'Writes N rows drawn at random, each as likely, in the order of the file; all rows when there are no more. The same manifest, N and',
  'seed give the same rows.',
  '',
  'Options:',
  '  --rows N               how many rows to draw',
  '  --seed S               a whole number (default 1)',
  '  --stratify-by-prefix   draw from each prefix in proportion to its rows, and at least one row from each if N allows',
  '  --prefix-depth D       with --stratify-by-prefix: levels of a prefix (default 1: logs/ of logs/2026/a.txt)',
  ...outputHelp,
  fieldsHelp('the manifest'),
  '  --help                 show this',
  '',
].join('\n');

const flags = {
  ...outputFlags,
  rows: { type: 'string' },
  seed: { type: 'string', default: '1' },
  'stratify-by-prefix': { type: 'boolean' },
  'prefix-depth': { type: 'string' },
  ...fieldsFlag,
} as const;

/** `s3batch manifest sample`: 0 written, 2 could not run. */
export const sampleCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one manifest, or - for stdin.');
  if (values.rows === undefined) throw usageError("Say how many rows to draw with '--rows'.");
  const isStratified = values['stratify-by-prefix'] === true;
  if (values['prefix-depth'] !== undefined && !isStratified) {
    throw usageError("Option '--prefix-depth' needs '--stratify-by-prefix'.");
  }
  const options = {
    size: parseWholeNumber('--rows', values.rows, 1),
    seed: parseWholeNumber('--seed', values.seed, 0),
    prefixDepth: isStratified ? parseWholeNumber('--prefix-depth', values['prefix-depth'] ?? '1', 1) : undefined,
    fields: parseFields(values.fields),
  };
  const output = await openOutput(values, operands, io);
  const { rows, read, groups } = await writeManifest(output, io, (write, context) => writeSample(path, options, write, context));
  const notes = [...headerNotes([read]), ...(isStratified ? [`Drawn from ${groups.toLocaleString('en')} prefixes.`] : [])];
  await reportOutput(output, rows, notes, io);
  return 0;
});
