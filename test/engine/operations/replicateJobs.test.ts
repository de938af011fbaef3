import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ReplicationRule } from '../../../src/engine/objectStore.js';
import { OperationJobs } from '../../support/operationJobs.js';

const replicate = { S3ReplicateObject: {} };

function rule(changes: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    id: 'all',
    isEnabled: true,
    priority: 1,
    prefix: '',
    tags: [],
    bucket: 'replica',
    storageClass: undefined,
    replicatesDeleteMarkers: false,
    replicaKmsKeyId: undefined,
    includesKmsObjects: false,
    ...changes,
  };
}

async function start(t: TestContext, rules: readonly ReplicationRule[]): Promise<OperationJobs> {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source', { versioning: 'Enabled', replication: { role: 'r', rules, xml: '' } });
  await jobs.bucket('replica', { versioning: 'Enabled' });
  return jobs;
}

test('replicates by every rule that covers the object, with tags, and notes it on both sides', async (t) => {
  const jobs = await start(t, [
    rule({ storageClass: 'STANDARD_IA' }),
    rule({ id: 'low', priority: 0 }),
    rule({ id: 'logs', prefix: 'logs/', bucket: 'logs' }),
    rule({ id: 'off', isEnabled: false, bucket: 'nowhere' }),
    rule({ id: 'tagged', tags: [{ key: 'x', value: 'y' }], bucket: 'nowhere' }),
  ]);
  await jobs.bucket('logs', { versioning: 'Enabled' });
  const { versionId } = await jobs.put('source', 'logs/k', 'old', { tags: [{ key: 'a', value: 'b' }] });
  await jobs.put('source', 'logs/k', 'new');
  const { rows } = await jobs.run(replicate, [`source/logs/k?${versionId}`]);
  assert.deepEqual(rows, [`source,logs/k,${versionId},succeeded,200,,success`]);
  for (const [bucket, storageClass] of [
    ['replica', 'STANDARD_IA'],
    ['logs', 'STANDARD'],
  ] as const) {
    const made = await jobs.head(bucket, 'logs/k', versionId);
    assert.deepEqual([made.replicationStatus, made.storageClass], ['REPLICA', storageClass]);
    assert.deepEqual(made.tags, [{ key: 'a', value: 'b' }]);
    assert.equal(await jobs.engine.text(bucket, 'logs/k'), 'old');
  }
  assert.equal((await jobs.head('source', 'logs/k', versionId)).replicationStatus, 'COMPLETED');
});

test('a replica keeps its version id, and is not made twice; what had no version gets one', async (t) => {
  const jobs = await start(t, [rule()]);
  const { versionId } = await jobs.put('source', 'k');
  for (let run = 0; run < 2; run += 1) {
    const { rows } = await jobs.run(replicate, [`source/k?${versionId}`]);
    assert.deepEqual(rows, [`source,k,${versionId},succeeded,200,,success`]);
  }
  await jobs.engine.store.changeBucket('source', (settings) => ({ ...settings, versioning: 'Suspended' }));
  await jobs.put('source', 'old');
  await jobs.run(replicate, ['source/old?null']);
  const request = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', maxKeys: 10 };
  const { versions } = await jobs.engine.store.listVersions('replica', request);
  assert.deepEqual(
    versions.map((version) => [version.key, version.versionId === versionId, version.versionId === 'null']),
    [
      ['k', true, false],
      ['old', false, false],
    ],
  );
});

test('fails with the reasons of replication', async (t) => {
  const jobs = await start(t, [
    rule({ prefix: 'ok' }),
    rule({ prefix: 'lost', bucket: 'nowhere' }),
    rule({ prefix: 'flat', bucket: 'flat' }),
  ]);
  await jobs.bucket('flat');
  const cold = await jobs.put('source', 'ok-cold', 'x', { storageClass: 'GLACIER' });
  const kms = await jobs.put('source', 'ok-kms', 'x', { encryption: { algorithm: 'aws:kms' } });
  const lost = await jobs.put('source', 'lost');
  const flat = await jobs.put('source', 'flat');
  const other = await jobs.put('source', 'other');
  const { rows } = await jobs.run(replicate, [
    ...[cold, kms, lost, flat, other].map(({ key, versionId }) => `source/${key}?${versionId}`),
    'source/ok-empty?',
    'source/none?null',
  ]);
  const notEligible = 'failed,500,SrcObjectNotEligible,Object is not eligible for replication';
  assert.deepEqual(rows, [
    `source,flat,${flat.versionId},failed,500,DstBucketUnversioned,The destination bucket flat has no versioning`,
    `source,lost,${lost.versionId},failed,500,DstBucketNotFound,The destination bucket nowhere does not exist`,
    'source,none,null,failed,500,SrcVersionNotFound,The source version does not exist',
    `source,ok-cold,${cold.versionId},${notEligible}`,
    'source,ok-empty,\\N,failed,500,SrcObjectNotFound,Object versionID is invalid',
    `source,ok-kms,${kms.versionId},${notEligible}`,
    `source,other,${other.versionId},${notEligible}`,
  ]);
  assert.equal((await jobs.head('source', 'lost')).replicationStatus, 'FAILED');
});

test('a bucket without a replication configuration fails every row', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source', { versioning: 'Enabled' });
  const { versionId } = await jobs.put('source', 'k');
  const { rows } = await jobs.run(replicate, [`source/k?${versionId}`]);
  assert.match(rows[0] ?? '', /failed,500,SrcBucketReplicationConfigMissing,/);
});

test('the generator lists all eligible versions for replication', async (t) => {
  const jobs = await start(t, [rule({ prefix: 'a' })]);
  const old = await jobs.put('source', 'a', 'old');
  const current = await jobs.put('source', 'a', 'new');
  await jobs.put('source', 'b');
  await jobs.put('source', 'a-cold', 'x', { storageClass: 'GLACIER' });
  const { Manifest: _, ...request } = jobs.engine.request({ arn: '', etag: '' }, { Operation: replicate });
  const ManifestGenerator = {
    S3JobManifestGenerator: {
      SourceBucket: 'arn:aws:s3:::source',
      EnableManifestOutput: false,
      Filter: { EligibleForReplication: true },
    },
  };
  const { rows } = await jobs.runRequest({ ...request, ManifestGenerator });
  assert.deepEqual(rows, [old, current].map(({ versionId }) => `source,a,${versionId},succeeded,200,,success`).toSorted());
});
