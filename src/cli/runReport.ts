import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '../base/errors.js';
import { parseBucketArn } from '../core/job/arn.js';
import type { JobDescriptor } from '../core/job/jobTypes.js';
import type { TargetClient } from '../core/job/target.js';
import { type Cause, CauseCounter } from '../core/report/causes.js';
import { ReportScanner } from '../core/report/readReport.js';
import { parseReportManifest, reportKeys } from '../core/report/reportManifest.js';

export interface FetchedReport {
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
export async function fetchReport(
  client: TargetClient,
  job: JobDescriptor,
  options: { readonly copyTo: string | undefined; readonly outputFile: string },
): Promise<FetchedReport | undefined> {
  const bucket = job.Report?.Enabled === true ? parseBucketArn(job.Report.Bucket ?? '')?.bucket : undefined;
  if (bucket === undefined) return undefined;
  const keys = reportKeys(job.Report?.Prefix, job.JobId);
  const manifestBytes = await getObject(client, bucket, keys.manifest);
  if (manifestBytes === undefined) return undefined;
  const manifest = parseReportManifest(new TextDecoder().decode(manifestBytes));
  const folder = options.copyTo === undefined ? undefined : join(options.copyTo, `job-${job.JobId}`);
  if (folder !== undefined) {
    await mkdir(join(folder, 'results'), { recursive: true });
    await writeFile(join(folder, 'manifest.json'), manifestBytes);
    const md5 = await getObject(client, bucket, keys.manifestMd5);
    if (md5 !== undefined) await writeFile(join(folder, 'manifest.json.md5'), md5);
    await copyOutput(options.outputFile, join(folder, 'output.log'));
  }
  const causes = new CauseCounter();
  for (const result of manifest.results) {
    if (folder === undefined && result.status === 'succeeded') continue;
    const bytes = await client.getObject(result.bucket, result.key);
    if (folder !== undefined) await writeFile(join(folder, 'results', basename(result.key)), bytes);
    if (result.status === 'succeeded') continue;
    const scanner = new ReportScanner((row) => {
      if (row.isFailed) causes.add(row);
    });
    scanner.push(bytes);
    scanner.end();
  }
  return { bucket, manifestKey: keys.manifest, causes: causes.causes(), copiedTo: folder };
}

async function getObject(client: TargetClient, bucket: string, key: string): Promise<Uint8Array | undefined> {
  try {
    return await client.getObject(bucket, key);
  } catch (error) {
    if (['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function copyOutput(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    // Handlers that wrote nothing have no output file.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
