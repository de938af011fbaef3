import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatReportManifest, type ReportResult } from '../../src/core/report/reportManifest.js';
import { formatReportRow, type ReportRow } from '../../src/core/report/reportRow.js';

export function md5Of(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('hex');
}

export const row = (more: Partial<ReportRow>): ReportRow => ({
  bucketField: 'test',
  keyField: 'k',
  versionField: '',
  status: 'succeeded',
  httpStatus: 200,
  errorCode: '',
  message: 'done',
  ...more,
});

export const failedRow = (keyField: string, errorCode: string, message: string): ReportRow =>
  row({ keyField, status: 'failed', errorCode, message, httpStatus: errorCode === 'NoSuchKey' ? 404 : 200 });

export const rowsText = (rows: readonly ReportRow[]): string => rows.map(formatReportRow).join('');

/** Writes a report as the service lays it out, under `root/at`. */
export async function writeReport(
  root: string,
  at: string,
  groups: readonly (readonly ['succeeded' | 'failed', string])[],
): Promise<void> {
  const results: ReportResult[] = [];
  for (const [status, text] of groups) {
    const key = `${at}/results/${status}0.csv`;
    await writeDeep(join(root, key), text);
    results.push({ status, bucket: 'reports', md5: md5Of(text), key });
  }
  await writeDeep(join(root, at, 'manifest.json'), formatReportManifest(Date.UTC(2026, 0, 1), results));
}

/** Writes a file and the folders that it lies in. */
export async function writeDeep(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
