import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketAclCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type S3Client,
  type S3ServiceException,
  UpdateObjectEncryptionCommand,
  type UpdateObjectEncryptionCommandInput,
} from '@aws-sdk/client-s3';
import { readEncryption } from '../../../src/engine/s3/encryptionHeaders.js';
import { type EngineHarness, engineFor, errorCodeOf } from '../../support/engineHarness.js';
import { ManualClock } from '../../support/manualClock.js';

const at = { Bucket: 'test', Key: 'a' };

async function versionedBucket(harness: EngineHarness, extra: object = {}): Promise<S3Client> {
  const s3 = harness.client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test', ...extra }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'test', VersioningConfiguration: { Status: 'Enabled' } }));
  return s3;
}

test('versioning over the wire: ids, markers, pages, and what a deleted object answers', async (t) => {
  const s3 = await versionedBucket(await engineFor(t));
  assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket: 'test' }))).Status, 'Enabled');
  const one = await s3.send(new PutObjectCommand({ ...at, Body: 'one' }));
  const two = await s3.send(new PutObjectCommand({ ...at, Body: 'two' }));
  assert.match(one.VersionId ?? '', /^\w{32}$/);
  const old = await s3.send(new GetObjectCommand({ ...at, VersionId: one.VersionId }));
  assert.deepEqual([await old.Body?.transformToString(), old.VersionId], ['one', one.VersionId]);
  assert.equal((await s3.send(new HeadObjectCommand(at))).VersionId, two.VersionId);
  const removed = await s3.send(new DeleteObjectCommand(at));
  assert.equal(removed.DeleteMarker, true);
  const gone = await s3.send(new GetObjectCommand(at)).catch((error: unknown) => error as S3ServiceException);
  assert.ok('$response' in gone);
  assert.deepEqual(
    [gone.name, gone.$response?.headers['x-amz-delete-marker'], gone.$response?.headers['x-amz-version-id']],
    ['NoSuchKey', 'true', removed.VersionId],
  );
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ ...at, VersionId: removed.VersionId }))), 'MethodNotAllowed');
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ ...at, VersionId: 'f'.repeat(32) }))), 'NoSuchVersion');
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ ...at, VersionId: '../x' }))), 'InvalidArgument');
  const seen: unknown[] = [];
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (let isTruncated = true; isTruncated;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: 'test', MaxKeys: 1, ...markers }));
    seen.push(
      ...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    );
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    isTruncated = page.IsTruncated ?? false;
  }
  assert.deepEqual(seen, [
    [removed.VersionId, true],
    [two.VersionId, false],
    [one.VersionId, false],
  ]);
  const back = await s3.send(new CopyObjectCommand({ ...at, CopySource: `test/a?versionId=${one.VersionId ?? ''}` }));
  assert.equal(back.CopySourceVersionId, one.VersionId);
  const { Deleted = [] } = await s3.send(
    new DeleteObjectsCommand({
      Bucket: 'test',
      Delete: { Objects: [{ Key: 'a' }, { Key: 'a', VersionId: removed.VersionId }, { Key: 'a', VersionId: one.VersionId }] },
    }),
  );
  assert.deepEqual(
    Deleted.map(({ DeleteMarker, VersionId }) => [DeleteMarker, VersionId]),
    [
      [true, undefined],
      [true, removed.VersionId],
      [undefined, one.VersionId],
    ],
  );
  const illegal = new PutBucketVersioningCommand({ Bucket: 'test', VersioningConfiguration: {} });
  assert.equal(await errorCodeOf(s3.send(illegal)), 'IllegalVersioningConfigurationException');
});

