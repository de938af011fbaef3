import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { operations, operationsFor } from '../../../src/core/operations/catalogue.js';
import { findPerformer } from '../../../src/engine/operations/performers.js';
import { OperationJobs, s3Row } from '../../support/operationJobs.js';

const dayMs = 86_400_000;

test('the catalogue and the performers agree', () => {
  for (const { name, isPerformedLocally } of operations) {
    assert.equal(isPerformedLocally, name === 'LambdaInvoke' || findPerformer(name) !== undefined, name);
  }
  assert.equal(operationsFor('local').length, 11);
  assert.equal(findPerformer('toString'), undefined);
});

test('replaces and deletes tags, of the current version or the one named', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('box', { versioning: 'Enabled' });
  const { versionId: old } = await jobs.put('box', 'k', 'old', { tags: [{ key: 'a', value: '1' }] });
  const { versionId: current } = await jobs.put('box', 'k', 'new', { tags: [{ key: 'a', value: '1' }] });
  const put = { S3PutObjectTagging: { TagSet: [{ Key: 'b', Value: 'ü' }] } };
  assert.deepEqual((await jobs.run(put, [`box/k?${old}`])).rows, [`box,k,${old},succeeded,200,,Successful`]);
  assert.deepEqual((await jobs.head('box', 'k', old)).tags, [{ key: 'b', value: 'ü' }]);
  assert.deepEqual((await jobs.head('box', 'k', current)).tags, [{ key: 'a', value: '1' }]);
  const removed = await jobs.run({ S3DeleteObjectTagging: {} }, ['box/k', 'box/none']);
  assert.deepEqual(removed.rows, [
    'box,k,,succeeded,200,,Successful',
    s3Row('box,none,', 404, 'NoSuchKey', 'The specified key does not exist.'),
  ]);
  assert.deepEqual((await jobs.head('box', 'k')).tags, []);
  await jobs.engine.store.remove('box', 'k');
  const onMarker = await jobs.run(put, ['box/k']);
  assert.match(onMarker.rows[0] ?? '', /^box,k,,failed,40[45],/);
});

test('sets ACLs, but not where the owner of the bucket is enforced', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('open', { ownership: 'ObjectWriter' });
  await jobs.bucket('enforced');
  for (const bucket of ['open', 'enforced']) await jobs.put(bucket, 'k');
  const canned = (name: string) => ({ S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: name } } });
  const { rows } = await jobs.run(canned('public-read'), ['open/k', 'enforced/k']);
  assert.deepEqual(rows, [
    s3Row('enforced,k,', 400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'),
    'open,k,,succeeded,200,,Successful',
  ]);
  assert.ok((await jobs.head('open', 'k')).acl.some(({ grantee }) => grantee.type === 'uri'));
  const own = await jobs.run(canned('bucket-owner-full-control'), ['enforced/k']);
  assert.deepEqual(own.rows, ['enforced,k,,succeeded,200,,Successful']);
  const Grants = [{ Grantee: { TypeIdentifier: 'id', Identifier: 'someone' }, Permission: 'READ_ACP' }];
  await jobs.run({ S3PutObjectAcl: { AccessControlPolicy: { AccessControlList: { Owner: { ID: 'me' }, Grants } } } }, ['open/k']);
  assert.deepEqual((await jobs.head('open', 'k')).acl, [{ grantee: { type: 'id', id: 'someone' }, permission: 'READ_ACP' }]);
});

test('a restore is accepted, under way, then there; repeated it fails, later it is extended', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('box');
  await jobs.put('box', 'cold', 'text', { storageClass: 'GLACIER' });
  await jobs.put('box', 'warm');
  const restore = { S3InitiateRestoreObject: { ExpirationInDays: 2, GlacierJobTier: 'STANDARD' } };
  const first = await jobs.run(restore, ['box/cold', 'box/warm']);
  assert.deepEqual(first.rows, [
    'box,cold,,succeeded,200,,Successful',
    s3Row('box,warm,', 403, 'InvalidObjectState', "Restore is not allowed for the object's current storage class"),
  ]);
  const cold = await jobs.head('box', 'cold');
  assert.throws(() => jobs.engine.store.requireReadable(cold), /storage class/);
  const again = await jobs.run(restore, ['box/cold']);
  assert.deepEqual(again.rows, [s3Row('box,cold,', 409, 'RestoreAlreadyInProgress', 'Object restore is already in progress')]);
  jobs.clock.advance(60_000);
  jobs.engine.store.requireReadable(await jobs.head('box', 'cold'));
  const later = await jobs.run({ S3InitiateRestoreObject: { ExpirationInDays: 9, GlacierJobTier: 'BULK' } }, ['box/cold']);
  assert.deepEqual(later.rows, ['box,cold,,succeeded,200,,Successful']);
  assert.equal((await jobs.head('box', 'cold')).restore?.days, 9);
});

