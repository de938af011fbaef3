import { type SetResult, writeUnion } from '../../files/making/manifestSets.js';
import type { CliCommand, CliIo } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { count } from '../output.js';
import { Progress } from '../progress.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, makingContext, refuseSecondStdin } from './making.js';

const flags = { ...outputFlags, fields: { type: 'string' } } as const;

const optionHelp = [
  'Takes 10 to 15 bytes of memory for each object, and 256 MB at most: beyond that the manifests are read several times.',
  '',
  'Options:',
  ...outputHelp,
  '  --fields LIST          columns of the manifest, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
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
export const unionCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, flags);
  if (values.help === true) {
    await writeOut(io.stdout, unionHelp);
    return 0;
  }
  if (positionals.length < 2) throw usageError('Name the manifests to put together.');
  return writeDistinct(positionals, values, io);
};

/** `s3batch manifest dedupe`: 0 written, 2 could not run. */
export const dedupeCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, flags);
  if (values.help === true) {
    await writeOut(io.stdout, dedupeHelp);
    return 0;
  }
  if (positionals.length !== 1) throw usageError('Name one manifest, or - for stdin.');
  return writeDistinct(positionals, values, io);
};

async function writeDistinct(
  paths: readonly string[],
  values: { readonly output?: string; readonly force?: boolean; readonly fields?: string },
  io: CliIo,
): Promise<number> {
  refuseSecondStdin(paths);
  const fields = values.fields === undefined ? undefined : parseFields(values.fields);
  const output = await openOutput(values, paths, io);
  const progress = new Progress(io);
  let result: SetResult | undefined;
  await output.produce(async (write) => {
    result = await writeUnion(paths, { fields }, write, makingContext(io, progress));
  });
  progress.clear();
  const { rows, read } = result ?? { rows: 0, read: [] };
  const repeated = read.reduce((sum, manifest) => sum + manifest.rows, 0) - rows;
  const notes = repeated === 0 ? [] : [`${count(repeated, 'row')} left out: the object was there already.`];
  await reportOutput(output, rows, [...headerNotes(read), ...notes], io);
  return 0;
}
