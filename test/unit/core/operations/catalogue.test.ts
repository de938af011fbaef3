import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validateCreateJobRequest } from '../../../../src/core/job/validateRequest.js';
import { findOperation, isPerformedLocally, operations, operationsFor } from '../../../../src/core/operations/catalogue.js';
import { validateShape } from '../../../../src/core/operations/validateShape.js';
import { validRequest } from '../../../support/jobFixtures.js';
import { shapeValue } from '../../../support/shapeValue.js';

/** Errors and warnings; notes are said beside every job of an operation. */
function codes(operation: string, parameters: unknown, report: unknown = validRequest.Report): string[] {
  const request = { ...validRequest, Operation: { [operation]: parameters }, Report: report };
  return validateCreateJobRequest(request)
    .filter(({ severity }) => severity !== 'information')
    .map(({ severity, code, path }) => `${severity} ${code} ${path.slice(2).join('.')}`.trim());
}

const kmsKey = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test('what a person means by each operation has no finding', () => {
  const meant: Readonly<Record<string, unknown>> = {
    LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f:live' },
    S3PutObjectCopy: {
      TargetResource: 'arn:aws:s3:::destination',
      TargetKeyPrefix: 'copies',
      StorageClass: 'GLACIER_IR',
      NewObjectMetadata: { SSEAlgorithm: 'KMS' },
      SSEAwsKmsKeyId: 'alias/mine',
    },
    S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: '' }] },
    S3DeleteObjectTagging: {},
    S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'private' } },
    S3InitiateRestoreObject: { ExpirationInDays: 1, GlacierJobTier: 'BULK' },
    S3PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2030-01-01' } },
    S3PutObjectLegalHold: { LegalHold: { Status: 'ON' } },
    S3ReplicateObject: {},
    S3ComputeObjectChecksum: { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' },
    S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: kmsKey } } },
  };
  for (const { name } of operations) {
    const report =
      name === 'S3ComputeObjectChecksum' ? { ...validRequest.Report, ExpectedBucketOwner: '111122223333' } : validRequest.Report;
    const expected = name === 'S3ReplicateObject' ? ['warning replicate-without-versions Fields'] : [];
    assert.deepEqual(codes(name, meant[name], report), expected, name);
  }
});

test('copy', () => {
  assert.deepEqual(codes('S3PutObjectCopy', {}), ['error target-missing']);
  assert.deepEqual(codes('S3PutObjectCopy', { TargetResource: 'destination' }), ['error bucket-name-for-arn TargetResource']);
  assert.deepEqual(codes('S3PutObjectCopy', { TargetResource: 'arn:aws:s3:::d/prefix' }), [
    'error object-arn-for-bucket TargetResource',
  ]);
  const target = { TargetResource: 'arn:aws:s3:::d' };
  assert.deepEqual(codes('S3PutObjectCopy', { ...target, SSEAwsKmsKeyId: kmsKey }), [
    'error kms-key-needs-algorithm SSEAwsKmsKeyId',
  ]);
  assert.deepEqual(codes('S3PutObjectCopy', { ...target, NewObjectMetadata: { SSEAlgorithm: 'aws:kms' } }), [
    'error sse-algorithm-name NewObjectMetadata.SSEAlgorithm',
  ]);
  assert.deepEqual(codes('S3PutObjectCopy', { ...target, NewObjectMetadata: { ContentType: 'text/plain' } }), [
    'warning metadata-needs-replace NewObjectMetadata',
  ]);
  assert.deepEqual(codes('S3PutObjectCopy', { ...target, ObjectLockMode: 'GOVERNANCE' }), [
    'error retention-half ObjectLockMode',
  ]);
  const directory = { TargetResource: 'arn:aws:s3express:us-west-2:111122223333:bucket/base--usw2-az1--x-s3' };
  assert.deepEqual(codes('S3PutObjectCopy', { ...directory, NewObjectTagging: [], StorageClass: 'STANDARD' }), [
    'error not-in-directory-buckets StorageClass',
  ]);
  assert.deepEqual(codes('S3PutObjectCopy', directory), ['warning tags-in-directory-bucket']);
});

