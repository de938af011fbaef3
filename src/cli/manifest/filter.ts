import { errorCode } from '../../base/errors.js';
import { checkFilter, type FilterResult, writeFiltered } from '../../files/making/filterManifest.js';
import type { CliCommand } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import { keyFilterFlags, keyFilterHelp } from './keyFilterFlags.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, makingContext } from './making.js';

const help = [
  'Usage: s3batch manifest filter FILE -o OUT [--prefix P] [--suffix S] [--glob G] [--exclude G] [options]',
  '',
  'Writes the rows whose decoded key fits. Of options of one kind one must fit, and of each kind that is given; see --exclude.',
  '',
  'Options:',
  '  --bucket BUCKET        keys of this bucket; may be repeated',
  '  --prefix TEXT          keys that begin with the text; may be repeated',
  ...keyFilterHelp,
  ...outputHelp,
  '  --fields LIST          columns of the manifest, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest filter`: 0 written (also when no row fits), 2 could not run. */
export const filterCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    ...keyFilterFlags,
    bucket: { type: 'string', multiple: true },
    prefix: { type: 'string', multiple: true },
    fields: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one manifest, or - for stdin.');
  const options = {
    buckets: values.bucket,
    prefixes: values.prefix,
    suffixes: values.suffix,
    globs: values.glob,
    excludedGlobs: values.exclude,
    fields: values.fields === undefined ? undefined : parseFields(values.fields),
  };
  try {
    checkFilter(options);
  } catch (error) {
    if (errorCode(error) === 'NoFilter') throw usageError("Say which rows to keep, such as with '--prefix logs/'.");
    throw error;
  }
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  let result: FilterResult | undefined;
  await output.produce(async (write) => {
    result = await writeFiltered(path, options, write, makingContext(io, progress));
  });
  progress.clear();
  await reportOutput(output, result?.rows ?? 0, headerNotes(result === undefined ? [] : [result.read]), io);
  return 0;
};
