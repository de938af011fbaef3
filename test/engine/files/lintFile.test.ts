import assert from 'node:assert/strict';
import { rmSync, truncateSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Problem } from '../../../src/core/manifest/problem.js';
import { lintManifest } from '../../../src/core/manifest/lintManifest.js';
import type { LintOptions } from '../../../src/core/manifest/lintOptions.js';
import { lintFile, type LintRun } from '../../../src/files/lintFile.js';
import { LintWorkers } from '../../../src/files/lintWorkers.js';
import { anyManifest } from '../../support/manifestText.js';
import { proofRuns } from '../../support/proofRuns.js';
import { anyLargerManifest } from '../../support/largerManifest.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-test-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

let files = 0;

/** Chunks of a few rows, so that all borders are met; no worker, whose start would take longer than the rest. */
const tiny: LintRun = { chunkBytes: 64, smallBytes: 0, workerCount: 0 };

async function expectSame(bytes: Uint8Array, lint: LintOptions, run: LintRun): Promise<void> {
  files += 1;
  const path = join(folder, `manifest-${files}.csv`);
  await writeFile(path, bytes);
  assert.deepEqual(await lintFile(path, lint, run), lintManifest(bytes, lint));
  await rm(path);
}

const anyOptions: fc.Arbitrary<LintOptions> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({
    maxProblems: fc.constantFrom(0, 1, 3, 1000),
    isOneBucketOnly: fc.boolean(),
    fields: fc.constantFrom(undefined, ['Bucket', 'Key'] as const, ['Bucket', 'Key', 'VersionId'] as const),
    severities: fc.constantFrom(
      undefined,
      { 'duplicate-row': 'off' } as const,
      { 'unencoded-key': 'information', 'plus-in-key': 'off', 'mixed-buckets': 'off' } as const,
      { 'duplicate-row': 'error', 'blank-line': 'off' } as const,
    ),
  }),
);
const anyRun = fc.record({
  kernel: fc.constantFrom('wasm' as const, 'js' as const),
  chunkBytes: fc.constantFrom(16, 64, 300, 5000),
});

test('rows before the first one that counts, whether they are few or many', async () => {
  for (const count of [999, 1000, 1001, 3000]) {
    const text = `${'\n'.repeat(count)}Bucket,Key\ntest,a b\ntest,a%20b\n`;
    await expectSame(Buffer.from(text), { maxProblems: 10_000 }, tiny);
  }
});

for (const [name, manifest, numRuns] of [
  ['any manifest', anyManifest, 600],
  ['a mostly clean manifest with mistakes', anyLargerManifest, 600],
] as const) {
  test(`the result for ${name} is that of lintManifest`, async () => {
    await fc.assert(
      fc.asyncProperty(manifest, anyOptions, anyRun, async (text, lint, run) => {
        await expectSame(Buffer.from(text, 'utf8'), lint, { ...tiny, ...run });
      }),
      { numRuns },
    );
  });
}

test('the result for mutated bytes is that of lintManifest', async () => {
  const mutations = fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x22, 0x2c, 0x25, 0x00, 0xc3, 0xff), fc.nat(255))),
    {
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(anyLargerManifest, mutations, anyOptions, anyRun, async (text, changes, lint, run) => {
      const bytes = Buffer.from(text, 'utf8');
      for (const [place, byte] of changes) if (bytes.length > 0) bytes[place % bytes.length] = byte;
      await expectSame(bytes, lint, { ...tiny, ...run });
    }),
    { numRuns: 600 },
  );
});

/** 3,000 clean rows of 3 kinds, about 150 KB. */
function cleanRows(count = 3000): string[] {
  return Array.from({ length: count }, (_, row) => `test-bucket,report/date%3D2023-01-01/part-${row}%20%C3%A9.parquet`);
}

/** One row of each kind that the kernel has to find among clean ones. */
const mistakes = [
  'test-bucket,a b',
  'test-bucket,%zz',
  'test-bucket,%',
  'test-bucket,a%C3',
  'test-bucket,%C3%28',
  'test-bucket,%ED%A0%80',
  'test-bucket,a%2520b',
  'test-bucket,a+b',
  'test-bucket,a=b',
  'test-bucket,\u00e9',
  'test-bucket,/a',
  'test-bucket,%2Fa',
  'test-bucket,',
  'test-bucket,a,b',
  'other-bucket,a',
  'a',
  '',
  'test-bucket,a\r',
  'test-bucket,"a"',
  `test-bucket,${'a'.repeat(1025)}`,
];

