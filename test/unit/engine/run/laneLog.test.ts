import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { defaultEngineSettings } from '../../../../src/engine/contracts.js';
import { checkManifest } from '../../../../src/engine/run/checkManifest.js';
import { commitResult, outcomeOf, reportText } from '../../../../src/engine/run/laneLog.js';
import { ManifestReader, type ManifestRow } from '../../../../src/engine/run/manifestReader.js';
import { LaneState } from '../../../../src/engine/run/sharedState.js';
import { requestIdOf, taskIds } from '../../../../src/engine/run/taskIds.js';
import { scanTaskLog } from '../../../../src/engine/run/taskLog.js';
import type { TaskResult } from '../../../../src/engine/run/taskPerformer.js';

const folder = await mkdtemp(join(tmpdir(), 's3batch-lane-log-'));
after(() => rm(folder, { recursive: true, force: true }));

const message = fc.constantFrom('', '', 'done', 'a, "b"', 'two\nlines', 'é€😀');
const result: fc.Arbitrary<TaskResult> = fc.oneof(
  message.map((text) => ({ kind: 'succeeded' as const, httpStatus: 200, errorCode: '', message: text, isRetryable: false })),
  message.map((text) => ({
    kind: 'failed' as const,
    httpStatus: 404,
    errorCode: 'NoSuchKey',
    message: text,
    isRetryable: false,
  })),
);

test('a journalled row is its report row, copied or put together', async () => {
  const key = fc.constantFrom('a', 'b/c.txt', 'with%20space', 'ü', '"quoted, key"', '2026/11/22/image-1.jpg');
  const fields = fc.constantFrom(
    ['Bucket', 'Key'] as const,
    ['Bucket', 'Key', 'VersionId'] as const,
    ['Key', 'Bucket'] as const,
    ['Bucket', 'Key', 'Ignore'] as const,
  );
  const row = fc.tuple(fc.constantFrom('photos', 'photos-2', 'pho'), key, fc.constantFrom('', 'null', 'v1.x'), result);
  let echoed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fields,
      fc.constantFrom('\n', '\n', '\r\n'),
      fc.constantFrom('all', 'failed', 'none'),
      fc.constantFrom('echo', 'echo', 'form'),
      async (rows, columns, end, reportRows, reportKeyEncoding) => {
        const plan = { reportRows, settings: { ...defaultEngineSettings, reportKeyEncoding } };
        const manifest = join(folder, 'manifest.csv');
        const cells = rows.map(([bucket, name, version]) => ({ Bucket: bucket, Key: name, VersionId: version, Ignore: version }));
        await writeFile(manifest, cells.map((cell) => columns.map((column) => cell[column]).join(',') + end).join(''));
        const check = await checkManifest(manifest, columns);
        assert.ok(check.kind === 'ok', JSON.stringify(check));
        const reader = new ManifestReader(manifest, check.layout, check.chunks);
        const state = LaneState.create();
        const expected: string[] = [];
        rows.forEach(([bucket, , version, outcome], index) => {
          const found = reader.readRow(index) as ManifestRow;
          assert.equal(found.bucket, bucket);
          if (columns.includes('VersionId' as never)) assert.equal(found.versionField, version);
          if (found.echo !== undefined) echoed += 1;
          expected.push(reportText(found, outcome, plan));
          commitResult(state, found, outcomeOf(outcome), 0, outcome, plan);
        });
        reader.close();
        const log = join(folder, 'log');
        await writeFile(log, state.log.subarray(0, state.committed));
        const texts: string[] = [];
        await scanTaskLog(log, ({ text }) => texts.push(text.toString()));
        assert.deepEqual(texts, expected);
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(echoed > 50, `${echoed} rows were copied`);
});

test('ids name job, row and attempt', () => {
  const jobId = '5b1d2c3e-0000-4000-8000-000000000001';
  const rows = [0, 1, 255, 256, 65_535, 65_536, 0xffff_fffe];
  const taskId = taskIds(jobId);
  const ids = rows.flatMap((row) => [taskId(row), requestIdOf(jobId, 1, row, 0), requestIdOf(jobId, 1, row, 2)]);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(taskId(0xffff_fffe), /fffffffe$/);
  for (const row of rows) {
    const start = row.toString(16).padStart(8, '0');
    assert.match(requestIdOf(jobId, 1, row, 0), new RegExp(`^${start}-0000-4001-a[0-9a-f]{3}-[0-9a-f]{12}$`));
  }
});
