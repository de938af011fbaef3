import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { EngineLog } from '../../../src/engine/contracts.js';
import { isDeleteMarker, type ObjectEncryption, type VersionInfo } from '../../../src/engine/objectStore.js';
import { dataLayout } from '../../../src/engine/s3/dataLayout.js';
import type { FileObjectStore } from '../../../src/engine/s3/fileObjectStore.js';
import { openObjectStore } from '../../../src/engine/s3/openObjectStore.js';
import { temporaryFolder } from '../../support/engineHarness.js';
import { ManualClock } from '../../support/manualClock.js';

const silent: EngineLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Opened {
  readonly store: FileObjectStore;
  readonly data: string;
  readonly clock: ManualClock;
  readonly reopen: () => Promise<FileObjectStore>;
}

async function openIn(data: string, versioning?: 'Enabled' | 'Suspended'): Promise<Opened> {
  const clock = new ManualClock();
  await clock.advance(Date.UTC(2026, 0, 1, 12));
  const reopen = (): Promise<FileObjectStore> =>
    openObjectStore({ dataDirectory: data, clock, log: silent, restoreDelayMs: 60_000 });
  const store = await reopen();
  await store.createBucket('test', undefined, versioning === undefined ? {} : { versioning });
  return { store, data, clock, reopen };
}

const opened = async (t: TestContext, versioning?: 'Enabled' | 'Suspended'): Promise<Opened> =>
  openIn(await temporaryFolder(t), versioning);

async function textOf(store: FileObjectStore, key: string, versionId?: string): Promise<string> {
  const { body } = await store.read('test', key, undefined, versionId);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const put = (store: FileObjectStore, key: string, text: string): Promise<{ versionId: string }> =>
  store.write('test', key, Buffer.from(text));

/** All versions by pages of three: `key text`, a marker as `key -`, the current ones with a star. */
async function allVersions(store: FileObjectStore, maxKeys = 3): Promise<string[]> {
  const seen: string[] = [];
  let [keyMarker, versionIdMarker] = ['', ''];
  for (;;) {
    const page = await store.listVersions('test', { prefix: '', delimiter: '', keyMarker, versionIdMarker, maxKeys });
    for (const version of page.versions) seen.push(await shown(store, version));
    if (!page.isTruncated) return seen;
    assert.equal(page.versions.length, maxKeys);
    [keyMarker, versionIdMarker] = [page.nextKeyMarker, page.nextVersionIdMarker];
  }
}

async function shown(store: FileObjectStore, version: VersionInfo): Promise<string> {
  const text = isDeleteMarker(version) ? '-' : await textOf(store, version.key, version.versionId);
  return `${version.key} ${text}${version.isLatest ? '*' : ''}${version.versionId === 'null' ? ' null' : ''}`;
}

test('a versioned bucket keeps what is written over and removed', async (t) => {
  const { store, data } = await opened(t, 'Enabled');
  const one = await put(store, 'a/b', 'one');
  const two = await put(store, 'a/b', 'two');
  assert.notEqual(one.versionId, two.versionId);
  assert.equal(await textOf(store, 'a/b'), 'two');
  assert.equal(await textOf(store, 'a/b', one.versionId), 'one');
  assert.equal(await readFile(join(data, 'buckets/test/a/b'), 'utf8'), 'two');
  const marker = await store.remove('test', 'a/b');
  assert.deepEqual([marker.isFound, marker.isDeleteMarker], [true, true]);
  await assert.rejects(store.head('test', 'a/b'), {
    code: 'NoSuchKey',
    headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId },
  });
  await assert.rejects(store.head('test', 'a/b', marker.versionId), { code: 'MethodNotAllowed', status: 405 });
  await assert.rejects(store.putTags({ bucket: 'test', key: 'a/b' }, []), { code: 'MethodNotAllowed', status: 405 });
  await assert.rejects(store.head('test', 'a/b', 'f'.repeat(32)), { code: 'NoSuchVersion' });
  assert.deepEqual(await readdir(join(data, 'buckets/test')), [], 'the plain file and its folder are gone');
  assert.deepEqual(await allVersions(store), ['a/b -*', 'a/b two', 'a/b one']);
  await assert.rejects(store.deleteBucket('test'), { code: 'BucketNotEmpty' });
  // The marker removed, the version below it is a plain file again.
  await store.remove('test', 'a/b', marker.versionId === undefined ? {} : { versionId: marker.versionId });
  assert.equal(await readFile(join(data, 'buckets/test/a/b'), 'utf8'), 'two');
  await store.remove('test', 'a/b', { versionId: two.versionId });
  assert.equal(await textOf(store, 'a/b'), 'one');
  assert.deepEqual(await allVersions(store), ['a/b one*']);
  await store.remove('test', 'a/b', { versionId: one.versionId });
  assert.deepEqual(await allVersions(store), []);
  assert.deepEqual(await readdir(join(data, 'versions/test/keys')), []);
  await store.deleteBucket('test');
  assert.equal(await store.hasBucket('test'), false);
});

