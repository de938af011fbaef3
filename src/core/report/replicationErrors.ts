import type { TaskRule } from './knownError.js';

/**
 * Permissions whose lack makes a replication fail, by its error code: at the source first, then at the destination. Sources: S3 User Guide,
 * replication-metrics-events (failure reasons) and setting-repl-config-perm-overview.
 */
const permissions: Readonly<Record<string, string>> = {
  SrcGetAclNotPermitted: 's3:GetObjectVersionAcl',
  SrcGetLegalHoldNotPermitted: 's3:GetObjectLegalHold',
  SrcGetObjectNotPermitted: 's3:GetObjectVersionForReplication',
  SrcGetRetentionNotPermitted: 's3:GetObjectRetention',
  SrcGetTaggingNotPermitted: 's3:GetObjectVersionTagging',
  SrcHeadObjectNotPermitted: 's3:GetObjectVersionForReplication',
  DstDelObjNotPermitted: 's3:ReplicateDelete',
  DstMultipartCompleteNotPermitted: 's3:ReplicateObject',
  DstMultipartInitNotPermitted: 's3:ReplicateObject',
  DstMultipartPartUploadNotPermitted: 's3:ReplicateObject',
  DstMultipartUploadNotPermitted: 's3:ReplicateObject',
  DstPutAclNotPermitted: 's3:ReplicateObject',
  DstPutLegalHoldNotPermitted: 's3:PutObjectLegalHold',
  DstPutObjectNotPermitted: 's3:ReplicateObject (and s3:ObjectOwnerOverrideToBucketOwner, if the rule changes the owner)',
  DstPutRetentionNotPermitted: 's3:PutObjectRetention',
  DstPutTaggingNotPermitted: 's3:ReplicateTags',
};

function missingPermission([code, action]: [string, string]): TaskRule {
  const isSource = code.startsWith('Src');
  return {
    id: 'replication-permission',
    codes: [code],
    explanation: `The bucket's replication role lacks ${action} at the ${isSource ? 'source' : 'destination'}.`,
    advice: isSource
      ? 'Allow it to the role that the replication configuration names; it is not the job role. Then retry.'
      : 'Allow it to the role that the replication configuration names, and in the policy of a bucket of another account. Then retry.',
    isWorthRetrying: false,
  };
}

/** Reasons for which a replication fails. Sources: S3 User Guide, replication-metrics-events and s3-batch-replication-batch. */
export const replicationErrors: readonly TaskRule[] = [
  ...Object.entries(permissions).map(missingPermission),
  {
    id: 'initiate-replication',
    codes: ['InitiateReplicationNotPermitted'],
    explanation: 'The job role may not start replications.',
    advice: 'Allow the job role s3:InitiateReplication on the objects of the source bucket. Then retry.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-role',
    codes: ['AssumeRoleNotPermitted'],
    explanation: "The bucket's replication role can not be assumed.",
    advice: 'Let its trust policy name s3.amazonaws.com and batchoperations.s3.amazonaws.com; it is not the job role.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-not-eligible',
    codes: ['SrcObjectNotEligible'],
    explanation: 'No replication rule covers the object, or its storage class can not be replicated.',
    advice: "Compare the bucket's replication rules with a sample key. Restore archived objects, or copy them, first.",
    isWorthRetrying: false,
  },
  {
    id: 'replication-configuration',
    codes: ['SrcBucketReplicationConfigMissing'],
    explanation: 'The source bucket has no replication configuration.',
    advice: 'Give it one with a rule for these objects, wait some minutes, then retry.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-hard-deleted',
    codes: ['DstObjectHardDeleted'],
    explanation: 'This version was deleted at the destination and can not be replicated there again.',
    advice: 'Copy the object onto itself to make a new version, which then is replicated.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-version',
    codes: ['DstVersionNotFound'],
    explanation: 'Metadata was to be replicated to a version that the destination does not have.',
    advice: 'Replicate the object itself first: copy it onto itself, or replicate its existing versions again.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstBucketNotFound'],
    explanation: 'The destination bucket of the replication rule does not exist.',
    advice: 'Create it with versioning, or correct its ARN in the replication configuration.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstBucketUnversioned'],
    explanation: 'Versioning is not enabled on the destination bucket.',
    advice: 'Enable versioning there, then retry.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstBucketObjectLockConfigMissing'],
    explanation: 'The source bucket has Object Lock, and the destination bucket has not.',
    advice: 'Enable Object Lock on the destination bucket, then retry.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstBucketInvalidRegion', 'SrcBucketInvalidRegion'],
    explanation: 'A bucket of the replication is not in the Region where it was expected.',
    advice: 'Create the job in the Region of the source bucket, and check the destination of the replication rule.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstKmsKeyNotFound'],
    explanation: 'The KMS key that the replication rule names for the destination does not exist.',
    advice: 'Name a key of the Region of the destination bucket in the replication rule, then retry.',
    isWorthRetrying: false,
  },
  {
    id: 'replication-destination',
    codes: ['DstKmsKeyInvalidState', 'SrcKmsKeyInvalidState'],
    explanation: 'A KMS key of the source (Src…) or the destination (Dst…) can not be used: it is disabled, or to be deleted.',
    advice: 'Enable the key or cancel its deletion, then retry.',
    isWorthRetrying: false,
  },
];
