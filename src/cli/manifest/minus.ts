import { type SetResult, writeDifference } from '../../files/making/manifestSets.js';
import type { CliCommand } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, makingContext, refuseSecondStdin } from './making.js';

const help = [
  'Usage: s3batch manifest minus A B... -o OUT [options]',
  '',
  'Writes the rows of A whose object is in none of the other manifests. A row that is in A twice goes twice, or stays twice.',
  'Takes 10 to 15 bytes of memory for each object of B, and 256 MB at most: beyond that the manifests are read several times.',
  '',
  'Options:',
  ...outputHelp,
  '  --fields LIST          columns of all manifests, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest minus`: 0 written, 2 could not run. */
export const minusCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, { ...outputFlags, fields: { type: 'string' } });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [first, ...others] = positionals;
  if (first === undefined || others.length === 0) throw usageError('Name a manifest, and those to take away from it.');
  refuseSecondStdin(positionals);
  const fields = values.fields === undefined ? undefined : parseFields(values.fields);
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  let result: SetResult | undefined;
  await output.produce(async (write) => {
    result = await writeDifference(first, others, { fields }, write, makingContext(io, progress));
  });
  progress.clear();
  await reportOutput(output, result?.rows ?? 0, headerNotes(result?.read ?? []), io);
  return 0;
};