test('tags: with the object, by themselves, and on copies', async (t) => {
  const s3 = await versionedBucket(await engineFor(t));
  const tagsOf = async (Key: string): Promise<unknown> => (await s3.send(new GetObjectTaggingCommand({ ...at, Key }))).TagSet;
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', Tagging: 'b=2&a=1%2B%C3%A9' }));
  assert.deepEqual(await tagsOf('a'), [
    { Key: 'b', Value: '2' },
    { Key: 'a', Value: '1+é' },
  ]);
  assert.equal((await s3.send(new HeadObjectCommand(at))).TagCount, 2);
  await s3.send(new CopyObjectCommand({ ...at, Key: 'copy', CopySource: 'test/a' }));
  assert.equal(((await tagsOf('copy')) as unknown[]).length, 2);
  await s3.send(new CopyObjectCommand({ ...at, Key: 'copy', CopySource: 'test/a', TaggingDirective: 'REPLACE', Tagging: 'n=1' }));
  assert.deepEqual(await tagsOf('copy'), [{ Key: 'n', Value: '1' }]);
  const put = (TagSet: { Key: string; Value: string }[]): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } })));
  assert.equal(await put([{ Key: 'x', Value: 'y' }]), 'no error');
  assert.equal(
    await put([
      { Key: 'x', Value: '1' },
      { Key: 'x', Value: '2' },
    ]),
    'InvalidTag',
  );
  assert.equal(await put(Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' }))), 'BadRequest');
  assert.equal(await put([{ Key: 'k'.repeat(129), Value: '' }]), 'InvalidTag');
  assert.equal(await put([{ Key: 'k', Value: '<>' }]), 'InvalidTag');
  assert.deepEqual(await tagsOf('a'), [{ Key: 'x', Value: 'y' }]);
  await s3.send(new DeleteObjectTaggingCommand(at));
  assert.deepEqual(await tagsOf('a'), []);
  assert.equal(await errorCodeOf(s3.send(new PutObjectCommand({ ...at, Tagging: 'a=1&a=2' }))), 'InvalidArgument');
  assert.equal(await errorCodeOf(s3.send(new GetObjectTaggingCommand({ ...at, Key: 'none' }))), 'NoSuchKey');
});

test('ACL: canned, grants, XML, and none where the bucket owner is enforced', async (t) => {
  const harness = await engineFor(t);
  const s3 = await versionedBucket(harness);
  await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
  const put = (extra: object): Promise<string> => errorCodeOf(s3.send(new PutObjectAclCommand({ ...at, ...extra })));
  assert.equal(await put({ ACL: 'public-read' }), 'AccessControlListNotSupported');
  assert.equal(await put({ ACL: 'bucket-owner-full-control' }), 'no error');
  assert.equal(
    await errorCodeOf(s3.send(new PutBucketAclCommand({ Bucket: 'test', ACL: 'public-read' }))),
    'AccessControlListNotSupported',
  );
  const own = (ObjectOwnership: 'ObjectWriter' | 'BucketOwnerEnforced'): Promise<unknown> =>
    s3.send(new PutBucketOwnershipControlsCommand({ Bucket: 'test', OwnershipControls: { Rules: [{ ObjectOwnership }] } }));
  await own('ObjectWriter');
  assert.equal(await put({ ACL: 'public-read' }), 'no error');
  const permissions = async (): Promise<unknown> => {
    const { Grants = [], Owner } = await s3.send(new GetObjectAclCommand(at));
    return Grants.map(({ Grantee, Permission }) => [
      Grantee?.Type,
      Grantee?.ID === Owner?.ID ? 'owner' : (Grantee?.URI ?? Grantee?.ID),
      Permission,
    ]);
  };
  const all = 'http://acs.amazonaws.com/groups/global/AllUsers';
  assert.deepEqual(await permissions(), [
    ['CanonicalUser', 'owner', 'FULL_CONTROL'],
    ['Group', all, 'READ'],
  ]);
  assert.equal(await put({ GrantRead: `uri="${all}", id="abc"`, GrantWriteACP: 'id=def' }), 'no error');
  assert.deepEqual(await permissions(), [
    ['Group', all, 'READ'],
    ['CanonicalUser', 'abc', 'READ'],
    ['CanonicalUser', 'def', 'WRITE_ACP'],
  ]);
  const { Owner } = await s3.send(new GetObjectAclCommand(at));
  const grants = [{ Grantee: { Type: 'CanonicalUser' as const, ID: 'x<&>' }, Permission: 'READ' as const }];
  assert.equal(await put({ AccessControlPolicy: { Owner, Grants: grants } }), 'no error');
  assert.deepEqual(await permissions(), [['CanonicalUser', 'x<&>', 'READ']]);
  assert.equal(await put({ AccessControlPolicy: { Grants: grants } }), 'MalformedACLError');
  assert.equal(await put({ ACL: 'private', GrantRead: 'id=x' }), 'InvalidRequest');
  assert.equal(await put({ GrantRead: 'uri="http://elsewhere"' }), 'InvalidArgument');
  assert.equal(await put({}), 'MissingSecurityHeader');
  await s3.send(new PutBucketAclCommand({ Bucket: 'test', ACL: 'public-read' }));
  assert.equal((await s3.send(new GetBucketAclCommand({ Bucket: 'test' }))).Grants?.length, 2);
  assert.equal(await errorCodeOf(own('BucketOwnerEnforced')), 'InvalidBucketAclWithObjectOwnership');
  await s3.send(new PutBucketAclCommand({ Bucket: 'test', ACL: 'private' }));
  await own('BucketOwnerEnforced');
  assert.deepEqual(await permissions(), [['CanonicalUser', 'owner', 'FULL_CONTROL']], 'ACLs no longer count');
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: 'test' }));
  assert.equal(OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'BucketOwnerEnforced');
});