test('null versions: before versioning, and while it is suspended', async (t) => {
  const { store } = await opened(t);
  await put(store, 'a', 'before');
  await store.changeBucket('test', (settings) => ({ ...settings, versioning: 'Enabled' }));
  assert.equal((await store.head('test', 'a')).versionId, 'null');
  await put(store, 'a', 'v1');
  assert.deepEqual(await allVersions(store), ['a v1*', 'a before null']);
  await store.changeBucket('test', (settings) => ({ ...settings, versioning: 'Suspended' }));
  await put(store, 'a', 'suspended');
  assert.deepEqual(await allVersions(store), ['a suspended* null', 'a v1'], 'the null version before is replaced');
  await put(store, 'a', 'again');
  assert.deepEqual(await allVersions(store), ['a again* null', 'a v1']);
  const removed = await store.remove('test', 'a');
  assert.deepEqual([removed.versionId, removed.isDeleteMarker], ['null', true]);
  assert.deepEqual(await allVersions(store), ['a -* null', 'a v1']);
  await store.remove('test', 'a', { versionId: 'null' });
  assert.deepEqual(await allVersions(store), ['a v1*']);
});

test('listing versions: order, prefixes, delimiters, markers', async (t) => {
  const { store } = await opened(t, 'Enabled');
  for (const key of ['a', 'a-b', 'b/1', 'b/2', 'c']) for (const text of ['x', 'y']) await put(store, key, text);
  await store.remove('test', 'b/1');
  await store.remove('test', 'c');
  const list = async (extra: object): Promise<unknown> => {
    const page = await store.listVersions('test', {
      prefix: '',
      delimiter: '',
      keyMarker: '',
      versionIdMarker: '',
      maxKeys: 100,
      ...extra,
    });
    return [await Promise.all(page.versions.map((version) => shown(store, version))), page.commonPrefixes, page.isTruncated];
  };
  const all = ['a y*', 'a x', 'a-b y*', 'a-b x', 'b/1 -*', 'b/1 y', 'b/1 x', 'b/2 y*', 'b/2 x', 'c -*', 'c y', 'c x'];
  assert.deepEqual(await list({}), [all, [], false]);
  for (const maxKeys of [1, 2, 5]) assert.deepEqual(await allVersions(store, maxKeys), all);
  assert.deepEqual(await list({ delimiter: '/' }), [['a y*', 'a x', 'a-b y*', 'a-b x', 'c -*', 'c y', 'c x'], ['b/'], false]);
  assert.deepEqual(await list({ prefix: 'b/' }), [all.slice(4, 9), [], false]);
  assert.deepEqual(await list({ keyMarker: 'b/1' }), [all.slice(7), [], false]);
  assert.deepEqual(await list({ delimiter: '/', maxKeys: 5 }), [['a y*', 'a x', 'a-b y*', 'a-b x'], ['b/'], true]);
  assert.deepEqual(await list({ delimiter: '/', keyMarker: 'b/' }), [['c -*', 'c y', 'c x'], [], false]);
});

