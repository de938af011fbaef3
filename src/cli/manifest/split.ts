import { partName, splitManifest } from '../../files/making/splitManifest.js';
import { parseWholeNumber, usageError } from '../commandLine.js';
import { defineCommand, onlyOperand } from '../defineCommand.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { makingContext } from './making.js';
import { outputFlags, refuseOutput } from './manifestOutput.js';
import { parseSize } from './sizeFlag.js';

const help = [
  'Usage: s3batch manifest split FILE --rows N -o PATTERN [options]',
  '       s3batch manifest split FILE --bytes N -o PATTERN [options]',
  '',
  'Cuts a manifest into parts at row ends. The parts one after the other are the file, byte for byte. No part is there before all are.',
  '',
  'Options:',
  '  --rows N               rows of a part, at most',
  '  --bytes N              bytes of a part, at most; N may end in K, M or G (1024 and so on)',
  '  -o, --output PATTERN   names of the parts: part-###.csv gives part-001.csv, part-002.csv, and so on',
  '                         (part.csv gives part-0001.csv)',
  '  --force                overwrite parts that exist',
  '  --help                 show this',
  '',
].join('\n');

const flags = {
  ...outputFlags,
  rows: { type: 'string' },
  bytes: { type: 'string' },
} as const;

/** `s3batch manifest split`: 0 written, 2 could not run. */
export const splitCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one manifest, or - for stdin.');
  if (values.rows === undefined && values.bytes === undefined) {
    throw usageError("Say how big a part may be with '--rows' or '--bytes'.");
  }
  const pattern = values.output;
  if (pattern === undefined || pattern === '' || pattern === '-')
    throw usageError("Say how to name the parts, such as with '-o part-###.csv'.");
  const limits = {
    rows: values.rows === undefined ? undefined : parseWholeNumber('--rows', values.rows, 1),
    bytes: values.bytes === undefined ? undefined : parseSize('--bytes', values.bytes),
  };

  if (limits.bytes === 0) throw usageError("Option '--bytes' takes at least 1.");

  const isForced = values.force === true;
  const check = (part: string, name: string): Promise<void> => refuseOutput(part, name, isForced, [path], io);
  const progress = new Progress(io);
  const { rows, parts } = await splitManifest(path, { limits, pattern, isForced, check }, makingContext(io, progress));
  progress.clear();
  const [first, last] = [partName(pattern, 1), partName(pattern, parts)];
  const names = parts < 2 ? first : `${first} to ${last}`;
  const where = parts === 0 ? '' : `: ${printable(names)}`;
  await writeOut(io.stdout, `${count(rows, 'row')} in ${count(parts, 'part')}${where}\n`);
  return 0;
});
