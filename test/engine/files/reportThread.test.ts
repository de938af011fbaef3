import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { formatReportRow } from '../../../src/core/report/reportRow.js';
import { runInThread } from '../../../src/files/report/reportThread.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function failed(index: number, errorCode: string): string {
  return formatReportRow({
    bucketField: 'b',
    keyField: `k%20${index}`,
    versionField: '',
    status: 'failed',
    httpStatus: 403,
    errorCode,
    message: `request ID: ${index}`,
  });
}

test('a thread reads a report, pages through a cause, and retries chosen causes only', async () => {
  const path = join(folder, 'r.csv');
  await writeFile(path, Array.from({ length: 50 }, (_, index) => failed(index, index % 2 === 0 ? 'Even' : 'Odd')).join(''));
  const retry = join(folder, 'retry.csv');
  const all = await runInThread({ kind: 'read', path });
  assert.equal(all.failed, 50);
  const odd = all.causes.find(({ code }) => code === 'Odd') ?? assert.fail();
  const chosen = await runInThread({ kind: 'read', path, retry: { path: retry, choice: { causes: [odd] } } });
  assert.equal(chosen.retry?.rows, 25);
  const keys = (await readFile(retry, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(keys.slice(0, 2), ['b,k%201', 'b,k%203']);

  const page = await runInThread({ kind: 'rows', path, cause: odd, skip: 20, limit: 4 });
  assert.deepEqual([page.rows.map(({ key }) => key), page.hasMore], [['k%2041', 'k%2043', 'k%2045', 'k%2047'], true]);
  const last = await runInThread({ kind: 'rows', path, cause: odd, skip: 24, limit: 4 });
  assert.deepEqual([last.rows.map(({ key }) => key), last.hasMore], [['k%2049'], false]);
});

test('errors keep their code and hint on the way', async () => {
  await assert.rejects(runInThread({ kind: 'read', path: join(folder, 'none') }), { code: 'NoReport', isBatchError: true });
});

test('a cancelled thread stops, and leaves no half-written manifest', async () => {
  const path = join(folder, 'r.csv');
  await writeFile(path, Array.from({ length: 400_000 }, (_, index) => failed(index, 'E')).join(''));
  const controller = new AbortController();
  let progress = 0;
  const reading = runInThread(
    { kind: 'read', path, retry: { path: join(folder, 'retry.csv') } },
    {
      signal: controller.signal,
      onProgress: (done, total) => {
        progress = done / total;
        controller.abort();
      },
    },
  );
  await assert.rejects(reading, { code: 'Cancelled' });
  assert.ok(progress > 0 && progress < 1);
  assert.deepEqual(await readdir(folder), ['r.csv']);
});