test('tags, ACLs, restores, Object Lock, checksums, encryption', () => {
  const tags = (count: number): unknown => ({
    TagSet: Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' })),
  });
  assert.deepEqual(codes('S3PutObjectTagging', tags(10)), []);
  assert.deepEqual(codes('S3PutObjectTagging', tags(11)), ['error too-many-object-tags TagSet']);
  assert.deepEqual(codes('S3PutObjectTagging', tags(0)), ['warning tag-set-empty TagSet']);
  assert.deepEqual(codes('S3PutObjectTagging', {}), ['error tag-set-missing']);
  assert.deepEqual(codes('S3PutObjectAcl', {}), ['error acl-missing']);
  assert.deepEqual(codes('S3PutObjectAcl', { AccessControlPolicy: { CannedAccessControlList: 'public-read' } }), [
    'warning public-acl AccessControlPolicy.CannedAccessControlList',
  ]);
  assert.deepEqual(codes('S3InitiateRestoreObject', { GlacierJobTier: 'EXPEDITED', ExpirationInDays: 1 }), [
    'error restore-expedited GlacierJobTier',
  ]);
  assert.deepEqual(codes('S3InitiateRestoreObject', { GlacierJobTier: 'BULK' }), ['warning restore-without-days']);
  assert.deepEqual(codes('S3InitiateRestoreObject', { ExpirationInDays: 0 }), ['error restore-zero-days ExpirationInDays']);
  assert.deepEqual(codes('S3PutObjectRetention', { Retention: {} }), ['error retention-removal-needs-bypass Retention']);
  assert.deepEqual(codes('S3PutObjectRetention', { Retention: {}, BypassGovernanceRetention: true }), []);
  assert.deepEqual(codes('S3PutObjectRetention', {}), ['error required']);
  assert.deepEqual(codes('S3PutObjectRetention', { Retention: { Mode: 'GOVERNANCE' } }), ['error retention-half Retention.Mode']);
  const owned = { ...validRequest.Report, ExpectedBucketOwner: '111122223333' };
  assert.deepEqual(codes('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, owned), [
    'error checksum-pair ChecksumType',
  ]);
  assert.deepEqual(codes('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }), ['error report-needs']);
  assert.deepEqual(codes('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }, { Enabled: false }), ['error report-needed']);
  assert.deepEqual(codes('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }, { ...owned, ReportScope: 'FailedTasksOnly' }), [
    'warning report-scope-loses-results',
  ]);
  assert.deepEqual(codes('S3UpdateObjectEncryption', { ObjectEncryption: {} }), ['error encryption-missing ObjectEncryption']);
  assert.deepEqual(
    codes('S3UpdateObjectEncryption', {
      ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:111122223333:alias/mine' } },
    }),
    ['error pattern ObjectEncryption.SSEKMS.KMSKeyArn'],
  );
});

test('what runs locally is asked of the catalogue', () => {
  assert.equal(isPerformedLocally('LambdaInvoke'), true);
  assert.equal(isPerformedLocally('S3ReplicateObject'), findOperation('S3ReplicateObject')?.isPerformedLocally);
  assert.equal(isPerformedLocally('Nothing'), false);
  assert.deepEqual(operationsFor('aws'), operations);
  assert.ok(operationsFor('local').every((operation) => operation.isPerformedLocally));
});

for (const { name, parameters, check } of operations) {
  test(`${name}: any value of its shape is valid by its shape, and any value at all is checked without throwing`, () => {
    fc.assert(
      fc.property(shapeValue(parameters), (value) => {
        assert.deepEqual(validateShape(value, parameters), []);
        check?.(value as Record<string, unknown>);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(parameters.members), 'x'), fc.jsonValue()), (value) => {
        validateCreateJobRequest({ Operation: { [name]: value } });
      }),
      { numRuns: 60 },
    );
  });
}
