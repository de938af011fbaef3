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

/** Errors of tasks that documents or real reports name: code, status, message, and what is known of them. */
const documented: readonly (readonly [string, number, string, string])[] = [
  ['NoSuchKey', 404, 'The specified key does not exist.', 'no-such-key'],
  ['404', 404, 'error details: {"failureMessage":"Key not found", "errorCode": "404"}', 'no-such-key'],
  ['NoSuchVersion', 404, 'The specified version does not exist.', 'no-such-version'],
  ['NoSuchBucket', 404, 'The specified bucket does not exist', 'no-such-bucket'],
  ['AccessDenied', 403, 'Access Denied', 'access-denied'],
  [
    'AccessDenied',
    403,
    'User: arn:aws:sts::1:assumed-role/r/s3-batch-operations_1 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::b" because no identity-based policy allows the s3:ListBucket action',
    'access-denied',
  ],
  ['AccessDenied', 403, 'is not authorized to perform: kms:Decrypt on resource', 'kms-access-denied'],
  ['AccessDeniedException', 403, 'is not authorized to perform: lambda:InvokeFunction', 'invoke-access-denied'],
  ['AccessDenied', 403, 'Access Denied because object protected by object lock.', 'object-locked'],
  ['InvalidRequest', 400, 'Task failed due to missing VersionId', 'missing-version-id'],
  ['SrcObjectNotFound', 500, 'Object versionID is invalid', 'missing-version-id'],
  ['SrcObjectNotFound', 500, 'Object not found', 'no-such-key'],
  ['SrcObjectNotEligible', 500, 'Object is not eligible for replication', 'replication-not-eligible'],
  ['InvalidObjectState', 403, "Restore is not allowed for the object's current storage class", 'invalid-object-state'],
  ['RestoreAlreadyInProgress', 409, 'Object restore is already in progress', 'restore-in-progress'],
  [
    'InvalidRequest',
    400,
    'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    'too-large',
  ],
  ['EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', 'too-large'],
  [
    'InvalidRequest',
    400,
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata",
    'copy-onto-itself',
  ],
  ['InvalidRequest', 400, 'Bucket is missing Object Lock Configuration', 'object-lock-missing'],
  ['MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', 'delete-marker'],
  ['AccessControlListNotSupported', 400, 'The bucket does not allow ACLs', 'acl-not-supported'],
  ['NotImplemented', 501, 'A header you provided implies functionality that is not implemented', 'not-implemented'],
  ['InvalidTag', 400, 'The TagKey you have provided is invalid', 'invalid-tag'],
  ['400', 400, 'error details: {"failureMessage":"Task 1 SSE-C encryption type is not supported for this operation"', 'sse-c'],
  ['500', 500, 'error details: {"failureMessage":"Internal server error, please retry"', 'internal-error'],
  ['InternalError', 500, 'We encountered an internal error. Please try again.', 'internal-error'],
  ['SlowDown', 503, 'Please reduce your request rate.', 'throttled'],
  ['TooManyRequestsException', 429, 'Rate Exceeded.', 'throttled'],
  ['ResourceNotFoundException', 404, 'Function not found', 'function-missing'],
  ['PermanentFailure', 200, 'Invalid JSON returned in Lambda payload', 'invalid-lambda-json'],
  ['PermanentFailure', 200, 'Lambda returned function error: <time> <id> Task timed out after 3.00 seconds', 'task-timed-out'],
  ['PermanentFailure', 200, 'Lambda returned function error: newKey is not defined', 'name-error'],
  ['PermanentFailure', 200, 'Lambda returned function error: Runtime.ImportModuleError: no module', 'handler-not-found'],
  ['PermanentFailure', 200, "Lambda returned function error: KeyError: 'x'", 'function-error'],
  ['TemporaryFailure', 200, 'try later', 'temporary-failure'],
  ['PermanentFailure', 200, 'the tag is not defined', 'permanent-failure'],
];

test('every error of a task that is documented has its own explanation', () => {
  for (const [code, status, message, id] of documented) assert.equal(task(code, status, message), id, `${code} ${message}`);
});

test('what is told is a sentence each, and names the permission that lacks', () => {
  const known = (code: string) => explainTaskError({ code, httpStatus: 500, message: '' });
  assert.match(known('DstPutTaggingNotPermitted')?.explanation ?? '', /lacks s3:ReplicateTags at the destination/);
  assert.match(known('SrcGetAclNotPermitted')?.explanation ?? '', /lacks s3:GetObjectVersionAcl at the source/);
  assert.match(known('InitiateReplicationNotPermitted')?.advice ?? '', /s3:InitiateReplication/);
  for (const [code, status, message] of documented) {
    const { explanation = '', advice = '' } = explainTaskError({ code, httpStatus: status, message }) ?? {};
    for (const sentence of [explanation, advice]) assert.match(sentence, /^[A-Z].*\.$/, code);
  }
});

test('every literal reason of a failed job is known', () => {
  const reasons = [
    'Reading the manifest is forbidden: AccessDenied',
    'Etag mismatch reading manifest',
    'Manifest object was not found',
    'Unsupported encryption type SSE_KMS used for manifest',
    'Unsupported encryption type SSE_C used for manifest',
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
    'Batch operation is completed with failures and Total failed is not 0.',
    'Job failed: more than 50% of tasks failed after 1000 or more tasks',
  ];
  for (const reason of reasons) assert.notEqual(explainJobFailure(reason), undefined, reason);
  assert.equal(explainJobFailure('Reading the manifest is forbidden: InvalidObjectState')?.id, 'manifest-archived');
  assert.equal(explainJobFailure('ETag format is invalid')?.id, 'etag-format');
  assert.equal(explainJobFailure('Required fields are missing in the schema: + missingFields')?.id, 'manifest-fields');
  assert.equal(explainJobFailure('something new'), undefined);
});
