import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { metadataHeaders } from '../../../src/engine/s3/metadataRules.js';
import { OperationJobs, s3Row } from '../../support/operationJobs.js';

const copy = (changes: object): { S3PutObjectCopy: object } => ({
  S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', ...changes },
});

async function start(t: TestContext): Promise<OperationJobs> {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source');
  await jobs.bucket('target', { ownership: 'ObjectWriter' });
  return jobs;
}

test('copies bytes, metadata and tags, and says so in the report', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'a b+ü.txt', 'text', {
    userMetadata: { origin: 'x' },
    tags: [{ key: 'k', value: 'v' }],
    storageClass: 'STANDARD_IA',
  });
  const { status, rows } = await jobs.run(copy({}), ['source/a b+ü.txt', 'source/none']);
  assert.equal(status, 'Complete');
  assert.deepEqual(rows, [
    'source,a%20b%2B%C3%BC.txt,,succeeded,200,,Successful',
    s3Row('source,none,', 404, 'NoSuchKey', 'The specified key does not exist.'),
  ]);
  const made = await jobs.head('target', 'a b+ü.txt');
  assert.deepEqual([made.userMetadata, made.tags, made.contentType], [{ origin: 'x' }, [{ key: 'k', value: 'v' }], 'text/plain']);
  // A copy does not keep the storage class.
  assert.equal(made.storageClass, 'STANDARD');
  assert.equal(await jobs.engine.text('target', 'a b+ü.txt'), 'text');
});

test('gives the copies everything that the job says', async (t) => {
  const jobs = await start(t);
  await jobs.bucket('locked', { versioning: 'Enabled', objectLock: {}, ownership: 'ObjectWriter' });
  await jobs.put('source', 'k', 'text', { userMetadata: { old: '1' }, tags: [{ key: 'old', value: '' }] });
  const until = new Date(jobs.clock.now() + 86_400_000).toISOString();
  const { rows } = await jobs.run(
    copy({
      TargetResource: 'arn:aws:s3:::locked',
      TargetKeyPrefix: 'folder',
      MetadataDirective: 'REPLACE',
      NewObjectMetadata: {
        CacheControl: 'no-store',
        ContentType: 'text/csv',
        HttpExpiresDate: '2030-01-01T00:00:00.000Z',
        UserMetadata: { New: '2' },
        SSEAlgorithm: 'KMS',
      },
      SSEAwsKmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/1',
      BucketKeyEnabled: true,
      NewObjectTagging: [{ Key: 'new', Value: '1' }],
      StorageClass: 'GLACIER_IR',
      RedirectLocation: '/there',
      CannedAccessControlList: 'public-read',
      ChecksumAlgorithm: 'SHA256',
      ObjectLockLegalHoldStatus: 'ON',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
    }),
    ['source/k'],
  );
  assert.deepEqual(rows, ['source,k,,succeeded,200,,Successful']);
  const made = await jobs.head('locked', 'folder/k');
  assert.equal(made.contentType, 'text/csv');
  assert.equal(made.systemMetadata['cache-control'], 'no-store');
  assert.equal(made.systemMetadata['expires'], 'Tue, 01 Jan 2030 00:00:00 GMT');
  assert.equal(made.systemMetadata['x-amz-website-redirect-location'], '/there');
  assert.deepEqual(made.userMetadata, { new: '2' });
  assert.deepEqual(made.tags, [{ key: 'new', value: '1' }]);
  assert.equal(made.storageClass, 'GLACIER_IR');
  assert.deepEqual(made.encryption, {
    algorithm: 'aws:kms',
    kmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/1',
    isBucketKeyEnabled: true,
  });
  assert.ok(made.acl.some(({ grantee, permission }) => grantee.type === 'uri' && permission === 'READ'));
  assert.deepEqual([made.hasLegalHold, made.retention], [true, { mode: 'GOVERNANCE', retainUntilMs: Date.parse(until) }]);
  assert.deepEqual(Object.keys(made.checksums), ['SHA256']);
});

test('joins prefix and key by one slash', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'a/k');
  await jobs.run(copy({ TargetKeyPrefix: 'x' }), ['source/a/k']);
  await jobs.run(copy({ TargetKeyPrefix: 'y/' }), ['source/a/k']);
  assert.equal((await jobs.head('target', 'x/a/k')).sizeBytes, 3);
  assert.equal((await jobs.head('target', 'y/a/k')).sizeBytes, 3);
});

test('an empty list of tags means none', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'k', 'text', { tags: [{ key: 'k', value: 'v' }] });
  await jobs.run(copy({ NewObjectTagging: [] }), ['source/k']);
  assert.deepEqual((await jobs.head('target', 'k')).tags, []);
});

