import { createHash } from 'node:crypto';
import { BatchError, errorCode } from '../../base/errors.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { TargetClient } from '../../core/job/target.js';
import { CauseCounter } from '../../core/report/causes.js';
import { ReportScanner } from '../../core/report/readReport.js';
import { parseReportManifest } from '../../core/report/reportManifest.js';
import { reportLocation } from '../../core/view/jobDetails.js';
import type { ReadReport, ReadResultFile } from '../../core/view/reportText.js';

/**
 * Reads the completion report of a job through its target: manifest.json, then every result file, failed first. Rejects with `NoReport`
 * when the job has none, `BadReport` when its manifest is none, or what the target's calls reject with.
 */
export async function readJobReport(client: TargetClient, job: JobDescriptor, signal?: AbortSignal): Promise<ReadReport> {
  const location = reportLocation(job);
  if (location === undefined) {
    throw new BatchError('NoReport', 'This job was created without a completion report.', {
      hint: 'Enable the report when you create the job.',
    });
  }
  const manifest = parseReportManifest(await readManifest(client, location.bucket, location.manifestKey, signal));
  const results = manifest.results.toSorted((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'));
  const causes = new CauseCounter();
  const files: ReadResultFile[] = [];
  let succeeded = 0;
  let failed = 0;
  for (const result of results) {
    const bucket = result.bucket === '' ? location.bucket : result.bucket;
    const bytes = await client.getObject(bucket, result.key, signal);
    let rows = 0;
    const scanner = new ReportScanner((row) => {
      rows += 1;
      if (row.isFailed) {
        failed += 1;
        causes.add(row);
      } else {
        succeeded += 1;
      }
    });
    scanner.push(bytes);
    scanner.end();
    files.push({
      status: result.status,
      bucket,
      key: result.key,
      rows,
      isAltered: result.md5 !== '' && result.md5 !== createHash('md5').update(bytes).digest('hex'),
      unreadable: scanner.unreadable,
      unreadableCount: scanner.unreadableCount,
    });
  }
  return { createdAt: manifest.creationDate, succeeded, failed, causes: causes.causes(), files };
}

async function readManifest(client: TargetClient, bucket: string, key: string, signal?: AbortSignal): Promise<string> {
  try {
    return new TextDecoder().decode(await client.getObject(bucket, key, signal));
  } catch (error) {
    if (!['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes(errorCode(error) ?? '')) throw error;
    throw new BatchError('NoReport', `There is no completion report at s3://${bucket}/${key}.`, {
      hint: 'A job that ended before its first task has none.',
      cause: error,
    });
  }
}
