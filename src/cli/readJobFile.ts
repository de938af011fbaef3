import { BatchError } from '../base/errors.js';
import type { JobFile } from '../core/job/jobFile.js';
import { type ParsedJobFile, parseJobFile } from '../core/job/parseJobFile.js';
import { readAll } from '../files/readSource.js';
import type { CliIo } from './cliIo.js';

/** Reads a job file, or one on stdin for `-`, whatever is wrong with it. Rejects when it can't be read. */
export async function readParsedJobFile(path: string, io: CliIo): Promise<ParsedJobFile> {
  return parseJobFile(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readAll(path, io)));
}

/** Reads a job file that must be without errors. Rejects with `InvalidJob` that names the first. */
export async function readJobFile(path: string, io: CliIo): Promise<JobFile> {
  const { job, findings } = await readParsedJobFile(path, io);
  if (job !== undefined) return job;
  const error = findings.find((finding) => finding.severity === 'error');
  throw new BatchError('InvalidJob', `${path}: ${error?.message ?? 'This is no job.'}`, {
    hint: `Run 's3batch check ${path}' to see all errors.`,
  });
}