test('refuses archived sources, dates outside the constraints, and copies onto themselves that change nothing', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'cold', 'text', { storageClass: 'DEEP_ARCHIVE' });
  await jobs.put('source', 'warm');
  const moment = (offsetMs: number): string => new Date(jobs.clock.now() + offsetMs).toISOString();
  const archived = "The operation is not valid for the object's storage class";
  assert.deepEqual((await jobs.run(copy({}), ['source/cold'])).rows, [
    s3Row('source,cold,', 403, 'InvalidObjectState', archived),
  ]);
  const failed = s3Row(
    'source,warm,',
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
  const done = 'source,warm,,succeeded,200,,Successful';
  for (const [constraint, row] of [
    [{ ModifiedSinceConstraint: moment(60_000) }, failed],
    [{ ModifiedSinceConstraint: moment(-60_000) }, done],
    [{ UnModifiedSinceConstraint: moment(-60_000) }, failed],
    [{ UnModifiedSinceConstraint: moment(60_000) }, done],
  ] as const) {
    assert.deepEqual((await jobs.run(copy(constraint), ['source/warm'])).rows, [row]);
  }
  const onto = await jobs.run(copy({ TargetResource: 'arn:aws:s3:::source' }), ['source/warm']);
  assert.match(onto.rows[0] ?? '', /failed,400,InvalidRequest,/);
  const changed = await jobs.run(copy({ TargetResource: 'arn:aws:s3:::source', StorageClass: 'STANDARD_IA' }), ['source/warm']);
  assert.deepEqual(changed.rows, [done]);
  assert.equal((await jobs.head('source', 'warm')).storageClass, 'STANDARD_IA');
});

test('copies the version that a row names', async (t) => {
  const jobs = await start(t);
  await jobs.bucket('versioned', { versioning: 'Enabled' });
  const { versionId } = await jobs.put('versioned', 'k', 'old');
  await jobs.put('versioned', 'k', 'new');
  const { rows } = await jobs.run(copy({}), [`versioned/k?${versionId}`, 'versioned/k?', 'versioned/k?nonsense']);
  assert.equal(await jobs.engine.text('target', 'k'), 'old');
  assert.ok(rows.includes(`versioned,k,${versionId},succeeded,200,,Successful`), rows.join('\n'));
  assert.equal(
    rows.filter((row) => row === 'versioned,k,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId').length,
    1,
  );
  assert.ok(
    rows.some((row) => /^versioned,k,nonsense,failed,40[04],/.test(row)),
    rows.join('\n'),
  );
});

test('fails in Preparing without the target bucket, or with objects of two buckets', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'k');
  const missing = await jobs.run(copy({ TargetResource: 'arn:aws:s3:::nowhere' }), ['source/k']);
  assert.deepEqual(
    [missing.status, missing.failure],
    ['Failed', 'Invalid manifest was provided. Target bucket nowhere does not exist.'],
  );
  const mixed = await jobs.run(copy({}), ['source/k', 'target/k']);
  assert.equal(mixed.status, 'Failed');
  assert.match(mixed.failure, /objects of one bucket \(emulated text\)$/);
  assert.deepEqual(await jobs.engine.counts(mixed.id), [0, 0, 0]);
});

test('what CopyObject refuses fails the row: objects under the customer’s keys, metadata over 2 KB, redirects to nowhere, grants to nobody', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'secret', 'x', { encryption: { algorithm: 'customer', keyMd5: 'md5' } });
  await jobs.put('source', 'k');
  const secret =
    'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';
  assert.deepEqual((await jobs.run(copy({}), ['source/secret'])).rows, [s3Row('source,secret,', 400, 'InvalidRequest', secret)]);
  const UserMetadata = { a: 'x'.repeat(1000), b: 'ü'.repeat(600) };
  const grants = (grantee: object) => ({ AccessControlGrants: [{ Grantee: grantee, Permission: 'READ' }] });
  for (const [changes, code] of [
    [{ MetadataDirective: 'REPLACE', NewObjectMetadata: { UserMetadata } }, 'MetadataTooLarge'],
    [{ RedirectLocation: 'nowhere' }, 'InvalidRedirectLocation'],
    [grants({ TypeIdentifier: 'uri', Identifier: 'http://acs.amazonaws.com/groups/nobody' }), 'InvalidArgument'],
    [grants({ TypeIdentifier: 'id' }), 'InvalidArgument'],
  ] as const) {
    const { rows } = await jobs.run(copy(changes), ['source/k']);
    assert.match(rows[0] ?? '', new RegExp(`^source,k,,failed,400,${code},`));
  }
});

test('an empty list of grants is none: the bucket’s owner may be enforced', async (t) => {
  const jobs = await start(t);
  await jobs.bucket('enforced');
  await jobs.put('source', 'k');
  const { rows } = await jobs.run(copy({ TargetResource: 'arn:aws:s3:::enforced', AccessControlGrants: [] }), ['source/k']);
  assert.deepEqual(rows, ['source,k,,succeeded,200,,Successful']);
});

test('metadata names that no header can have are counted when the copy is read', async (t) => {
  const jobs = await start(t);
  await jobs.put('source', 'k');
  await jobs.run(copy({ MetadataDirective: 'REPLACE', NewObjectMetadata: { UserMetadata: { 'a b': '1', c: '中' } } }), [
    'source/k',
  ]);
  const { userMetadata } = await jobs.head('target', 'k');
  assert.deepEqual(metadataHeaders(userMetadata), { 'x-amz-meta-c': '=?UTF-8?B?5Lit?=', 'x-amz-missing-meta': '1' });
});
