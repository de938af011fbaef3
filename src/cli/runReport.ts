import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../base/errors.js';
import type { JobDescriptor } from '../core/job/jobTypes.js';
import type { TargetClient } from '../core/job/target.js';
import { type Cause, CauseCounter } from '../core/report/causes.js';
import { reportLocation } from '../core/view/jobDetails.js';
import { fetchJobReport, streamJobReport } from '../files/report/fetchReport.js';

export interface RunReport {
  readonly bucket: string;
  readonly manifestKey: string;
  /** Of the failed tasks, biggest first. */
  readonly causes: readonly Cause[];
  /** The folder of the copy, when one was asked for. */
  readonly copiedTo: string | undefined;
}

/**
 * Reads the completion report of a job that has ended, and copies it to `copyTo/job-<id>` as the service lays it out, with what the
 * handlers wrote beside it. undefined when there is no report: none was asked for, or nothing was invoked.
 */
export async function readRunReport(
  client: TargetClient,
  job: JobDescriptor,
  options: { readonly copyTo: string | undefined; readonly outputFile: string },
): Promise<RunReport | undefined> {
  const location = reportLocation(job);
  if (location === undefined) return undefined;
  const causes = new CauseCounter();
  try {
    await streamJobReport(client, job, (row) => row.isFailed && causes.add(row), {
      isWanted: ({ status }) => status !== 'succeeded',
    });
  } catch (error) {
    if (errorCode(error) === 'NoReport') return undefined;
    throw error;
  }
  const { bucket, manifestKey } = location;
  const report = { bucket, manifestKey, causes: causes.causes() };
  if (options.copyTo === undefined) return { ...report, copiedTo: undefined };
  const copiedTo = dirname((await fetchJobReport(client, job, options.copyTo)).path);
  await copyOutput(options.outputFile, join(copiedTo, 'output.log'));
  return { ...report, copiedTo };
}

async function copyOutput(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    // Handlers that wrote nothing have no output file.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