test('retention and legal hold: the bucket is checked before any key', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('plain', { versioning: 'Enabled' });
  await jobs.bucket('locked', { versioning: 'Enabled', objectLock: {} });
  for (const bucket of ['plain', 'locked']) await jobs.put(bucket, 'k');
  const hold = (status: string) => ({ S3PutObjectLegalHold: { LegalHold: { Status: status } } });
  const retain = (days: number, mode = 'GOVERNANCE', isBypassed = false) => ({
    S3PutObjectRetention: {
      BypassGovernanceRetention: isBypassed,
      Retention: days === 0 ? {} : { Mode: mode, RetainUntilDate: new Date(jobs.clock.now() + days * dayMs).toISOString() },
    },
  });
  for (const operation of [hold('ON'), retain(1)]) {
    const refused = await jobs.run(operation, ['plain/k']);
    assert.deepEqual(
      [refused.status, refused.failure, refused.rows],
      ['Failed', 'Bucket is missing Object Lock Configuration', []],
    );
  }
  const done = ['locked,k,,succeeded,200,,Successful'];
  assert.deepEqual((await jobs.run(hold('ON'), ['locked/k'])).rows, done);
  assert.equal((await jobs.head('locked', 'k')).hasLegalHold, true);
  assert.deepEqual((await jobs.run(hold('OFF'), ['locked/k'])).rows, done);
  assert.equal((await jobs.head('locked', 'k')).hasLegalHold, false);
  assert.deepEqual((await jobs.run(retain(10), ['locked/k'])).rows, done);
  const shorter = await jobs.run(retain(1), ['locked/k']);
  assert.match(shorter.rows[0] ?? '', /^locked,k,,failed,403,AccessDenied,/);
  assert.deepEqual((await jobs.run(retain(1, 'GOVERNANCE', true), ['locked/k'])).rows, done);
  assert.deepEqual((await jobs.run(retain(0, '', true), ['locked/k'])).rows, done);
  assert.equal((await jobs.head('locked', 'k')).retention, undefined);
  assert.deepEqual((await jobs.run(retain(1, 'COMPLIANCE'), ['locked/k'])).rows, done);
  const broken = await jobs.run(retain(0, '', true), ['locked/k']);
  assert.match(broken.rows[0] ?? '', /^locked,k,,failed,403,AccessDenied,/);
});

test('computes every checksum, of parts too; the result is in the report only', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('box');
  const { etag } = await jobs.put('box', 'k', '123456789', { storageClass: 'DEEP_ARCHIVE' });
  // The check values of the catalogue of CRC algorithms, and digests of Node itself.
  const hashOf = (name: string): string => createHash(name).update('123456789').digest('hex').toUpperCase();
  const known: Readonly<Record<string, string>> = {
    CRC32: 'CBF43926',
    CRC32C: 'E3069283',
    CRC64NVME: 'AE8B14860A799888',
    MD5: hashOf('md5'),
    SHA1: hashOf('sha1'),
    SHA256: hashOf('sha256'),
    SHA512: hashOf('sha512'),
    // As the SDK of AWS computes them.
    XXHASH64: '8CB841DB40E6AE83',
    XXHASH3: '72DCB18B67A17DFF',
    XXHASH128: '33119477EDE5DCD5E9716427681D5860',
  };
  const compute = (ChecksumAlgorithm: string, ChecksumType: string) => ({
    S3ComputeObjectChecksum: { ChecksumAlgorithm, ChecksumType },
  });
  for (const [algorithm, hex] of Object.entries(known)) {
    const { rows } = await jobs.run(compute(algorithm, 'FULL_OBJECT'), ['box/k']);
    const base64 = Buffer.from(hex, 'hex').toString('base64').replaceAll('=', '\\u003d');
    const json = `{""checksum_base64"":""${base64}"",""etag"":""${etag}"",""checksumAlgorithm"":""${algorithm}"",""checksumType"":""FULL_OBJECT"",""checksum_hex"":""${hex}""}`;
    assert.deepEqual(rows, [`box,k,,succeeded,200,,"${json}"`]);
  }
  assert.deepEqual((await jobs.head('box', 'k')).checksums, {});
  const { rows } = await jobs.run(compute('SHA256', 'COMPOSITE'), ['box/k']);
  const { rows: quick } = await jobs.run(compute('XXHASH3', 'COMPOSITE'), ['box/k']);
  assert.match(quick[0] ?? '', /^box,k,,succeeded,200,,.*""checksumType"":""COMPOSITE""/);
  const ofOnePart = createHash('sha256').update(createHash('sha256').update('123456789').digest()).digest();
  assert.ok(rows[0]?.includes(`${ofOnePart.toString('base64').replaceAll('=', '\\u003d')}-1`), rows[0]);
  await jobs.put('box', 'secret', 'x', { encryption: { algorithm: 'customer', keyMd5: 'md5' } });
  const failed = await jobs.run(compute('CRC32', 'FULL_OBJECT'), ['box/secret', 'box/none']);
  assert.match(
    failed.rows[0] ?? '',
    /^box,none,,failed,404,NoSuchKey,"error details: \{""failureMessage"":""Task \S+ Key not found"",""errorCode"":""404""\}"$/,
  );
  assert.match(
    failed.rows[1] ?? '',
    /^box,secret,,failed,400,InvalidRequest,"error details: .*SSE-C encryption type is not supported/,
  );
});

