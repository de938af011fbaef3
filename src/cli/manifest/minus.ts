import { writeDifference } from '../../files/making/manifestSets.js';
import { usageError } from '../commandLine.js';
import { defineCommand } from '../defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from '../fieldsFlag.js';
import { openOutput, outputFlags, outputHelp, reportOutput, writeManifest } from './manifestOutput.js';
import { headerNotes, refuseSecondStdin } from './making.js';

const help = [
  'Usage: s3batch manifest minus A B... -o OUT [options]',
  '',
  'Writes the rows of A whose object is in none of the other manifests. A row that is in A twice goes twice, or stays twice.',
  'Takes 10 to 15 bytes of memory for each object of B, and 256 MB at most: beyond that the manifests are read several times.',
  '',
  'Options:',
  ...outputHelp,
  fieldsHelp('all manifests'),
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest minus`: 0 written, 2 could not run. */
export const minusCommand = defineCommand(help, { ...outputFlags, ...fieldsFlag }, async (values, operands, io) => {
  const [first, ...others] = operands;
  if (first === undefined || others.length === 0) throw usageError('Name a manifest, and those to take away from it.');
  refuseSecondStdin(operands);
  const fields = parseFields(values.fields);
  const output = await openOutput(values, operands, io);
  const { rows, read } = await writeManifest(output, io, (write, context) =>
    writeDifference(first, others, { fields }, write, context),
  );
  await reportOutput(output, rows, headerNotes(read), io);
  return 0;
});
