import assert from 'node:assert/strict';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../src/base/clock.js';
import type { EngineLog } from '../../../src/engine/contracts.js';
import { dataLayout } from '../../../src/engine/s3/dataLayout.js';
import { FileObjectStore } from '../../../src/engine/s3/fileObjectStore.js';
import { compareUtf8 } from '../../../src/engine/s3/keyOrder.js';
import type { NameLookup } from '../../../src/engine/s3/nameLookup.js';
import { openObjectStore } from '../../../src/engine/s3/openObjectStore.js';
import { seedBuckets } from '../../../src/engine/s3/seedBuckets.js';
import { temporaryFolder } from '../../support/engineHarness.js';

const silent: EngineLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function storeIn(t: TestContext): Promise<{ store: FileObjectStore; data: string; bucket: string }> {
  const data = await temporaryFolder(t);
  const store = await openObjectStore({ dataDirectory: data, clock: systemClock, log: silent });
  await store.createBucket('test');
  return { store, data, bucket: join(data, 'buckets/test') };
}

async function textOf(store: FileObjectStore, key: string): Promise<string> {
  const { body } = await store.read('test', key);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const put = (store: FileObjectStore, key: string, text = key): Promise<unknown> => store.write('test', key, Buffer.from(text));

async function allKeys(store: FileObjectStore): Promise<string[]> {
  const keys: string[] = [];
  let after = '';
  for (;;) {
    const { page } = await store.list('test', { prefix: '', delimiter: '', after, maxKeys: 7 });
    keys.push(...page.keys.map(({ key }) => key));
    if (!page.isTruncated) return keys;
    after = page.last;
  }
}

/** Keys that get in each other's way: few letters, many slashes and dots. */
const trickyKey = fc
  .oneof(
    fc.string({ unit: fc.constantFrom('a', 'A', 'b', '/', '/', '.', '-', '%', ' '), minLength: 1, maxLength: 8 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      'a',
      'a/b',
      'a/b/c',
      'a/',
      '/a',
      '..',
      '../x',
      `${'x'.repeat(250)}/y`,
      'x'.repeat(250),
      'CON/nul',
      '.DS_Store',
    ),
  )
  .filter((key) => !/\p{Surrogate}/u.test(key));

const command = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: trickyKey, text: fc.string({ maxLength: 5 }) }),
  fc.record({ kind: fc.constant('remove' as const), key: trickyKey }),
);