test('a checksum of which nothing is said is what the settings say, and of CRC64NVME always the whole object’s', async (t) => {
  const jobs = await OperationJobs.start(t, { settings: { checksumType: 'COMPOSITE' } });
  await jobs.bucket('box');
  await jobs.put('box', 'k');
  const typeOf = async (ChecksumAlgorithm?: string): Promise<string | undefined> => {
    const { rows } = await jobs.run({ S3ComputeObjectChecksum: ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm } }, [
      'box/k',
    ]);
    return /checksumType"":""(\w+)/.exec(rows[0] ?? '')?.[1];
  };
  assert.deepEqual([await typeOf(), await typeOf('SHA1')], ['FULL_OBJECT', 'COMPOSITE']);
});

test('updates the encryption in place, but not of locked objects or those under other keys', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('box', { versioning: 'Enabled', objectLock: {} });
  const before = await jobs.put('box', 'k');
  await jobs.put('box', 'held', 'x', { hasLegalHold: true });
  await jobs.put('box', 'dsse', 'x', { encryption: { algorithm: 'aws:kms:dsse' } });
  const KMSKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
  const { rows } = await jobs.run({ S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn } } } }, [
    'box/k',
    'box/held',
    'box/dsse',
  ]);
  assert.match(rows[0] ?? '', /^box,dsse,,failed,400,InvalidRequest,/);
  assert.match(rows[1] ?? '', /^box,held,,failed,403,AccessDenied,/);
  assert.equal(rows[2], 'box,k,,succeeded,200,,Successful');
  const after = await jobs.head('box', 'k');
  assert.deepEqual(after.encryption, { algorithm: 'aws:kms', kmsKeyId: KMSKeyArn, isBucketKeyEnabled: false });
  assert.deepEqual([after.etag, after.lastModified, after.versionId], [before.etag, before.lastModified, before.versionId]);
});

test('a job of higher priority pauses one on the store, which then goes on where it was', async (t) => {
  const jobs = await OperationJobs.start(t, { settings: { concurrency: 2 } });
  await jobs.bucket('box');
  const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
  for (const key of keys) await jobs.put('box', key);
  const { engine } = jobs;
  const tagging = { S3PutObjectTagging: { TagSet: [{ Key: 'b', Value: '1' }] } };
  const manifest = await engine.store.write('manifests', 'm.csv', Buffer.from(keys.map((key) => `box,${key}\n`).join('')));
  const request = (priority: number) =>
    engine.request({ arn: 'arn:aws:s3:::manifests/m.csv', etag: manifest.etag }, { Operation: tagging, Priority: priority });
  const low = await engine.createFrom(request(1));
  await engine.until(low, 'Active');
  const high = await engine.createFrom(request(2));
  assert.equal(await engine.until(high), 'Complete');
  assert.equal(await engine.until(low), 'Complete');
  for (const id of [low, high]) {
    const { succeeded = [] } = await engine.report(id);
    assert.deepEqual(succeeded.toSorted(), keys.map((key) => `box,${key},,succeeded,200,,Successful`).toSorted());
  }
});
