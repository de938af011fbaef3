import { exportFormatNames, exportJob } from '../core/export/exportJob.js';
import { parseJobFile } from '../core/job/jobFile.js';
import type { CliCommand } from './cliIo.js';
import { listOf, parseArguments, parseChoice, usageError } from './commandLine.js';
import { readAll } from '../files/readSource.js';
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

/** `s3batch export`: 0 written, 1 the job has errors (nothing is written then), 2 no such file or a wrong command line. */
export const exportCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    format: { type: 'string', default: 'sh' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw usageError('Name one job file to export.');
  const format = parseChoice('--format', values.format, exportFormatNames);
  const { job, findings } = parseJobFile(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readAll(path, io)));
  if (job === undefined) {
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    await writeOut(
      io.stderr,
      `s3batch: ${errors[0] ?? 'The job file has errors.'}\nRun 's3batch check ${path}' to see all problems.\n`,
    );
    return 1;
  }
  await writeOut(io.stdout, exportJob(job, format));
  return 0;
};