for (const folding of ['exact', 'folding'] as const) {
  test(`a store does what a map does, whatever the keys (${folding} names)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const data = await mkdtemp(join(tmpdir(), 's3batch-model-'));
        try {
          const store =
            folding === 'exact'
              ? await openObjectStore({ dataDirectory: data, clock: systemClock, log: silent })
              : await foldingStore(data);
          await store.createBucket('test');
          const model = new Map<string, string>();
          for (const item of commands) {
            if (item.kind === 'put') {
              await put(store, item.key, item.text);
              model.set(item.key, item.text);
            } else {
              assert.equal((await store.remove('test', item.key)).isFound, model.delete(item.key));
            }
          }
          assert.deepEqual(await allKeys(store), [...model.keys()].toSorted(compareUtf8));
          for (const [key, text] of model) assert.equal(await textOf(store, key), text);
          assert.deepEqual(await readdir(join(data, 'buckets')), ['test']);
          for (const key of model.keys()) await store.remove('test', key);
          assert.deepEqual(await readdir(join(data, 'buckets/test')), [], 'empty folders stay');
        } finally {
          await rm(data, { recursive: true, force: true });
        }
      }),
      { numRuns: 60 },
    );
  });
}

/** A store on a disk that takes names for the same that differ in case, played by a look-up that does. */
async function foldingStore(data: string): Promise<FileObjectStore> {
  const layout = dataLayout(data);
  await mkdir(layout.scratch, { recursive: true });
  await mkdir(layout.buckets, { recursive: true });
  const lookup: NameLookup = async (directory, name) => {
    const names = await readdir(directory).catch((): string[] => []);
    const same = names.find((other) => other.toLowerCase() === name.toLowerCase());
    if (same === undefined) return 'none';
    if (same !== name && !names.includes(name)) return 'other';
    const stat = await lstat(join(directory, name));
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  };
  return new FileObjectStore({ layout, lookup, folding: 'folding', clock: systemClock, log: silent });
}

test('on a disk that ignores case, keys that differ in case get names that do not', async (t) => {
  const data = await temporaryFolder(t);
  const store = await foldingStore(data);
  await store.createBucket('test');
  const keys = ['File', 'file', 'FILE', 'Dir/a', 'dir/a', 'DIR/a'];
  for (const key of keys) await put(store, key);
  for (const key of keys) assert.equal(await textOf(store, key), key);
  assert.deepEqual(await allKeys(store), keys.toSorted(compareUtf8));
  const names = await readdir(join(data, 'buckets/test'));
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length, names.join(' '));
});

test('an object beside a folder of its name, in either order', async (t) => {
  const { store, bucket } = await storeIn(t);
  await put(store, 'a');
  await put(store, 'a/b');
  await put(store, 'c/d');
  await put(store, 'c');
  for (const key of ['a', 'a/b', 'c', 'c/d']) assert.equal(await textOf(store, key), key);
  assert.equal(await readFile(join(bucket, 'a'), 'utf8'), 'a');
  assert.equal(await readFile(join(bucket, 'c/d'), 'utf8'), 'c/d');
  await store.remove('test', 'a');
  await put(store, 'a/e');
  assert.deepEqual(await allKeys(store), ['a/b', 'a/e', 'c', 'c/d']);
});

test('links are neither followed nor listed nor written through', async (t) => {
  const { store, bucket } = await storeIn(t);
  const outside = await temporaryFolder(t);
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(outside, join(bucket, 'folder'));
  await symlink(join(outside, 'secret'), join(bucket, 'file'));
  await assert.rejects(store.head('test', 'file'), { code: 'NoSuchKey' });
  await assert.rejects(store.head('test', 'folder/secret'), { code: 'NoSuchKey' });
  assert.deepEqual(await allKeys(store), []);
  await put(store, 'folder/secret', 'mine');
  await put(store, 'file', 'mine');
  assert.equal(await readFile(join(outside, 'secret'), 'utf8'), 'secret');
  assert.deepEqual(await readdir(outside), ['secret']);
  assert.equal(await textOf(store, 'folder/secret'), 'mine');
  assert.equal(await textOf(store, 'file'), 'mine');
  await store.remove('test', 'folder/secret');
  await store.remove('test', 'file');
  await store.deleteBucket('test');
  assert.deepEqual(await readdir(outside), ['secret']);
  await symlink(outside, join(bucket, '..', 'linked'));
  assert.equal(await store.hasBucket('linked'), false);
});

test('whichever state a crash leaves, it has its own metadata', async (t) => {
  const { store, data, bucket } = await storeIn(t);
  await store.write('test', 'a', Buffer.from('old'), { contentType: 'text/old' });
  const file = join(bucket, 'a');
  const { mtime } = await lstat(file);
  await store.write('test', 'a', Buffer.from('new'), { contentType: 'text/new' });
  // The metadata of the new state was written, the rename did not happen: the old bytes are there with their old time.
  await writeFile(file, 'old');
  await utimes(file, mtime, mtime);
  const reopened = await openObjectStore({ dataDirectory: data, clock: systemClock, log: silent });
  assert.equal((await reopened.head('test', 'a')).contentType, 'text/old');
  assert.equal(await textOf(reopened, 'a'), 'old');
});

test('what a killed engine left half-written is gone after the next start, and torn metadata is no obstacle', async (t) => {
  const { store, data } = await storeIn(t);
  await put(store, 'a', 'hello');
  await writeFile(join(data, 'tmp/half'), 'half');
  const metadata = await readdir(join(data, 'meta/test/objects'), { recursive: true, withFileTypes: true });
  for (const entry of metadata) if (entry.isFile()) await writeFile(join(entry.parentPath, entry.name), '{"version":1,"ke');
  await writeFile(join(data, 'meta/test/bucket.json'), '');
  const reopened = await openObjectStore({ dataDirectory: data, clock: systemClock, log: silent });
  assert.deepEqual(await readdir(join(data, 'tmp')), []);
  const info = await reopened.head('test', 'a');
  assert.deepEqual([info.etag, info.contentType], ['5d41402abc4b2a76b9719d911017c592', 'binary/octet-stream']);
  assert.equal((await reopened.buckets.list()).length, 1);
});

test('a read goes on with the state it began with', async (t) => {
  const { store } = await storeIn(t);
  const old = Buffer.alloc(3_000_000, 'o');
  await store.write('test', 'a', old);
  const { info, body } = await store.read('test', 'a');
  await store.write('test', 'a', Buffer.alloc(10, 'n'));
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  assert.ok(Buffer.concat(chunks).equals(old));
  assert.equal(info.sizeBytes, old.length);
  assert.equal((await store.head('test', 'a')).sizeBytes, 10);
});

test('writers at the same time leave one of their states, whole', async (t) => {
  const { store } = await storeIn(t);
  const texts = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(97 + index).repeat(50_000));
  await Promise.all(texts.map((text) => put(store, 'a/b', text)));
  const left = await textOf(store, 'a/b');
  assert.ok(texts.includes(left));
  assert.equal((await store.head('test', 'a/b')).etag, (await store.write('test', 'x', Buffer.from(left))).etag);
  await Promise.all(['q', 'q/r', 'q/r/s', 'q/r/s/t'].flatMap((key) => [put(store, key), put(store, key)]));
  assert.deepEqual(
    (await allKeys(store)).filter((key) => key.startsWith('q')),
    ['q', 'q/r', 'q/r/s', 'q/r/s/t'],
  );
});

test('an export is the object’s bytes at another place', async (t) => {
  const { store, data } = await storeIn(t);
  await put(store, 'a', 'hello');
  const file = join(data, 'copy');
  const info = await store.exportTo('test', 'a', file);
  assert.equal(await readFile(file, 'utf8'), 'hello');
  assert.equal(info.etag, '5d41402abc4b2a76b9719d911017c592');
  await assert.rejects(store.exportTo('test', 'none', file), { code: 'NoSuchKey' });
  await assert.rejects(store.exportTo('none', 'a', file), { code: 'NoSuchBucket' });
});

test('seeds fill the buckets that are not there yet and nothing else', async (t) => {
  const { store } = await storeIn(t);
  await put(store, 'mine', 'mine');
  const seed = await temporaryFolder(t);
  for (const folder of ['test', 'fresh/report/date=1', 'empty', 'Not_A_Bucket'])
    await mkdir(join(seed, folder), { recursive: true });
  await writeFile(join(seed, 'test/other'), 'x');
  await writeFile(join(seed, 'fresh/report/date=1/a.parquet'), 'parquet');
  await writeFile(join(seed, 'empty/.gitkeep'), '');
  await writeFile(join(seed, 'README.md'), 'no bucket');
  const warnings: string[] = [];
  await seedBuckets(store, seed, { ...silent, warn: (message) => warnings.push(message) });
  assert.deepEqual(
    (await store.buckets.list()).map(({ name }) => name),
    ['empty', 'fresh', 'test'],
  );
  assert.deepEqual(await allKeys(store), ['mine']);
  assert.equal((await store.head('fresh', 'report/date=1/a.parquet')).sizeBytes, 7);
  assert.equal(warnings.length, 1);
  await store.remove('fresh', 'report/date=1/a.parquet');
  await seedBuckets(store, seed, silent);
  await assert.rejects(store.head('fresh', 'report/date=1/a.parquet'), { code: 'NoSuchKey' });
  await assert.rejects(seedBuckets(store, join(seed, 'none'), silent), { code: 'SeedDirectory' });
});