test('object lock: configuration, retention, legal hold, and what they keep', async (t) => {
  const clock = new ManualClock();
  await clock.advance(Date.now());
  const s3 = (await engineFor(t, { clock })).client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test', ObjectLockEnabledForBucket: true }));
  await s3.send(new CreateBucketCommand({ Bucket: 'plain' }));
  const configure = (Bucket: string, Days: number): Promise<string> =>
    errorCodeOf(
      s3.send(
        new PutObjectLockConfigurationCommand({
          Bucket,
          ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days } } },
        }),
      ),
    );
  assert.equal(await configure('plain', 1), 'InvalidBucketState');
  assert.equal(await configure('test', 0), 'InvalidArgument');
  const suspend = new PutBucketVersioningCommand({ Bucket: 'test', VersioningConfiguration: { Status: 'Suspended' } });
  assert.equal(await errorCodeOf(s3.send(suspend)), 'InvalidBucketState');
  assert.equal(
    await errorCodeOf(s3.send(new GetObjectLockConfigurationCommand({ Bucket: 'plain' }))),
    'ObjectLockConfigurationNotFoundError',
  );
  await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
  assert.equal(await errorCodeOf(s3.send(new GetObjectRetentionCommand(at))), 'NoSuchObjectLockConfiguration');
  assert.equal(await errorCodeOf(s3.send(new GetObjectLegalHoldCommand({ ...at, Bucket: 'plain' }))), 'InvalidRequest');
  assert.equal(await configure('test', 2), 'no error');
  const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: 'test' }));
  assert.deepEqual(ObjectLockConfiguration?.Rule?.DefaultRetention, { Mode: 'GOVERNANCE', Days: 2 });
  const { VersionId } = await s3.send(new PutObjectCommand({ ...at, Body: 'y' }));
  const { Retention } = await s3.send(new GetObjectRetentionCommand(at));
  assert.deepEqual([Retention?.Mode, Retention?.RetainUntilDate?.getTime()], ['GOVERNANCE', clock.now() + 2 * 86_400_000]);
  assert.equal((await s3.send(new HeadObjectCommand(at))).ObjectLockMode, 'GOVERNANCE');
  const remove = (extra: object = {}): Promise<string> =>
    errorCodeOf(s3.send(new DeleteObjectCommand({ ...at, VersionId, ...extra })));
  assert.equal(await remove(), 'AccessDenied');
  await s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'ON' } }));
  assert.equal(await remove({ BypassGovernanceRetention: true }), 'AccessDenied');
  const { Errors } = await s3.send(
    new DeleteObjectsCommand({ Bucket: 'test', Delete: { Objects: [{ Key: 'a', VersionId }] }, BypassGovernanceRetention: true }),
  );
  assert.equal(Errors?.[0]?.Code, 'AccessDenied');
  await s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'OFF' } }));
  assert.equal((await s3.send(new GetObjectLegalHoldCommand(at))).LegalHold?.Status, 'OFF');
  const retain = (extra: object): Promise<string> => errorCodeOf(s3.send(new PutObjectRetentionCommand({ ...at, ...extra })));
  const until = (days: number): Date => new Date(clock.now() + days * 86_400_000);
  assert.equal(await retain({ Retention: { Mode: 'GOVERNANCE', RetainUntilDate: until(1) } }), 'AccessDenied');
  assert.equal(await retain({ Retention: {}, BypassGovernanceRetention: true }), 'no error');
  assert.equal(await retain({ Retention: { Mode: 'COMPLIANCE', RetainUntilDate: until(1) } }), 'no error');
  assert.equal(await retain({ Retention: { Mode: 'COMPLIANCE' } }), 'MalformedXML');
  assert.equal(await remove({ BypassGovernanceRetention: true }), 'AccessDenied');
  const put = (extra: Partial<PutObjectCommandInput>): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectCommand({ Body: 'x', ...at, ...extra })));
  assert.equal(await put({ ObjectLockMode: 'GOVERNANCE' }), 'InvalidArgument');
  assert.equal(
    await put({ Bucket: 'plain', ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until(3) }),
    'InvalidRequest',
  );
});

