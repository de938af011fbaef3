import { exportFormatNames, exportJob } from '../core/export/exportJob.js';
import { listOf, parseChoice } from './commandLine.js';
import { defineCommand, onlyOperand } from './defineCommand.js';
import { printable } from './output.js';
import { readParsedJobFile } from './readJobFile.js';
import { writeOut } from '../files/streams.js';

const help = [
  'Usage: s3batch export JOBFILE [options]',
  '',
  'Writes a job file (*.s3job.json) as code that creates the job, and uploads the manifest that it names.',
  '',
  'Options:',
  `  --format FORMAT        sh (the default), ${listOf(exportFormatNames.slice(1))}`,
  '  --help                 show this',
  '',
  'Exit codes: 0 written, 1 the job file has errors, 2 could not run.',
  '',
].join('\n');

const flags = {
  format: { type: 'string', default: 'sh' },
} as const;

/** `s3batch export`: 0 written, 1 the job has errors (nothing is written then), 2 no such file or a wrong command line. */
export const exportCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one job file to export.');
  const format = parseChoice('--format', values.format, exportFormatNames);
  const { job, findings } = await readParsedJobFile(path, io);
  if (job === undefined) {
    const error = findings.find(({ severity }) => severity === 'error');
    const message = `${path}: ${error?.message ?? 'The job file has errors.'}`;
    await writeOut(
      io.stderr,
      `s3batch export: ${printable(message)}\nRun 's3batch check ${printable(path)}' to see all errors.\n`,
    );
    return 1;
  }
  await writeOut(io.stdout, exportJob(job, format));
  return 0;
});
