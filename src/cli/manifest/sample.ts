import { type SampleResult, writeSample } from '../../files/making/sampleManifest.js';
import type { CliCommand } from '../cliIo.js';
import { parseArguments, parseWholeNumber, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import { headerNotes, makingContext } from './making.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';

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
  '  --fields LIST          columns of the manifest, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest sample`: 0 written, 2 could not run. */
export const sampleCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    rows: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'stratify-by-prefix': { type: 'boolean' },
    'prefix-depth': { type: 'string' },
    fields: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one manifest, or - for stdin.');
  if (values.rows === undefined) throw usageError("Say how many rows to draw with '--rows'.");
  const isStratified = values['stratify-by-prefix'] === true;
  if (values['prefix-depth'] !== undefined && !isStratified) {
    throw usageError("Option '--prefix-depth' needs '--stratify-by-prefix'.");
  }
  const options = {
    size: parseWholeNumber('--rows', values.rows, 1),
    seed: parseWholeNumber('--seed', values.seed, 0),
    prefixDepth: isStratified ? parseWholeNumber('--prefix-depth', values['prefix-depth'] ?? '1', 1) : undefined,
    fields: values.fields === undefined ? undefined : parseFields(values.fields),
  };
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  let result: SampleResult | undefined;
  await output.produce(async (write) => {
    result = await writeSample(path, options, write, makingContext(io, progress));
  });
  progress.clear();
  const notes =
    result === undefined
      ? []
      : [...headerNotes([result.read]), ...(isStratified ? [`Drawn from ${result.groups.toLocaleString('en')} prefixes.`] : [])];
  await reportOutput(output, result?.rows ?? 0, notes, io);
  return 0;
};
