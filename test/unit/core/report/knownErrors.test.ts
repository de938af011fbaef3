import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainJobFailure, explainTaskError } from '../../../../src/core/report/knownErrors.js';

const task = (code: string, httpStatus: number, message = ''): string | undefined =>
  explainTaskError({ code, httpStatus, message })?.id;

test('errors of tasks', () => {
  assert.equal(task('AccessDenied', 403), 'access-denied');
  assert.equal(task('NoSuchKey', 404), 'no-such-key');
  assert.equal(task('InvalidRequest', 400, 'Task failed due to missing VersionId'), 'missing-version-id');
  assert.equal(task('SrcObjectNotFound', 500, 'Object versionID is invalid'), 'missing-version-id');
  assert.equal(task('SrcObjectNotFound', 500, 'x'), 'no-such-key');
  assert.equal(task('PermanentFailure', 200, 'Lambda returned function error: NameError: name x is not defined'), 'name-error');
  assert.equal(task('PermanentFailure', 200, 'my own words'), 'permanent-failure');
  assert.equal(task('SlowDown', 503), 'throttled');
  assert.equal(task('Whatever', 503), 'throttled');
  assert.equal(task('DstKmsKeyNotFound', 500), 'replication-destination');
  assert.equal(task('SomethingNew', 400, 'never seen'), undefined);
});

test('every replication failure reason of the documents is known', () => {
  const reasons =
    'AssumeRoleNotPermitted DstBucketInvalidRegion DstBucketNotFound DstBucketObjectLockConfigMissing DstBucketUnversioned DstDelObjNotPermitted DstKmsKeyInvalidState DstKmsKeyNotFound DstMultipartCompleteNotPermitted DstMultipartInitNotPermitted DstMultipartUploadNotPermitted DstMultipartPartUploadNotPermitted DstObjectHardDeleted DstPutAclNotPermitted DstPutLegalHoldNotPermitted DstPutObjectNotPermitted DstPutRetentionNotPermitted DstPutTaggingNotPermitted DstVersionNotFound InitiateReplicationNotPermitted SrcBucketInvalidRegion SrcBucketNotFound SrcBucketReplicationConfigMissing SrcGetAclNotPermitted SrcGetLegalHoldNotPermitted SrcGetObjectNotPermitted SrcGetRetentionNotPermitted SrcGetTaggingNotPermitted SrcHeadObjectNotPermitted SrcKeyNotFound SrcKmsKeyInvalidState SrcObjectNotEligible SrcVersionNotFound SrcObjectNotFound';
  for (const reason of reasons.split(' ')) assert.notEqual(task(reason, 0), undefined, reason);
});

test('every literal reason of a failed job is known', () => {
  const reasons = [
    'Reading the manifest is forbidden: AccessDenied',
    'Etag mismatch reading manifest',
    'Manifest object was not found',
    'Unsupported encryption type SSE_KMS used for manifest',
    'Could not assume the IAM role: arn:aws:iam::1:role/x, Please ensure that a trust policy is attached to the role that allows batchoperations.s3.amazonaws.com to assume the role',
    'Invalid manifest was provided. Target bucket b does not exist.',
    'Required fields are missing in the schema: + missingFields',
    'Invalid Manifest Content',
    'Invalid object key format',
    'Manifest file is not properly formatted',
    'Invalid version ID format',
    'ETag format is invalid',
    'The S3 Batch Operations job failed because it contains more keys than the maximum allowed in a single job',
    'Error occurred when preparing manifest: Failed to write manifest',
    'Manifest generation found no keys matching the filter criteria.',
    'The job report could not be written to your report bucket. Please check your permissions.',
    'Job failed: more than 50% of tasks failed after 1000 or more tasks',
  ];
  for (const reason of reasons) assert.notEqual(explainJobFailure(reason), undefined, reason);
  assert.equal(explainJobFailure('something new'), undefined);
});