interface ModelVersion {
  readonly id: string;
  readonly text: string | undefined;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom('a', 'a/b', 'A', '%') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: fc.constantFrom('a', 'a/b', 'A', '%') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('removeVersion' as const),
      key: fc.constantFrom('a', 'a/b', 'A', '%'),
      index: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('versioning' as const),
      to: fc.constantFrom('Enabled' as const, 'Suspended' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
);

test('versions do what a list of versions does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const data = await mkdtemp(join(tmpdir(), 's3batch-versions-'));
      try {
        const first = await openIn(data);
        let { store } = first;
        let versioning: 'Enabled' | 'Suspended' | undefined;
        const model = new Map<string, ModelVersion[]>();
        for (const [index, item] of steps.entries()) {
          if (item.kind === 'versioning') {
            versioning = item.to;
            await store.changeBucket('test', (settings) => ({ ...settings, versioning: item.to }));
          } else if (item.kind === 'reopen') store = await first.reopen();
          else {
            const versions = model.get(item.key) ?? [];
            if (item.kind === 'put') {
              const { versionId } = await put(store, item.key, String(index));
              assert.equal(versionId === 'null', versioning !== 'Enabled');
              model.set(item.key, [{ id: versionId, text: String(index) }, ...versions.filter(({ id }) => id !== versionId)]);
            } else if (item.kind === 'remove') {
              const { versionId } = await store.remove('test', item.key);
              if (versioning === undefined) model.delete(item.key);
              else {
                const id = versionId ?? '';
                model.set(item.key, [{ id, text: undefined }, ...versions.filter((version) => version.id !== id)]);
              }
            } else {
              const target = versions[item.index];
              const result = await store.remove('test', item.key, { versionId: target?.id ?? '0'.repeat(32) });
              assert.equal(result.isFound, target !== undefined);
              model.set(
                item.key,
                versions.filter((version) => version !== target),
              );
            }
          }
          const wanted = [...model]
            .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
            .flatMap(([key, versions]) =>
              versions.map(({ id, text }, at) => `${key} ${text ?? '-'}${at === 0 ? '*' : ''}${id === 'null' ? ' null' : ''}`),
            );
          assert.deepEqual(await allVersions(store), wanted);
          const { objects } = await store.list('test', { prefix: '', delimiter: '', after: '', maxKeys: 100 });
          assert.deepEqual(
            objects.map(({ key }) => key).toSorted(),
            [...model]
              .filter(([, [current]]) => current?.text !== undefined)
              .map(([key]) => key)
              .toSorted(),
          );
        }
      } finally {
        await rm(data, { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});

test('a file that a person removes from a versioned bucket leaves a delete marker, one dropped in is a version', async (t) => {
  const { store, data } = await opened(t, 'Enabled');
  const file = join(data, 'buckets/test/a');
  await put(store, 'a', 'one');
  await put(store, 'a', 'two');
  await unlink(file);
  await assert.rejects(store.head('test', 'a'), { code: 'NoSuchKey' });
  assert.deepEqual(await allVersions(store), ['a -*', 'a one']);
  await writeFile(file, 'dropped');
  assert.deepEqual(await allVersions(store), ['a dropped* null', 'a -', 'a one']);
  await put(store, 'a', 'three');
  assert.deepEqual(await allVersions(store), ['a three*', 'a dropped null', 'a -', 'a one']);
  await writeFile(file, 'edited in place');
  assert.deepEqual(await allVersions(store), ['a edited in place*', 'a dropped null', 'a -', 'a one']);
  await writeFile(join(data, 'buckets/test/new'), 'new');
  assert.equal((await store.head('test', 'new')).versionId, 'null');
});

test('whatever step of a change a crash interrupts, the key is as before or as after', async (t) => {
  const { store, data, reopen } = await opened(t, 'Enabled');
  const layout = dataLayout(data);
  const file = join(data, 'buckets/test/a');
  const kept = join(data, 'kept');
  const { versionId } = await put(store, 'a', 'one');
  // A put that linked the version and wrote what is known, but did not rename: the record and the link of after, the file of before.
  await link(file, kept);
  await put(store, 'a', 'two');
  await rm(file);
  await link(kept, file);
  let again = await reopen();
  assert.equal(await textOf(again, 'a'), 'one');
  assert.deepEqual(await allVersions(again), ['a one*']);
  // A delete that wrote its marker, but did not remove the file.
  await again.remove('test', 'a');
  await link(kept, file);
  again = await reopen();
  assert.deepEqual((await again.list('test', { prefix: '', delimiter: '', after: '', maxKeys: 9 })).objects, []);
  await assert.rejects(again.head('test', 'a'), { code: 'NoSuchKey' });
  assert.deepEqual(await allVersions(again), ['a -*', 'a one']);
  assert.deepEqual(await readdir(join(data, 'buckets/test')), []);
  // A removal of the marker that put the version below back in place, but did not write what is known.
  const metadata = layout.objectMetadata('test', 'a');
  const before = await readFile(metadata);
  const [marker] = await again.versionsOf('test', 'a');
  await again.remove('test', 'a', { versionId: marker?.versionId });
  await writeFile(metadata, before);
  const bytes = layout.versionFile('test', 'a', versionId);
  await mkdir(dirname(bytes), { recursive: true });
  await link(file, bytes);
  again = await reopen();
  assert.deepEqual(await allVersions(again), ['a -*', 'a one']);
});

test('tags, ACL and encryption belong to a version and survive a restart', async (t) => {
  const { store, reopen } = await opened(t, 'Enabled');
  await store.changeBucket('test', (settings) => ({ ...settings, ownership: 'ObjectWriter' }));
  const one = await put(store, 'a', 'one');
  await put(store, 'a', 'two');
  const encryption: ObjectEncryption = { algorithm: 'aws:kms', kmsKeyId: 'k', isBucketKeyEnabled: true };
  await store.putTags({ bucket: 'test', key: 'a', versionId: one.versionId }, [{ key: 'x', value: '1' }]);
  await store.putTags({ bucket: 'test', key: 'a' }, [{ key: 'y', value: '2' }]);
  await store.putEncryption({ bucket: 'test', key: 'a' }, encryption);
  await store.putAcl({ bucket: 'test', key: 'a' }, []);
  const before = await store.head('test', 'a');
  const again = await reopen();
  assert.deepEqual(await again.head('test', 'a'), before);
  assert.deepEqual([before.tags, before.encryption, before.acl], [[{ key: 'y', value: '2' }], encryption, []]);
  assert.deepEqual((await again.head('test', 'a', one.versionId)).tags, [{ key: 'x', value: '1' }]);
  await again.putTags({ bucket: 'test', key: 'a' }, []);
  assert.deepEqual((await again.head('test', 'a')).tags, []);
  await assert.rejects(again.putTags({ bucket: 'test', key: 'a' }, [{ key: 'aws:x', value: '' }]), { code: 'InvalidTag' });
  await assert.rejects(again.putTags({ bucket: 'test', key: 'none' }, []), { code: 'NoSuchKey' });
  await again.changeBucket('test', (settings) => ({ ...settings, ownership: 'BucketOwnerEnforced' }));
  const grant = { grantee: { type: 'uri', uri: 'u' }, permission: 'READ' } as const;
  await assert.rejects(again.putAcl({ bucket: 'test', key: 'a' }, [grant]), { code: 'AccessControlListNotSupported' });
});

test('object lock keeps versions, and can be made stronger but not weaker', async (t) => {
  const { store, clock } = await opened(t, 'Enabled');
  const at = { bucket: 'test', key: 'a' };
  const { versionId } = await put(store, 'a', 'one');
  const inDays = (days: number): number => clock.now() + days * 86_400_000;
  await assert.rejects(store.putRetention(at, { mode: 'GOVERNANCE', retainUntilMs: inDays(1) }, false), {
    code: 'InvalidRequest',
  });
  await store.changeBucket('test', (settings) => ({ ...settings, objectLock: {} }));
  await assert.rejects(store.putRetention(at, { mode: 'GOVERNANCE', retainUntilMs: inDays(-1) }, false), {
    code: 'InvalidArgument',
  });
  await store.putRetention(at, { mode: 'GOVERNANCE', retainUntilMs: inDays(2) }, false);
  await assert.rejects(store.remove('test', 'a', { versionId }), { code: 'AccessDenied' });
  await assert.rejects(store.putRetention(at, { mode: 'GOVERNANCE', retainUntilMs: inDays(1) }, false), { code: 'AccessDenied' });
  await assert.rejects(store.putRetention(at, undefined, false), { code: 'AccessDenied' });
  await store.putRetention(at, undefined, true);
  await store.putRetention(at, { mode: 'COMPLIANCE', retainUntilMs: inDays(2) }, false);
  await assert.rejects(store.putRetention(at, { mode: 'GOVERNANCE', retainUntilMs: inDays(3) }, true), { code: 'AccessDenied' });
  await assert.rejects(store.remove('test', 'a', { versionId, bypassesGovernance: true }), { code: 'AccessDenied' });
  assert.equal((await store.remove('test', 'a')).isDeleteMarker, true, 'a delete marker is always possible');
  await clock.advance(2 * 86_400_000 + 1);
  await store.putLegalHold({ ...at, versionId }, true);
  await assert.rejects(store.remove('test', 'a', { versionId }), { code: 'AccessDenied' });
  await store.putLegalHold({ ...at, versionId }, false);
  assert.equal((await store.remove('test', 'a', { versionId })).isFound, true);
});

test('a bucket’s defaults go to new objects', async (t) => {
  const { store, clock } = await opened(t, 'Enabled');
  await store.changeBucket('test', (settings) => ({
    ...settings,
    encryption: { algorithm: 'aws:kms', kmsKeyId: 'k' },
    objectLock: { defaultRetention: { mode: 'GOVERNANCE', amount: 3, unit: 'Days' } },
  }));
  await put(store, 'a', 'one');
  const info = await store.head('test', 'a');
  assert.deepEqual(info.retention, { mode: 'GOVERNANCE', retainUntilMs: clock.now() + 3 * 86_400_000 });
  assert.deepEqual(info.encryption, { algorithm: 'aws:kms', kmsKeyId: 'k' });
});

test('archived objects: restore goes on, ends, and expires', async (t) => {
  const { store, clock } = await opened(t);
  const at = { bucket: 'test', key: 'a' };
  await put(store, 'plain', 'x');
  await store.write('test', 'a', Buffer.from('x'), { storageClass: 'GLACIER' });
  const copy = (): Promise<unknown> => store.copy({ source: at, destination: { bucket: 'test', key: 'b' } });
  await assert.rejects(copy(), { code: 'InvalidObjectState', status: 403 });
  await assert.rejects(store.restore({ bucket: 'test', key: 'plain' }, { days: 1 }), { code: 'InvalidObjectState' });
  await assert.rejects(store.restore(at, { days: undefined }), { code: 'MalformedXML' });
  assert.equal(await store.restore(at, { days: 1, tier: 'Bulk' }), 'accepted');
  await assert.rejects(store.restore(at, { days: 1, tier: 'Bulk' }), { code: 'RestoreAlreadyInProgress', status: 409 });
  await assert.rejects(store.restore(at, { days: 2, tier: 'Standard' }), { code: 'RestoreAlreadyInProgress' });
  assert.equal(await store.restore(at, { days: 1, tier: 'Standard' }), 'accepted', 'a faster tier for the same days');
  await assert.rejects(copy(), { code: 'InvalidObjectState' });
  await clock.advance(60_000);
  await copy();
  assert.equal(await store.restore(at, { days: 3 }), 'extended');
  await clock.advance(3 * 86_400_000);
  await copy();
  await clock.advance(86_400_000);
  await assert.rejects(copy(), { code: 'InvalidObjectState' });
});

test('copies: what goes along, what does not, and what is refused', async (t) => {
  const { store } = await opened(t, 'Enabled');
  const one = await store.write('test', 'a', Buffer.from('one'), {
    contentType: 'text/x',
    userMetadata: { m: '1' },
    tags: [{ key: 't', value: '1' }],
    storageClass: 'STANDARD_IA',
    systemMetadata: { 'cache-control': 'no-cache', 'x-amz-website-redirect-location': '/there' },
  });
  const { versionId } = one;
  await put(store, 'a', 'two');
  const source = { bucket: 'test', key: 'a', versionId };
  const { copy } = await store.copy({ source, destination: { bucket: 'test', key: 'b' } });
  assert.deepEqual(
    [copy.contentType, copy.userMetadata, copy.tags, copy.storageClass, copy.systemMetadata],
    ['text/x', { m: '1' }, [{ key: 't', value: '1' }], 'STANDARD', { 'cache-control': 'no-cache' }],
  );
  const bare = await store.copy({
    source,
    destination: { bucket: 'test', key: 'c' },
    tags: [],
    storageClass: 'GLACIER',
    metadata: { contentType: 'y', systemMetadata: {}, userMetadata: {} },
  });
  assert.deepEqual([bare.copy.contentType, bare.copy.tags, bare.copy.storageClass], ['y', [], 'GLACIER']);
  const self = { bucket: 'test', key: 'a' };
  await assert.rejects(store.copy({ source: self, destination: self }), { code: 'InvalidRequest' });
  await store.copy({ source, destination: self });
  assert.equal(await textOf(store, 'a'), 'one', 'an older version is made the current one');
  const marker = await store.remove('test', 'a');
  await assert.rejects(store.copy({ source: self, destination: { bucket: 'test', key: 'd' } }), { code: 'NoSuchKey' });
  await assert.rejects(store.copy({ source: { ...self, versionId: marker.versionId }, destination: self }), {
    code: 'InvalidRequest',
  });
});