test('a mistake is found wherever it lies among clean rows', async () => {
  const places = fc.array(fc.tuple(fc.nat(399), fc.constantFrom(...mistakes)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(places, fc.constantFrom('wasm' as const, 'js' as const), async (wrong, kernel) => {
      const rows = cleanRows(400);
      for (const [place, row] of wrong) rows[place] = row;
      // Several times what the kernel takes at once.
      await expectSame(Buffer.from(`${rows.join('\n')}\n`), {}, { ...tiny, kernel, chunkBytes: 100_000 });
    }),
    { numRuns: proofRuns(300, 5000) },
  );
});

/** A file in the test's folder, and its bytes. */
async function manifestFile(name: string, text: string): Promise<{ path: string; bytes: Buffer }> {
  const path = join(folder, name);
  const bytes = Buffer.from(text, 'utf8');
  await writeFile(path, bytes);
  return { path, bytes };
}

test('workers and this thread together give the same result, with rows over chunk borders and far duplicates', async () => {
  const rows = cleanRows();
  rows[7] = 'test-bucket,a b';
  rows[1500] = 'test-bucket,"spans\nlines\r\nhere"';
  rows[2900] = rows[3] ?? '';
  rows[2901] = 'test-bucket,report/date=2023-01-01/part-5%20é.parquet';
  rows[2902] = 'other-bucket,x';
  const { path, bytes } = await manifestFile('workers.csv', rows.join('\n'));
  const workers = new LintWorkers({ keepMs: 60_000 });
  try {
    for (const isScannedHere of [true, false, false]) {
      const run = { workers, workerCount: 2, isScannedHere, chunkBytes: 2048, smallBytes: 0 };
      assert.deepEqual(await lintFile(path, {}, run), lintManifest(bytes));
    }
  } finally {
    await workers.close();
  }
});

test('hashes that have no room in memory go to a file, which is removed', async () => {
  // 504 hashes in a block, 1,096 blocks at least: a million rows are more than fits the smallest limit.
  const rows = Array.from({ length: 1_000_000 }, (_, row) => `abc,${(row * 7919) % 999_983}`);
  const { path } = await manifestFile('spill.csv', rows.join('\n'));
  const temporaryFolder = await mkdtemp(join(folder, 'spill-'));
  const result = await lintFile(path, {}, { hashBytes: 0, temporaryFolder, workerCount: 0 });
  assert.equal(result.rows, 1_000_000);
  assert.deepEqual(result.counts, { 'duplicate-row': 17 });
  assert.match(result.problems[0]?.message ?? '', /^The same object as in line 1:/);
  assert.deepEqual(await readdir(temporaryFolder), []);
});

test('one line of 100 MB is reported, not held', async () => {
  const path = join(folder, 'line.csv');
  const file = await open(path, 'w');
  await file.write(`${cleanRows(10).join('\n')}\ntest-bucket,`);
  const block = Buffer.alloc(1024 * 1024, 'k');
  for (let count = 0; count < 100; count += 1) await file.write(block);
  await file.close();
  const before = process.memoryUsage().rss;
  const result = await lintFile(path);
  assert.deepEqual([result.rows, result.counts], [11, { 'key-too-long': 1 }]);
  assert.ok(process.memoryUsage().rss - before < 80 * 1024 * 1024, 'memory grew with the line');
});

test('a file that changes or vanishes while it is read is said to', async () => {
  const changed = await manifestFile('changing.csv', cleanRows().join('\n'));
  const change = lintFile(
    changed.path,
    {},
    { ...tiny, name: 'changing.csv', onProgress: () => truncateSync(changed.path, 5000) },
  );
  await assert.rejects(change, { code: 'FileChanged', message: 'changing.csv changed while it was read.' });
  const removed = await manifestFile('vanishing.csv', cleanRows().join('\n'));
  const remove = lintFile(
    removed.path,
    {},
    { ...tiny, name: 'vanishing.csv', onProgress: () => rmSync(removed.path, { force: true }) },
  );
  await assert.rejects(remove, { code: 'FileChanged', message: 'vanishing.csv was removed while it was read.' });
  await assert.rejects(lintFile(join(folder, 'none.csv'), {}, { name: 'none.csv' }), { code: 'CanNotRead' });
  await assert.rejects(lintFile(folder, {}, { name: 'folder' }), { message: "Can't read folder: it is a folder." });
});

test('progress is reported and an abort heeded, here and with workers', async () => {
  const { path, bytes } = await manifestFile('progress.csv', cleanRows().join('\n'));
  for (const run of [tiny, { ...tiny, chunkBytes: 1024, workerCount: 1, isScannedHere: false }]) {
    const done: number[] = [];
    await lintFile(path, {}, { ...run, onProgress: (bytesDone) => done.push(bytesDone) });
    assert.equal(done.at(-1), bytes.length);
    const abort = new AbortController();
    const aborted = lintFile(path, {}, { ...run, signal: abort.signal, onProgress: () => abort.abort() });
    await assert.rejects(aborted, { code: 'Cancelled' });
  }
});

test('problems of what is done are told before the end, by chunks, by workers and from begin to end', async () => {
  const rows = cleanRows();
  for (let row = 5; row < rows.length; row += 50) rows[row] = `test-bucket,a b/${row}`;
  const { path, bytes } = await manifestFile('partial.csv', rows.join('\n'));
  const { problems } = lintManifest(bytes, { severities: { 'duplicate-row': 'off' } });
  const inWorker = { workerCount: 1, isScannedHere: false };
  for (const run of [
    { ...tiny, chunkBytes: 256 },
    { ...tiny, chunkBytes: 256, ...inWorker },
  ]) {
    const told: (readonly Problem[])[] = [];
    await lintFile(path, {}, { ...run, partialAfterMs: 0, onPartial: (list) => told.push(list) });
    assert.ok(told.length > 0, 'nothing was told before the end');
    for (const list of told) assert.deepEqual(list, problems.slice(0, list.length));
  }
  let isTold = false;
  await lintFile(path, {}, { partialAfterMs: 0, onPartial: (list) => (isTold = list.length > 0) });
  assert.ok(isTold, 'nothing was told of a file that is linted from begin to end');
});

test('rows of many buckets, sorted or mixed, and of names that are none', async () => {
  const buckets = Array.from({ length: 40 }, (_, index) => (index % 9 === 8 ? `Bad_${index}..` : `bucket-${index}`));
  const sorted = buckets.flatMap((bucket) => Array.from({ length: 30 }, (_, row) => `${bucket},key/${row}`));
  const mixed = Array.from({ length: 1200 }, (_, row) => `${buckets[(row * 7) % 40]},key/${row}`);
  for (const [kind, rows] of Object.entries({ sorted, mixed })) {
    const { path, bytes } = await manifestFile(`${kind}.csv`, rows.join('\r\n'));
    for (const kernel of ['wasm', 'js'] as const) {
      assert.deepEqual(await lintFile(path, {}, { ...tiny, chunkBytes: 700, kernel }), lintManifest(bytes));
    }
  }
});

test('rows that can be read only from begin to end: repeated ones are found beyond the memory that is allowed', async () => {
  const beyond = { hashBytes: 0, workerCount: 0 };
  const shifted: LintOptions = { fields: ['Ignore', 'Bucket', 'Key'] };
  const bytes = fc.tuple(anyManifest, fc.constantFrom('\n', '\r', '\r\n'), fc.boolean()).map(([text, lineEnd, isEnded]) => {
    const rows = text.split(/\r\n?|\n/);
    const ends = isEnded ? lineEnd : '';
    return Buffer.from([...rows, ...rows, ...rows].join(lineEnd) + ends);
  });
  await fc.assert(
    fc.asyncProperty(bytes, fc.oneof(anyOptions, fc.constant(shifted)), async (content, lint) => {
      files += 1;
      const path = join(folder, `packed-${files}.csv.gz`);
      await writeFile(path, gzipSync(content, { level: 1 }));
      assert.deepEqual(await lintFile(path, lint, beyond), lintManifest(content, lint));
      await rm(path);
    }),
    { numRuns: proofRuns(150, 5000) },
  );
});

test('a packed manifest of many rows spills what was seen, leaves nothing behind, and says when there is no room', async () => {
  const rows = Array.from({ length: 300_000 }, (_, row) => `test-bucket,key/${row % 299_990}`);
  const text = rows.join('\n');
  const path = join(folder, 'spilling.csv.gz');
  await writeFile(path, gzipSync(text, { level: 1 }));
  const temporaryFolder = await mkdtemp(join(folder, 'spill-'));
  const result = await lintFile(path, {}, { hashBytes: 36 * 1000, temporaryFolder });
  assert.deepEqual(result, lintManifest(text));
  assert.equal(result.counts['duplicate-row'], 10);
  assert.deepEqual(await readdir(temporaryFolder), []);
  const full = { hashBytes: 0, temporaryFolder: join(folder, 'nowhere') };
  await assert.rejects(lintFile(path, {}, full), { code: 'CanNotWrite', hint: /duplicate-row/ });
});
