import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatReportManifest, reportKeys, type ReportResult } from '../../src/core/report/reportManifest.js';
import { formatReportRow } from '../../src/core/report/reportRow.js';

const jobId = '11111111-2222-3333-4444-555555555555';
const bucket = 'acme-data-lake-prod-euw1';

/**
 * Folder of a completion report of `rows` tasks in so many files of tasks that succeeded, and one file of the hundredth part that failed, of four
 * causes. Always the same; made once and kept below `folder`.
 */
export async function seededReport(folder: string, rows: number, fileCount: number): Promise<string> {
  const recipe = createHash('sha256')
    .update(succeeded.toString() + failed.toString())
    .digest('hex')
    .slice(0, 8);
  const root = join(folder, `report-${rows}-${fileCount}-${recipe}`);
  const keys = reportKeys(undefined, jobId);
  if (existsSync(root)) return join(root, keys.folder);
  const unfinished = `${root}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(join(unfinished, keys.folder, 'results'), { recursive: true });
  const results: ReportResult[] = [];
  const perFile = Math.ceil(rows / fileCount);
  for (let file = 0; file < fileCount; file += 1) {
    const first = file * perFile;
    const key = keys.result(`succeeded${file}`);
    const md5 = await write(join(unfinished, key), first, Math.min(first + perFile, rows), (row) =>
      row % 100 === 0 ? '' : succeeded(row),
    );
    results.push({ status: 'succeeded', bucket: 'reports', md5, key });
  }
  const key = keys.result('failed');
  const md5 = await write(join(unfinished, key), 0, rows / 100, (row) => failed(row * 100));
  results.push({ status: 'failed', bucket: 'reports', md5, key });
  await writeFile(join(unfinished, keys.manifest), formatReportManifest(Date.UTC(2026, 0, 2), results));
  await mkdir(dirname(root), { recursive: true });
  await rename(unfinished, root);
  return join(root, keys.folder);
}

/** Hex MD5 of the rows that were written. */
async function write(path: string, first: number, end: number, line: (row: number) => string): Promise<string> {
  const hash = createHash('md5');
  const file = await open(path, 'w');
  try {
    let text = '';
    for (let row = first; row < end; row += 1) {
      text += line(row);
      if (text.length < 1024 * 1024 && row + 1 < end) continue;
      hash.update(text);
      await file.write(text);
      text = '';
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

function keyOf(row: number): string {
  return `warehouse/events/year%3D2026/month%3D0${row % 9}/part-${String((row * 7919) % 99_999_989).padStart(8, '0')}.snappy.parquet`;
}

function succeeded(row: number): string {
  return `${bucket},${keyOf(row)},,succeeded,200,,Successful\r\n`;
}

function failed(row: number): string {
  const [httpStatus, errorCode, message] = [
    [
      404,
      'NoSuchKey',
      `The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: ${row}ABCDEF; Proxy: null)`,
    ],
    [403, 'AccessDenied', 'Access Denied'],
    [
      200,
      'PermanentFailure',
      'Lambda returned function error: {"errorMessage":"newKey is not defined","errorType":"ReferenceError"}',
    ],
    [500, 'InternalError', 'We encountered an internal error. Please try again.'],
  ][(row / 100) % 4] as [number, string, string];
  return formatReportRow({
    bucketField: bucket,
    keyField: keyOf(row),
    versionField: '',
    status: 'failed',
    httpStatus,
    errorCode,
    message,
  });
}
