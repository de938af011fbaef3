import type { KnownError, TaskRule } from './knownError.js';
import { replicationErrors } from './replicationErrors.js';

/**
 * Errors of tasks, the special before the general. Sources: S3 User Guide, troubleshooting-batch-operations, batch-ops-invoke-lambda,
 * replication-metrics-events and replication-troubleshoot; rows of real reports.
 */
const taskRules: readonly TaskRule[] = [
  {
    id: 'missing-version-id',
    codes: ['InvalidRequest'],
    message: /missing VersionId/i,
    explanation: 'The manifest has a VersionId column, and it is empty in these rows.',
    advice: 'Write null for objects without a version. A retry manifest made here does that.',
    isWorthRetrying: false,
  },
  {
    id: 'missing-version-id',
    codes: ['SrcObjectNotFound'],
    message: /versionID is invalid/i,
    explanation: 'The manifest has a VersionId column, and it is empty in these rows; S3 then finds no such version.',
    advice: 'Write null for objects without a version. A retry manifest made here does that.',
    isWorthRetrying: false,
  },
  {
    id: 'no-such-key',
    codes: ['NoSuchKey', 'SrcKeyNotFound', 'SrcObjectNotFound', 'NotFound'],
    explanation: 'The object is not there, or its key is encoded wrongly in the manifest.',
    advice: 'Compare a sample key with the bucket. In a manifest + means a space; write %2B for a plus, and encode only once.',
    isWorthRetrying: false,
  },
  {
    // Compute checksum gives the status as the code, and the reason in a text that is no JSON.
    id: 'no-such-key',
    statuses: [404],
    message: /\bKey not found\b/i,
    explanation: 'The object is not there, or its key is encoded wrongly in the manifest.',
    advice: 'Compare a sample key with the bucket. In a manifest + means a space; write %2B for a plus, and encode only once.',
    isWorthRetrying: false,
  },
  {
    id: 'no-such-version',
    codes: ['NoSuchVersion', 'SrcVersionNotFound'],
    explanation: 'This version of the object is not there any more.',
    advice: 'List the versions anew, or leave the version column out to use the current ones.',
    isWorthRetrying: false,
  },
  {
    id: 'kms-access-denied',
    codes: ['AccessDenied'],
    message: /\bkms:/i,
    explanation: 'The job role may not use the KMS key of the objects.',
    advice: 'Allow the role kms:Decrypt and kms:GenerateDataKey on the key, in the key policy too.',
    isWorthRetrying: false,
  },
  {
    id: 'invoke-access-denied',
    codes: ['AccessDenied', 'AccessDeniedException'],
    message: /lambda:InvokeFunction/i,
    explanation: 'The job role may not call the function.',
    advice: 'Allow the role lambda:InvokeFunction on the ARN of the function, with its version or alias if the job names one.',
    isWorthRetrying: false,
  },
  {
    id: 'object-locked',
    codes: ['AccessDenied'],
    message: /protected by object lock/i,
    explanation: 'The version is under retention or legal hold, which forbids this.',
    advice: 'Wait until the retention ends, or remove the hold first. COMPLIANCE retention can only be extended.',
    isWorthRetrying: false,
  },
  {
    id: 'access-denied',
    codes: ['AccessDenied', 'AccessDeniedException', 'Forbidden'],
    explanation: 'The job role lacks a permission. Without s3:ListBucket, a key that does not exist is answered in this way too.',
    advice: 'Compare the role with the policy for this job. Check that a sample key exists before you change the role.',
    isWorthRetrying: false,
  },
  {
    id: 'task-timed-out',
    codes: ['PermanentFailure', 'TemporaryFailure'],
    message: /Task timed out after/i,
    explanation: 'The function did not answer within its timeout.',
    advice: 'Raise the timeout of the function, or do less for one object. Then retry the failed tasks.',
    isWorthRetrying: true,
  },
  {
    id: 'name-error',
    codes: ['PermanentFailure', 'TemporaryFailure'],
    // The local engine's reports hold the message alone: Python and JavaScript word it alike.
    message: /\b(?:NameError|ReferenceError|UnboundLocalError)\b|^Lambda returned function error: .* is not defined$/,
    explanation: 'The handler uses a name that was never given a value.',
    advice: 'Correct the handler at the name that the message gives, run it locally, then retry the failed tasks.',
    isWorthRetrying: false,
  },
  {
    id: 'handler-not-found',
    codes: ['PermanentFailure', 'TemporaryFailure'],
    message: /ImportModuleError|HandlerNotFound|Cannot find module|No module named|MalformedHandlerName|UserCodeSyntaxError/,
    explanation: 'The function could not be loaded.',
    advice: 'Check the name of the handler and that all its modules are packed with it.',
    isWorthRetrying: false,
  },
  {
    id: 'function-error',
    codes: ['PermanentFailure', 'TemporaryFailure'],
    message: /Lambda returned function error/i,
    explanation: 'The handler threw an error.',
    advice:
      'Debug the handler with one of these rows. A handler should catch what it expects and answer PermanentFailure itself.',
    isWorthRetrying: false,
  },
  {
    id: 'invalid-lambda-json',
    message: /Invalid JSON returned in Lambda payload/i,
    explanation: 'The function returned something else than the result document of Batch Operations.',
    advice: 'Return invocationSchemaVersion, invocationId and results with the taskId. In Java use RequestStreamHandler.',
    isWorthRetrying: false,
  },
  {
    id: 'temporary-failure',
    codes: ['TemporaryFailure'],
    explanation: 'The handler answered TemporaryFailure, or no result for the task, until the service gave up.',
    advice: 'Retry the failed tasks once the cause has passed.',
    isWorthRetrying: true,
  },
  {
    id: 'permanent-failure',
    codes: ['PermanentFailure'],
    explanation: 'The handler answered PermanentFailure for these objects.',
    advice: 'The message is its own. Correct the handler or the objects, then retry the failed tasks.',
    isWorthRetrying: false,
  },
  {
    id: 'function-missing',
    codes: ['ResourceNotFoundException'],
    explanation: 'There is no such function, version or alias.',
    advice: 'Check the FunctionArn of the job.',
    isWorthRetrying: false,
  },
  {
    id: 'throttled',
    codes: ['SlowDown', 'TooManyRequestsException', 'ThrottlingException', 'RequestLimitExceeded', 'ServiceUnavailable'],
    statuses: [429, 503],
    explanation: 'Too many requests at once.',
    advice: 'Retry the failed tasks. Spread them over more prefixes, or raise the concurrency of the function.',
    isWorthRetrying: true,
  },
  {
    id: 'restore-in-progress',
    codes: ['RestoreAlreadyInProgress'],
    explanation: 'The object is being restored already.',
    advice: 'Nothing needs to be done. Another restore is possible when this one has ended.',
    isWorthRetrying: false,
  },
  {
    id: 'invalid-object-state',
    codes: ['InvalidObjectState'],
    explanation: 'The storage class of the object does not allow this: it is archived, or not archived at all.',
    advice: 'Restore archived objects first. For Intelligent-Tiering leave ExpirationInDays out, for S3 Glacier write 1 or more.',
    isWorthRetrying: false,
  },
  {
    id: 'too-large',
    codes: ['EntityTooLarge'],
    explanation: 'The object is larger than the operation can write.',
    advice: 'Handle these objects with a function that uses multipart uploads.',
    isWorthRetrying: false,
  },
  {
    id: 'too-large',
    codes: ['InvalidRequest'],
    message: /larger than the maximum|copy source.*(?:5368709120|too large)|maximum allowable size/i,
    explanation: 'The object is larger than 5 GB, which the Copy operation can not copy.',
    advice: 'Copy these objects with a function that uses multipart uploads.',
    isWorthRetrying: false,
  },
  {
    id: 'copy-onto-itself',
    codes: ['InvalidRequest'],
    message: /copy an object to itself/i,
    explanation: 'An object can be copied onto itself only with a change.',
    advice: 'Change storage class, metadata or encryption, or copy to another bucket or prefix.',
    isWorthRetrying: false,
  },
  {
    id: 'no-such-bucket',
    codes: ['NoSuchBucket', 'SrcBucketNotFound'],
    explanation: 'The bucket does not exist.',
    advice: 'Check the name of the bucket in the manifest, in the job and in the code of the function.',
    isWorthRetrying: false,
  },
  {
    id: 'delete-marker',
    codes: ['MethodNotAllowed'],
    explanation: 'The row names a delete marker, on which most operations fail.',
    advice: 'Leave delete markers out of the manifest: in an inventory, rows with IsDeleteMarker true.',
    isWorthRetrying: false,
  },
  {
    id: 'invalid-tag',
    codes: ['InvalidTag'],
    explanation: 'A tag of the job is not allowed: its characters or its length, or the prefix aws:, or the same key twice.',
    advice: 'Correct the tags in the job. An object has ten tags at most.',
    isWorthRetrying: false,
  },
  {
    id: 'acl-not-supported',
    codes: ['AccessControlListNotSupported'],
    explanation: 'Object Ownership of the bucket is "bucket owner enforced", which takes no ACLs.',
    advice: 'Use a bucket policy instead, or change Object Ownership. When copying, leave ACL and grants out of the job.',
    isWorthRetrying: false,
  },
  {
    id: 'not-implemented',
    codes: ['NotImplemented'],
    explanation: 'The bucket does not know this feature; directory buckets lack tags, ACLs, Object Lock and more.',
    advice: 'When tagged objects are copied to a directory bucket, write "NewObjectTagging": [] in the job.',
    isWorthRetrying: false,
  },
  {
    id: 'object-lock-missing',
    codes: ['InvalidRequest'],
    message: /Object Lock/i,
    explanation: 'The bucket has no Object Lock.',
    advice: 'Switch on versioning and Object Lock for the bucket first.',
    isWorthRetrying: false,
  },
  {
    id: 'sse-c',
    message: /SSE-C/,
    explanation: "The object is encrypted with the customer's own key (SSE-C), which the operation does not support.",
    advice: 'Handle these objects with a function that has the key.',
    isWorthRetrying: false,
  },
  ...replicationErrors,
  {
    id: 'internal-error',
    codes: ['InternalError', 'InternalServiceException'],
    statuses: [500, 502, 504],
    explanation: 'The service had an error of its own.',
    advice: 'Retry the failed tasks.',
    isWorthRetrying: true,
  },
];