test('restore: requests, progress in the header, and what reads and copies say meanwhile', async (t) => {
  const clock = new ManualClock();
  await clock.advance(Date.now());
  const s3 = (await engineFor(t, { clock, settings: { restoreDelayMs: 60_000 } })).client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', StorageClass: 'GLACIER' }));
  await s3.send(new PutObjectCommand({ ...at, Key: 'plain', Body: 'x' }));
  const read = (): Promise<string> => errorCodeOf(s3.send(new GetObjectCommand(at)));
  const copy = (): Promise<string> => errorCodeOf(s3.send(new CopyObjectCommand({ ...at, Key: 'b', CopySource: 'test/a' })));
  const restore = async (RestoreRequest: object, Key = 'a'): Promise<unknown> => {
    try {
      return (await s3.send(new RestoreObjectCommand({ Bucket: 'test', Key, RestoreRequest }))).$metadata.httpStatusCode;
    } catch (error) {
      return (error as Error).name;
    }
  };
  assert.deepEqual([await read(), await copy()], ['InvalidObjectState', 'InvalidObjectState']);
  assert.equal(await restore({ Days: 1 }, 'plain'), 'InvalidObjectState');
  assert.equal(await restore({ Days: 1, GlacierJobParameters: { Tier: 'Bulk' } }), 202);
  assert.equal(await restore({ Days: 1, GlacierJobParameters: { Tier: 'Bulk' } }), 'RestoreAlreadyInProgress');
  assert.equal((await s3.send(new HeadObjectCommand(at))).Restore, 'ongoing-request="true"');
  assert.equal(await read(), 'InvalidObjectState');
  await clock.advance(60_000);
  const { Restore = '', StorageClass } = await s3.send(new HeadObjectCommand(at));
  assert.match(Restore, /^ongoing-request="false", expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT"$/);
  assert.equal(StorageClass, 'GLACIER');
  assert.deepEqual([await read(), await copy()], ['no error', 'no error']);
  assert.equal(await restore({ Days: 5 }), 200);
  assert.equal(
    await errorCodeOf(s3.send(new PutObjectCommand({ ...at, StorageClass: 'COLD' as 'GLACIER' }))),
    'InvalidStorageClass',
  );
});

test('encryption: recorded, the bucket’s default, and a customer’s key that must fit', async (t) => {
  const s3 = await versionedBucket(await engineFor(t));
  await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
  assert.equal((await s3.send(new HeadObjectCommand(at))).ServerSideEncryption, 'AES256');
  const kms = await s3.send(
    new PutObjectCommand({ ...at, Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'k1', BucketKeyEnabled: true }),
  );
  assert.deepEqual(
    [kms.ServerSideEncryption, kms.SSEKMSKeyId, kms.BucketKeyEnabled],
    ['aws:kms', 'arn:aws:kms:us-east-1:000000000000:key/k1', true],
  );
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' as const, KMSMasterKeyID: 'k2' } };
  await s3.send(new PutBucketEncryptionCommand({ Bucket: 'test', ServerSideEncryptionConfiguration: { Rules: [rule] } }));
  await s3.send(new CopyObjectCommand({ ...at, Key: 'copy', CopySource: 'test/a' }));
  assert.equal((await s3.send(new HeadObjectCommand({ ...at, Key: 'copy' }))).ServerSideEncryption, 'aws:kms:dsse');
  await s3.send(new DeleteBucketEncryptionCommand({ Bucket: 'test' }));
  const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: 'test' }));
  assert.equal(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
  const put = (extra: Partial<PutObjectCommandInput>): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectCommand({ ...at, Body: 'x', ...extra })));
  assert.equal(await put({ SSEKMSKeyId: 'k' }), 'InvalidArgument');
  assert.equal(await put({ ServerSideEncryption: 'rot13' as 'AES256' }), 'InvalidArgument');
  const key = (fill: string): { SSECustomerAlgorithm: string; SSECustomerKey: string; SSECustomerKeyMD5: string } => {
    const bytes = Buffer.alloc(32, fill);
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: bytes.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(bytes).digest('base64'),
    };
  };
  assert.equal(await put(key('a')), 'no error');
  const read = (extra: object): Promise<string> => errorCodeOf(s3.send(new GetObjectCommand({ ...at, ...extra })));
  assert.deepEqual([await read({}), await read(key('b')), await read(key('a'))], ['InvalidRequest', 'AccessDenied', 'no error']);
  const copy = (extra: object): Promise<string> =>
    errorCodeOf(s3.send(new CopyObjectCommand({ ...at, Key: 'copy', CopySource: 'test/a', ...extra })));
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = key('a');
  assert.equal(await copy({}), 'InvalidRequest');
  assert.equal(
    await copy({
      CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm,
      CopySourceSSECustomerKey: SSECustomerKey,
      CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
    }),
    'no error',
  );
});

