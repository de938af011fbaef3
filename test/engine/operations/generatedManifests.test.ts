import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { CreateJobRequest } from '../../../src/core/job/jobTypes.js';
import { parseInventory } from '../../../src/core/manifest/making/inventory.js';
import { type JobResult, OperationJobs } from '../../support/operationJobs.js';
import { childOf, textAt } from '../../support/jobEngine.js';

const tagging = { S3PutObjectTagging: { TagSet: [{ Key: 'b', Value: '1' }] } };

async function start(t: TestContext): Promise<OperationJobs> {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source');
  await jobs.put('source', 'logs/a b.txt', 'x'.repeat(10));
  await jobs.put('source', 'logs/c,d.csv', 'x'.repeat(20), { storageClass: 'STANDARD_IA' });
  await jobs.put('source', 'other/ü.txt', 'x'.repeat(30), {
    encryption: { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:x:1:key/1' },
  });
  return jobs;
}

async function run(jobs: OperationJobs, generator: object): Promise<JobResult> {
  const { Manifest: _, ...request } = jobs.engine.request({ arn: '', etag: '' }, { Operation: tagging });
  const ManifestGenerator = {
    S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::source', EnableManifestOutput: false, ...generator },
  };
  return jobs.runRequest({ ...request, ManifestGenerator } as CreateJobRequest);
}

test('lists what meets every condition', async (t) => {
  const jobs = await start(t);
  const listed = async (filter: object): Promise<string[]> =>
    (await run(jobs, { Filter: filter })).rows.map((row) => row.split(',')[1] ?? '');
  const [a, c, u] = ['logs/a%20b.txt', 'logs/c%2Cd.csv', 'other/%C3%BC.txt'] as const;
  assert.deepEqual(await listed({}), [a, c, u]);
  assert.deepEqual(await listed({ KeyNameConstraint: { MatchAnyPrefix: ['logs/'] } }), [a, c]);
  assert.deepEqual(await listed({ KeyNameConstraint: { MatchAnySuffix: ['.txt'] } }), [a, u]);
  assert.deepEqual(await listed({ KeyNameConstraint: { MatchAnySubstring: ['ü'] } }), [u]);
  assert.deepEqual(await listed({ ObjectSizeGreaterThanBytes: 10, ObjectSizeLessThanBytes: 30 }), [c]);
  assert.deepEqual(await listed({ MatchAnyStorageClass: ['STANDARD_IA', 'GLACIER'] }), [c]);
  assert.deepEqual(await listed({ MatchAnyObjectEncryption: [{ SSEKMS: {} }] }), [u]);
  assert.deepEqual(await listed({ MatchAnyObjectEncryption: [{ SSES3: {} }] }), [a, c]);
  assert.deepEqual(await listed({ ObjectReplicationStatuses: ['NONE'] }), [a, c, u]);
  const { lastModified } = await jobs.head('source', 'logs/c,d.csv');
  const at = lastModified.toISOString();
  const before = await listed({ CreatedBefore: at });
  const after = await listed({ CreatedAfter: at });
  assert.ok(!before.includes(c) && !after.includes(c));
});

for (const [generatedVersions, names] of [
  ['current', ['new']],
  ['all', ['new', 'old']],
] as const) {
  test(`lists versions of a versioned bucket: ${generatedVersions}`, async (t) => {
    const jobs = await OperationJobs.start(t, { settings: { generatedVersions } });
    await jobs.bucket('source', { versioning: 'Enabled' });
    const versions = new Map<string, string>();
    for (const name of ['old', 'new']) versions.set((await jobs.put('source', 'k', name)).versionId, name);
    await jobs.put('source', 'gone');
    await jobs.engine.store.remove('source', 'gone');
    const rows = (await run(jobs, { Filter: { KeyNameConstraint: { MatchAnyPrefix: ['k'] } } })).rows;
    assert.deepEqual(rows.map((row) => versions.get(row.split(',')[2] ?? '') ?? '').toSorted(), names);
  });
}

test('fails when nothing matches, or the bucket is not there', async (t) => {
  const jobs = await start(t);
  const nothing = await run(jobs, { Filter: { ObjectSizeGreaterThanBytes: 1000 } });
  assert.deepEqual(
    [nothing.status, nothing.failure],
    ['Failed', 'Manifest generation found no keys matching the filter criteria.'],
  );
  const missing = await run(jobs, { SourceBucket: 'arn:aws:s3:::nowhere' });
  assert.equal(missing.status, 'Failed');
  assert.match(missing.failure, /does not exist/);
});

test('stores the list as an inventory that another job can be given', async (t) => {
  const jobs = await start(t);
  await jobs.bucket('lists', { versioning: 'Enabled' });
  const location = {
    Bucket: 'arn:aws:s3:::lists',
    ManifestPrefix: 'generated',
    ManifestFormat: 'S3InventoryReport_CSV_20211130',
    ManifestEncryption: { SSEKMS: { KeyId: 'key-1' } },
  };
  const { id } = await run(jobs, { EnableManifestOutput: true, ManifestOutputLocation: location });
  const descriptor = childOf(await jobs.engine.describe(id), 'GeneratedManifestDescriptor');
  assert.ok(descriptor !== undefined);
  assert.equal(textAt(descriptor, 'Format'), 'S3InventoryReport_CSV_20211130');
  const arn = textAt(descriptor, 'Location', 'ObjectArn');
  const key = `generated/source/job-${id}/manifest.json`;
  assert.equal(arn, `arn:aws:s3:::lists/${key}`);
  const stored = await jobs.head('lists', key, textAt(descriptor, 'Location', 'ObjectVersionId'));
  assert.equal(stored.etag, textAt(descriptor, 'Location', 'ETag'));
  assert.deepEqual(stored.encryption, { algorithm: 'aws:kms', kmsKeyId: 'key-1' });
  const inventory = parseInventory(await jobs.engine.text('lists', key));
  assert.deepEqual(inventory.columns, ['Bucket', 'Key']);
  const rows = gunzipSync(await jobs.engine.bytes('lists', inventory.parts[0]?.key ?? '')).toString();
  assert.equal(rows, '"source","logs/a%20b.txt"\n"source","logs/c%2Cd.csv"\n"source","other/%C3%BC.txt"\n');
  const again = await jobs.runRequest({
    ...jobs.engine.request({ arn: '', etag: '' }, { Operation: { S3DeleteObjectTagging: {} } }),
    Manifest: {
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: { ObjectArn: arn, ETag: stored.etag, ObjectVersionId: stored.versionId },
    },
  });
  assert.equal(again.status, 'Complete');
  assert.equal(again.rows.length, 3);
});

test('a list that can’t be stored fails the job', async (t) => {
  const jobs = await start(t);
  const ManifestOutputLocation = { Bucket: 'arn:aws:s3:::nowhere', ManifestFormat: 'S3InventoryReport_CSV_20211130' };
  const { status, failure } = await run(jobs, { EnableManifestOutput: true, ManifestOutputLocation });
  assert.deepEqual([status, failure], ['Failed', 'Error occurred when preparing manifest: Failed to write manifest']);
});

test('a CSV manifest may be a version that is no longer the current one', async (t) => {
  const jobs = await start(t);
  await jobs.bucket('lists', { versioning: 'Enabled' });
  const old = await jobs.put('lists', 'm.csv', 'source,logs/a%20b.txt\n');
  await jobs.put('lists', 'm.csv', 'nonsense');
  const request = jobs.engine.request({ arn: 'arn:aws:s3:::lists/m.csv', etag: old.etag }, { Operation: tagging });
  const { Spec } = request.Manifest ?? assert.fail();
  const Location = { ObjectArn: 'arn:aws:s3:::lists/m.csv', ETag: old.etag, ObjectVersionId: old.versionId };
  const { rows } = await jobs.runRequest({ ...request, Manifest: { Spec, Location } });
  assert.deepEqual(rows, ['source,logs/a%20b.txt,,succeeded,200,,Successful']);
});