/** What is known of the error of a task; undefined when nothing is. A rule applies when all of its conditions hold. */
export function explainTaskError(row: {
  readonly code: string;
  readonly httpStatus: number;
  readonly message: string;
}): KnownError | undefined {
  for (const { codes, statuses, message, ...known } of taskRules) {
    const isCode = codes?.includes(row.code) ?? false;
    const isStatus = statuses?.includes(row.httpStatus) ?? false;
    if ((codes !== undefined || statuses !== undefined) && !isCode && !isStatus) continue;
    if (message !== undefined && !message.test(row.message)) continue;
    return known;
  }
  return undefined;
}

interface JobRule extends KnownError {
  readonly reason: RegExp;
}

/**
 * Reasons for which a whole job fails, by the literal texts of the service. Sources: S3 User Guide, troubleshooting-batch-operations,
 * batch-ops-iam-role-policies and replication-troubleshoot.
 */
const jobRules: readonly JobRule[] = [
  {
    id: 'manifest-archived',
    reason: /Reading the manifest is forbidden: InvalidObjectState/i,
    explanation: 'The manifest is archived, and not restored.',
    advice: 'Restore it, or upload it again in the class STANDARD.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-forbidden',
    reason: /Reading the manifest is forbidden/i,
    explanation: 'The job role may not read the manifest.',
    advice:
      "Allow the role s3:GetObject on the manifest, in the bucket's policy too if it is another account's, and its KMS key.",
    isWorthRetrying: false,
  },
  {
    id: 'stale-etag',
    reason: /Etag mismatch reading manifest/i,
    explanation: 'The manifest was changed after the job was written down.',
    advice: 'Submit the job again with the ETag that the manifest has now.',
    isWorthRetrying: false,
  },
  {
    id: 'etag-format',
    reason: /ETag format is invalid/i,
    explanation: 'Manifest.Location.ETag is not written as S3 gives it.',
    advice: "Take the ETag from S3 when you submit the job: that of the manifest's upload, or of HeadObject.",
    isWorthRetrying: false,
  },
  {
    id: 'manifest-not-found',
    reason: /Manifest object was not found/i,
    explanation: 'There is no manifest at this ARN, or not in this version.',
    advice: 'Check Manifest.Location.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-kms',
    reason: /Unsupported encryption type SSE_KMS/i,
    explanation: 'A CSV manifest must not be encrypted with KMS, which may be the default of its bucket.',
    advice: 'Upload the manifest with SSE-S3 (x-amz-server-side-encryption: AES256).',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-customer-key',
    reason: /Unsupported encryption type SSE_C/i,
    explanation: "A manifest must not be encrypted with a customer's key (SSE-C): a job has no place for it.",
    advice: 'Upload the manifest with SSE-S3 (x-amz-server-side-encryption: AES256).',
    isWorthRetrying: false,
  },
  {
    id: 'role-trust',
    reason: /Could not assume the IAM role/i,
    explanation: 'The service may not take on the job role.',
    advice:
      'Let the trust policy of the role allow sts:AssumeRole for batchoperations.s3.amazonaws.com. A new role needs some seconds.',
    isWorthRetrying: false,
  },
  {
    id: 'bucket-missing',
    reason: /Target bucket .* does not exist/i,
    explanation: 'The bucket of the report, or the target of the operation, does not exist.',
    advice: 'Create the bucket, or correct its ARN in the job.',
    isWorthRetrying: false,
  },
  {
    id: 'too-many-keys',
    reason: /more keys than the maximum allowed/i,
    explanation: 'The manifest has more rows than one job can have.',
    advice: 'Split the manifest into several jobs.',
    isWorthRetrying: false,
  },
  {
    id: 'generated-manifest-unwritable',
    reason: /Failed to write manifest/i,
    explanation: 'The generated manifest could not be stored.',
    advice: 'Allow the role s3:PutObject on the manifest bucket, and s3:PutObjectAcl when it is in another account with ACLs.',
    isWorthRetrying: false,
  },
  {
    id: 'no-keys-found',
    reason: /found no keys matching the filter criteria/i,
    explanation: 'No object meets the filter of the manifest generator. Archived objects can not be replicated.',
    advice: 'Loosen the filter. After a change of replication rules wait some minutes.',
    isWorthRetrying: false,
  },
  {
    id: 'report-unwritable',
    reason: /job report could not be written/i,
    explanation: 'The completion report could not be written. The tasks themselves may all have succeeded.',
    advice: 'Allow the role s3:PutObject on the report bucket. It must have no default Object Lock retention.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-fields',
    reason: /Required fields are missing in the schema/i,
    explanation: 'The columns of the manifest are declared without Bucket, or without Key.',
    advice: 'Name each column in Manifest.Spec.Fields, in order; Bucket and Key once each, Ignore for the others.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-keys',
    reason: /Invalid object key format/i,
    explanation: 'A key of the manifest is not URL-encoded, or longer than 1,024 characters.',
    advice: 'Encode the keys: s3batch fix does it, and s3batch lint shows where.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-versions',
    reason: /Invalid version ID format/i,
    explanation: 'A version id of the manifest is none.',
    advice: 'Write the id that S3 gives, or null for objects without a version, in every row.',
    isWorthRetrying: false,
  },
  {
    id: 'completed-with-failures',
    reason: /completed with failures and Total failed is not 0/i,
    explanation: 'The job came to its end, and some of its tasks failed.',
    advice: 'Open its completion report, correct the causes, then retry the failed tasks.',
    isWorthRetrying: false,
  },
  {
    id: 'several-buckets',
    reason: /takes objects of one bucket/i,
    explanation: 'The manifest names objects of several buckets, which this operation does not take.',
    advice: 'Make a manifest and a job for each bucket.',
    isWorthRetrying: false,
  },
  {
    id: 'job-expired',
    reason: /not confirmed within/i,
    explanation: 'The job waited for its confirmation for more than 30 days.',
    advice: 'Submit it again, and confirm it in time.',
    isWorthRetrying: false,
  },
  {
    id: 'manifest-malformed',
    reason: /Invalid Manifest Content|not properly formatted/i,
    explanation:
      'The manifest is malformed: a header row, a byte order mark, another number of columns, or a key that is not encoded.',
    advice: 'Open the manifest and correct what is underlined, or run s3batch lint.',
    isWorthRetrying: false,
  },
  {
    id: 'failure-threshold',
    reason: /more than 50 ?%|failure threshold/i,
    explanation: 'More than half of the tasks failed, of 1,000 or more that ran; the service then stops the job.',
    advice: 'Read the causes in the completion report, correct them, then resume with the rows that are left.',
    isWorthRetrying: false,
  },
];

/** What is known of a reason why a job failed; undefined when nothing is. */
export function explainJobFailure(reason: string): KnownError | undefined {
  for (const { reason: pattern, ...known } of jobRules) if (pattern.test(reason)) return known;
  return undefined;
}