test('the encryption of an object is updated in place, to SSE-KMS only, and not under object lock', async (t) => {
  const s3 = await versionedBucket(await engineFor(t), { ObjectLockEnabledForBucket: true });
  const { VersionId } = await s3.send(new PutObjectCommand({ ...at, Body: 'one' }));
  await s3.send(new PutObjectCommand({ ...at, Body: 'two' }));
  const before = await s3.send(new HeadObjectCommand({ ...at, VersionId }));
  const KMSKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const update = (extra: Partial<UpdateObjectEncryptionCommandInput> = {}): Promise<string> =>
    errorCodeOf(s3.send(new UpdateObjectEncryptionCommand({ ...at, ObjectEncryption: { SSEKMS: { KMSKeyArn } }, ...extra })));
  assert.equal(
    await update({ VersionId, ObjectEncryption: { SSEKMS: { KMSKeyArn, BucketKeyEnabled: true } }, ChecksumAlgorithm: 'SHA256' }),
    'no error',
  );
  const after = await s3.send(new HeadObjectCommand({ ...at, VersionId }));
  assert.deepEqual([after.ServerSideEncryption, after.SSEKMSKeyId, after.BucketKeyEnabled], ['aws:kms', KMSKeyArn, true]);
  assert.deepEqual([after.ETag, after.LastModified, after.VersionId], [before.ETag, before.LastModified, before.VersionId]);
  assert.equal((await s3.send(new HeadObjectCommand(at))).ServerSideEncryption, 'AES256');
  for (const arn of ['alias/own', 'arn:aws:kms:us-east-1:111122223333:alias/own']) {
    assert.equal(await update({ ObjectEncryption: { SSEKMS: { KMSKeyArn: arn } } }), 'InvalidRequest');
  }
  assert.equal(await update({ Key: 'none' }), 'NoSuchKey');
  await s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'ON' } }));
  assert.equal(await update(), 'AccessDenied');
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', ServerSideEncryption: 'aws:kms:dsse' }));
  assert.equal(await update(), 'InvalidRequest');
});

