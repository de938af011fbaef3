import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseBucketArn } from '../../core/job/arn.js';
import type { JobReport } from '../../core/job/jobTypes.js';
import { formatReportManifest, reportKeys, type ReportResult } from '../../core/report/reportManifest.js';
import type { EngineSettings, ObjectStore } from '../contracts.js';
import {
  blockBytes,
  isDone,
  type LogRecord,
  type LogSummary,
  markDone,
  outcomes,
  taskLogFiles,
  TaskLogScanner,
} from './taskLog.js';

export interface ReportOptions {
  readonly store: ObjectStore;
  readonly jobId: string;
  /** The job's folder with its task logs. */
  readonly directory: string;
  readonly rows: number;
  readonly report: JobReport;
  /** Of the logs as they are; nothing may be written to them meanwhile. */
  readonly summary: LogSummary;
  readonly nowMs: number;
  readonly emptyReport: EngineSettings['emptyReport'];
  readonly signal?: AbortSignal;
}

/**
 * Writes the completion report from the task logs: a file for each group that has rows, manifest.json and its MD5. Names depend on the
 * job alone, so that a report that a kill cut short is simply written again. Tasks that were invoked but wait for a redrive for ever,
 * because the job was cancelled or failed, are listed as failed. Rejects with what the store says.
 */
export async function writeReport(options: ReportOptions): Promise<void> {
  const { store, jobId, report, summary } = options;
  const bucket = parseBucketArn(report.Bucket ?? '')?.bucket ?? '';
  const keys = reportKeys(report.Prefix, jobId);
  const results: ReportResult[] = [];
  const groups = [
    { status: 'succeeded', rows: report.ReportScope === 'FailedTasksOnly' ? 0 : summary.succeeded },
    { status: 'failed', rows: summary.failed + summary.pending.size },
  ] as const;
  for (const { status, rows } of groups) {
    if (rows === 0) continue;
    const key = keys.result(createHash('sha1').update(`${jobId} ${status}`).digest('hex'));
    const { etag } = await store.write(bucket, key, Readable.from(reportPieces(options, status)), {
      contentType: 'text/csv',
    });
    // Of an object that was written in one piece the ETag is the MD5.
    results.push({ status, bucket, key, md5: etag });
  }
  if (results.length === 0 && options.emptyReport === 'none') return;
  const text = formatReportManifest(options.nowMs, results);
  const md5 = createHash('md5').update(text).digest('hex');
  await store.write(bucket, keys.manifest, Buffer.from(text), { contentType: 'application/json' });
  await store.write(bucket, keys.manifestMd5, Buffer.from(md5), { contentType: 'text/plain' });
}

async function* reportPieces(options: ReportOptions, status: 'succeeded' | 'failed'): AsyncGenerator<Buffer> {
  const wanted = status === 'succeeded' ? outcomes.succeeded : outcomes.failed;
  const { pending } = options.summary;
  const seen = new Uint8Array((options.rows + 7) >> 3);
  let piece = Buffer.alloc(0);
  let filled = 0;
  const take = ({ row, outcome, attempt, bytes, textStart, textEnd }: LogRecord): void => {
    if (row >= options.rows || isDone(seen, row)) return;
    if (outcome === outcomes.retry) {
      if (status !== 'failed' || pending.get(row) !== attempt) return;
    }
    markDone(seen, row);
    if (outcome !== wanted && outcome !== outcomes.retry) return;
    // A loop: for texts as short as these, faster than any call that copies.
    let at = filled;
    for (let from = textStart; from < textEnd; from += 1) piece[at++] = bytes[from] as number;
    filled = at;
  };
  for (const file of await taskLogFiles(options.directory)) {
    const scanner = await TaskLogScanner.open(file);
    try {
      for (;;) {
        // A new one each time: who takes it may still be writing the one before.
        if (filled > 0 || piece.length === 0) piece = Buffer.allocUnsafeSlow(blockBytes);
        filled = 0;
        if (!(await scanner.readBlock(take))) break;
        options.signal?.throwIfAborted();
        if (filled > 0) yield piece.subarray(0, filled);
      }
    } finally {
      await scanner.close();
    }
  }
}
