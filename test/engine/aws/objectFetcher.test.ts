import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { DeleteObjectCommand, PutBucketReplicationCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createObjectSink, createObjectSource, refuseWrites } from '../../../src/aws/objectFetcher.js';
import { ObjectFetcher, type FetchResult } from '../../../src/core/job/fetchObjects.js';
import { type RunningEngine, startEngine } from '../../../src/engine/startEngine.js';
import { FakeRealBuckets, type RealObject } from '../../support/fakeRealBuckets.js';

const version = '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY';

async function start(
  t: TestContext,
  objects: Readonly<Record<string, RealObject>>,
): Promise<{ real: FakeRealBuckets; engine: RunningEngine; fetch: (rows: string, limitBytes?: number) => Promise<FetchResult> }> {
  const data = await mkdtemp(join(tmpdir(), 's3batch-fetch-'));
  const engine = await startEngine({ dataDirectory: data });
  const real = await FakeRealBuckets.start(objects);
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SECRET_ACCESS_KEY: 'secret' });
  const source = createObjectSource({ region: 'us-east-1', endpoint: real.endpoint });
  const sink = createObjectSink(engine.connection);
  t.after(async () => {
    process.env = before;
    source.dispose();
    sink.dispose();
    await real.close();
    await engine.close();
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  });
  const fetch = async (rows: string, limitBytes = 1000): Promise<FetchResult> => {
    const fetcher = new ObjectFetcher({ source, sink, limitBytes });
    await fetcher.fetchRows({ manifest: Buffer.from(rows), name: 'm.csv' });
    return fetcher.result;
  };
  return { real, engine, fetch };
}

test('objects come with their headers, metadata, tags and versions; errors of one object leave it out', async (t) => {
  const { real, engine, fetch } = await start(t, {
    'photos/a b.txt': {
      text: 'first',
      headers: {
        'content-type': 'text/plain',
        'cache-control': 'no-store',
        'x-amz-meta-owner': 'me',
        'x-amz-storage-class': 'STANDARD_IA',
      },
      tags: { team: 'red + blue' },
    },
    'photos/denied': { text: '', error: { status: 403, code: 'AccessDenied' } },
    [`kept/v?${version}`]: { text: 'old version' },
  });
  const result = await fetch('photos,a%20b.txt\nphotos,a+b.txt\nphotos,denied\nphotos,none\n');
  assert.equal(result.fetched, 1);
  assert.equal(result.bytes, 5);
  assert.deepEqual(result.unreadable.map(({ code, objects }) => `${code} ${objects}`).toSorted(), [
    'AccessDenied 1',
    'NoSuchKey 1',
  ]);
  const { info, body } = await engine.store.read('photos', 'a b.txt');
  assert.equal(await text(body), 'first');
  const stored = await engine.store.head('photos', 'a b.txt');
  assert.deepEqual(
    [info.contentType, info.systemMetadata['cache-control'], info.userMetadata, stored.storageClass, stored.tags],
    ['text/plain', 'no-store', { owner: 'me' }, 'STANDARD_IA', [{ key: 'team', value: 'red + blue' }]],
  );

  assert.equal((await fetch(`kept,v,${version}\n`)).fetched, 1);
  assert.equal((await engine.store.head('kept', 'v', version)).versionId, version);
  assert.deepEqual(real.writes, []);
});

test('what is in the local store stays: changed there, or deleted there', async (t) => {
  const { real, engine, fetch } = await start(t, { 'photos/a': { text: 'real' }, 'photos/b': { text: 'real' } });
  await fetch('photos,a\n');
  await engine.store.write('photos', 'a', Buffer.from('changed'));
  real.requests.length = 0;
  const again = await fetch('photos,a\n');
  assert.deepEqual([again.fetched, again.present], [0, 1]);
  assert.equal((await engine.store.head('photos', 'a')).sizeBytes, 7);
  assert.deepEqual(real.requests, []);
});

