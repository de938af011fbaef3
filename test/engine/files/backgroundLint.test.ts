import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { lintManifest } from '../../../src/core/manifest/lintManifest.js';
import type { Problem } from '../../../src/core/manifest/problem.js';
import { BackgroundLint } from '../../../src/files/backgroundLint.js';

let folder: string;
const linter = new BackgroundLint({ keepMs: 60_000 });
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-test-'));
});
after(async () => {
  await linter.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** More than any file that is done at once. */
function largeManifest(): string {
  return Array.from({ length: 150_000 }, (_, index) =>
    index % 1000 === 7 ? `examples,reports/2023/part ${index}` : `examples,reports/2023/some-longer-folder-name/part-${index}`,
  ).join('\n');
}

test('the result is that of the file, packed or not, and the first rows are told before', async () => {
  const text = largeManifest();
  const expected = lintManifest(text);
  const packed = gzipSync(text, { level: 0 });
  for (const path of [await write('large.csv', text), await write('large.csv.gz', packed)]) {
    const partial: (readonly Problem[])[] = [];
    const done: number[] = [];
    const result = await linter.lint(
      path,
      {},
      {
        partialAfterMs: 0,
        onPartial: (first) => partial.push(first),
        onProgress: (bytes, total) => {
          done.push(bytes);
          assert.ok(bytes <= total);
        },
      },
    );
    assert.deepEqual(result, expected);
    assert.ok((partial[0]?.length ?? 0) > 0, 'nothing was told before the end');
    for (const first of partial) assert.deepEqual(first, result.problems.slice(0, first.length));
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
  }
});

test('options count, and small files have no first part', async () => {
  const path = await write('small.csv', 'examples,a b\nother,c\n');
  const options = { severities: { 'unencoded-key': 'off' } as const, isOneBucketOnly: true };
  const onPartial = (): void => assert.fail('a small file is done at once');
  assert.deepEqual(await linter.lint(path, options, { onPartial }), lintManifest(await readFile(path), options));
});

test('files that are missing or no files say so in words, and the thread goes on', async () => {
  await assert.rejects(linter.lint(join(folder, 'none.csv'), {}, { name: 'none.csv' }), {
    code: 'CanNotRead',
    message: "Can't read none.csv: there is no such file.",
  });
  await assert.rejects(linter.lint(folder, {}, { name: 'it' }), {
    code: 'CanNotRead',
    message: "Can't read it: it is a folder.",
  });
  const broken = await write('broken.csv.gz', 'no gzip');
  await assert.rejects(linter.lint(broken, {}, { name: 'broken' }), {
    message: "Can't read broken: it is not a valid gzip file.",
  });
  assert.equal((await linter.lint(await write('fine.csv', 'examples,a\n'))).rows, 1);
});

test('a file that grows while it is read is not half judged', async () => {
  const path = await write('growing.csv', largeManifest());
  const done = new AbortController();
  const lint = linter.lint(path, {}, { name: 'growing.csv' }).finally(() => done.abort());
  const growing = (async () => {
    while (!done.signal.aborted) await appendFile(path, 'examples,more\n');
  })();
  await assert.rejects(lint, { code: 'FileChanged', hint: 'Check it again when it is complete.' });
  await growing;
});

test('an abort ends it, and what comes after is not disturbed', async () => {
  const path = await write('cancelled.csv', largeManifest());
  const abort = new AbortController();
  const lint = linter.lint(path, {}, { signal: abort.signal, partialAfterMs: 0, onPartial: () => abort.abort() });
  await assert.rejects(lint, { code: 'Cancelled' });
  await assert.rejects(linter.lint(path, {}, { signal: abort.signal }), { code: 'Cancelled' });
  assert.equal((await linter.lint(path)).rows, 150_000);
});

test('several files at once', async () => {
  const paths = await Promise.all([1, 2, 3].map((rows) => write(`several-${rows}.csv`, 'examples,a b\n'.repeat(rows))));
  const results = await Promise.all(paths.map((path) => linter.lint(path)));
  assert.deepEqual(
    results.map(({ rows }) => rows),
    [1, 2, 3],
  );
});
