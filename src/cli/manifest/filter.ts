import { errorCode } from '../../base/errors.js';
import { checkFilter, writeFiltered } from '../../files/making/filterManifest.js';
import { usageError } from '../commandLine.js';
import { defineCommand, onlyOperand } from '../defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from '../fieldsFlag.js';
import { keyFilterFlags, keyFilterHelp } from './keyFilterFlags.js';
import { openOutput, outputFlags, outputHelp, reportOutput, writeManifest } from './manifestOutput.js';
import { headerNotes } from './making.js';

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
  fieldsHelp('the manifest'),
  '  --help                 show this',
  '',
].join('\n');

const flags = {
  ...outputFlags,
  ...keyFilterFlags,
  bucket: { type: 'string', multiple: true },
  prefix: { type: 'string', multiple: true },
  ...fieldsFlag,
} as const;

/** `s3batch manifest filter`: 0 written (also when no row fits), 2 could not run. */
export const filterCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one manifest, or - for stdin.');
  const options = {
    buckets: values.bucket,
    prefixes: values.prefix,
    suffixes: values.suffix,
    globs: values.glob,
    excludedGlobs: values.exclude,
    fields: parseFields(values.fields),
  };
  try {
    checkFilter(options);
  } catch (error) {
    if (errorCode(error) === 'NoFilter') throw usageError("Say which rows to keep, such as with '--prefix logs/'.");
    throw error;
  }
  const output = await openOutput(values, operands, io);
  const { rows, read } = await writeManifest(output, io, (write, context) => writeFiltered(path, options, write, context));
  await reportOutput(output, rows, headerNotes([read]), io);
  return 0;
});