test('a bucket is made like the real one, and objects keep their lock and their encryption', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 's3batch-fetch-'));
  const real = await startEngine({ dataDirectory: join(folder, 'real') });
  const engine = await startEngine({ dataDirectory: join(folder, 'local') });
  const before = { ...process.env };
  const { accessKeyId, secretAccessKey, endpoint, region } = real.connection;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  const source = createObjectSource({ region, endpoint });
  const sink = createObjectSink(engine.connection);
  t.after(async () => {
    process.env = before;
    source.dispose();
    sink.dispose();
    await Promise.all([real.close(), engine.close()]);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const settings = { versioning: 'Enabled', objectLock: {}, ownership: 'ObjectWriter' } as const;
  await real.store.createBucket('replica');
  for (const [bucket, wanted] of [
    ['kept', settings],
    ['plain', { versioning: 'Suspended' }],
  ] as const) {
    await real.store.createBucket(bucket);
    await real.store.changeBucket(bucket, () => wanted);
  }
  const rule = {
    ID: 'all',
    Status: 'Enabled',
    Priority: 1,
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
  } as const;
  await real.store.changeBucket('replica', () => ({ versioning: 'Enabled' }));
  const credentials = { accessKeyId, secretAccessKey };
  const owner = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  t.after(() => owner.destroy());
  await owner.send(
    new PutBucketReplicationCommand({
      Bucket: 'kept',
      ReplicationConfiguration: { Role: 'role', Rules: [{ ...rule, Destination: { Bucket: 'arn:aws:s3:::replica' } }] },
    }),
  );
  await engine.store.createBucket('plain');
  const encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/1' } as const;
  const retention = { mode: 'GOVERNANCE', retainUntilMs: Math.ceil(Date.now() / 1000) * 1000 + 60_000 } as const;
  await real.store.write('kept', 'k', Buffer.from('x'), { hasLegalHold: true, retention, encryption });
  await real.store.write('kept', 'secret', Buffer.from('x'), { encryption: { algorithm: 'customer', keyMd5: 'md5' } });
  await real.store.write('plain', 'k', Buffer.from('x'));
  const rows = Buffer.from('kept,k\nkept,secret\nplain,k\n');
  const fetcher = new ObjectFetcher({ source, sink, limitBytes: 1000 });
  await fetcher.fetchRows({ manifest: rows, name: 'm.csv' });
  const { result } = fetcher;
  assert.deepEqual([result.fetched, result.unreadable.map(({ code }) => code)], [2, ['InvalidRequest']]);
  const { versioning, objectLock, ownership, replication } = await engine.store.bucketInfo('kept');
  assert.deepEqual(
    replication?.rules.map(({ bucket }) => bucket),
    ['replica'],
  );
  assert.equal((await engine.store.bucketInfo('replica')).versioning, 'Enabled');
  assert.deepEqual({ versioning, objectLock, ownership }, settings);
  const fetched = await engine.store.head('kept', 'k');
  assert.deepEqual([fetched.hasLegalHold, fetched.retention], [true, retention]);
  assert.deepEqual(fetched.encryption, {
    ...encryption,
    ...('isBucketKeyEnabled' in fetched.encryption ? { isBucketKeyEnabled: false } : {}),
  });
  // One that was there stays as it is.
  assert.equal((await engine.store.bucketInfo('plain')).versioning, undefined);
});

test('a limit on bytes ends the fetch before it is exceeded', async (t) => {
  const { engine, fetch } = await start(t, { 'photos/a': { text: '12345' }, 'photos/b': { text: '1234567890' } });
  await assert.rejects(fetch('photos,a\nphotos,b\n', 12), { code: 'FetchLimit' });
  await assert.rejects(engine.store.head('photos', 'b'), { code: 'NoSuchKey' });
});

test('a client for real buckets sends no request that writes, whatever command it is given', async (t) => {
  const { real } = await start(t, {});
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: real.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  t.after(() => client.destroy());
  refuseWrites(client);
  await assert.rejects(client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })), { code: 'ReadOnly' });
  await assert.rejects(client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'k' })), { code: 'ReadOnly' });
  assert.deepEqual(real.requests, []);
});