test('replication configuration is checked, kept and given back', async (t) => {
  const s3 = await versionedBucket(await engineFor(t));
  await s3.send(new CreateBucketCommand({ Bucket: 'there' }));
  const put = (Bucket: string, destination: string): Promise<string> =>
    errorCodeOf(
      s3.send(
        new PutBucketReplicationCommand({
          Bucket,
          ReplicationConfiguration: {
            Role: 'arn:aws:iam::000000000000:role/r',
            Rules: [
              {
                Status: 'Enabled',
                Priority: 1,
                Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: 'b' }] } },
                DeleteMarkerReplication: { Status: 'Disabled' },
                Destination: { Bucket: `arn:aws:s3:::${destination}`, StorageClass: 'STANDARD_IA' },
              },
            ],
          },
        }),
      ),
    );
  const get = new GetBucketReplicationCommand({ Bucket: 'test' });
  assert.equal(await errorCodeOf(s3.send(get)), 'ReplicationConfigurationNotFoundError');
  assert.equal(await put('test', 'nowhere'), 'InvalidRequest');
  assert.equal(await put('test', 'there'), 'InvalidRequest');
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'there', VersioningConfiguration: { Status: 'Enabled' } }));
  assert.equal(await put('test', 'there'), 'no error');
  const { ReplicationConfiguration } = await s3.send(new GetBucketReplicationCommand({ Bucket: 'test' }));
  const rule = ReplicationConfiguration?.Rules?.[0];
  assert.match(rule?.ID ?? '', /^[\w-]{10,}$/);
  assert.deepEqual([rule?.Filter?.And?.Tags, rule?.Destination?.StorageClass], [[{ Key: 'a', Value: 'b' }], 'STANDARD_IA']);
  await s3.send(new DeleteBucketReplicationCommand({ Bucket: 'test' }));
  assert.equal(
    await errorCodeOf(s3.send(new GetBucketReplicationCommand({ Bucket: 'test' }))),
    'ReplicationConfigurationNotFoundError',
  );
});

test('conditions of copies and deletes, attributes of a version', async (t) => {
  const s3 = await versionedBucket(await engineFor(t));
  const { ETag, VersionId } = await s3.send(new PutObjectCommand({ ...at, Body: 'one' }));
  await s3.send(new PutObjectCommand({ ...at, Body: 'three' }));
  const copy = (extra: object): Promise<string> =>
    errorCodeOf(s3.send(new CopyObjectCommand({ ...at, Key: 'b', CopySource: 'test/a', ...extra })));
  assert.equal(await copy({ CopySourceIfMatch: ETag }), 'PreconditionFailed');
  assert.equal(await copy({ CopySourceIfMatch: ETag, CopySource: `test/a?versionId=${VersionId ?? ''}` }), 'no error');
  assert.equal(await copy({ IfNoneMatch: '*' }), 'PreconditionFailed');
  assert.equal(await copy({ CopySourceIfModifiedSince: new Date(Date.now() - 3_600_000) }), 'no error');
  assert.equal(await copy({ CopySourceIfUnmodifiedSince: new Date(Date.now() - 3_600_000) }), 'PreconditionFailed');
  assert.equal(await errorCodeOf(s3.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }))), 'PreconditionFailed');
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ ...at, VersionId, ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum', 'StorageClass'] }),
  );
  assert.deepEqual(
    [attributes.ObjectSize, attributes.VersionId, attributes.Checksum?.ChecksumType, attributes.StorageClass],
    [3, VersionId, 'FULL_OBJECT', 'STANDARD'],
  );
});

test('a customer’s key must be whole and have the MD5 that goes with it', () => {
  const name = 'x-amz-server-side-encryption-customer';
  const bytes = Buffer.alloc(32, 'a');
  const md5 = createHash('md5').update(bytes).digest('base64');
  const read = (headers: Record<string, string>): unknown => readEncryption({ headers });
  const whole = { [`${name}-algorithm`]: 'AES256', [`${name}-key`]: bytes.toString('base64'), [`${name}-key-md5`]: md5 };
  assert.deepEqual(read(whole), { algorithm: 'customer', keyMd5: md5 });
  assert.throws(() => read({ ...whole, [`${name}-key-md5`]: 'other' }), { code: 'InvalidArgument' });
  assert.throws(() => read({ ...whole, [`${name}-key`]: 'c2hvcnQ=' }), { code: 'InvalidArgument' });
  assert.throws(() => read({ ...whole, [`${name}-algorithm`]: 'DES' }), { code: 'InvalidEncryptionAlgorithmError' });
  assert.throws(() => read({ ...whole, 'x-amz-server-side-encryption': 'AES256' }), { code: 'InvalidArgument' });
  for (const missing of Object.keys(whole)) {
    assert.throws(() => read(Object.fromEntries(Object.entries(whole).filter(([header]) => header !== missing))), {
      code: 'InvalidArgument',
    });
  }
});
