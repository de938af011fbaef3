import { ServiceError } from '../serviceError.js';
import type { ReplicationConfiguration, ReplicationRule, StoredInfo, VersionedObjectStore } from '../objectStore.js';
import { type OperationContext, type OperationPerformer, type OperationTask, TaskFailure } from './operationPerformer.js';
import { rulesFor } from './replicationRules.js';

/**
 * Replicates by the bucket's replication configuration, every rule that covers the object. Replicas keep the version id (S3 User Guide,
 * replication-what-is-isnot-replicated); one that is there already stays as it is. Codes are the replication failure reasons of
 * the S3 User Guide (replication-metrics-events); the status 500 and the texts of two of them were observed, the other texts are
 * emulated.
 */
export const s3ReplicateObject: OperationPerformer<unknown> = {
  missingVersion: {
    kind: 'failed',
    httpStatus: 500,
    errorCode: 'SrcObjectNotFound',
    message: 'Object versionID is invalid',
    isRetryable: false,
  },
  perform: async (context, _parameters, task) => {
    const { store } = context;
    const configuration = await configurationOf(context, task.bucket);
    const info = await sourceOf(context, task);
    const rules = rulesFor(configuration, info);
    if (rules.length === 0) throw notEligible();
    const source = { ...task, versionId: info.versionId };
    try {
      for (const rule of rules) await replicate(context, info, rule);
    } catch (error) {
      await store.putReplicationStatus(source, 'FAILED');
      throw error;
    }
    // A replica that is replicated further stays one.
    if (info.replicationStatus !== 'REPLICA') await store.putReplicationStatus(source, 'COMPLETED');
    return 'success';
  },
};

async function configurationOf({ store }: OperationContext, bucket: string): Promise<ReplicationConfiguration> {
  try {
    const { replication } = await store.bucketInfo(bucket);
    if (replication !== undefined) return replication;
  } catch (error) {
    if (isNotFound(error)) throw failure('SrcBucketNotFound', 'The source bucket does not exist');
    throw error;
  }
  throw failure('SrcBucketReplicationConfigMissing', 'The source bucket has no replication configuration');
}

async function sourceOf({ store }: OperationContext, task: OperationTask): Promise<StoredInfo> {
  try {
    return await store.head(task.bucket, task.key, task.versionId);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === 'NoSuchKey') throw failure('SrcKeyNotFound', 'The source key does not exist');
    if (error.code === 'NoSuchVersion') throw failure('SrcVersionNotFound', 'The source version does not exist');
    // The version named is a delete marker.
    if (error.code === 'MethodNotAllowed') throw notEligible();
    throw error;
  }
}

async function replicate({ store }: OperationContext, info: StoredInfo, rule: ReplicationRule): Promise<void> {
  const { bucket, key, versionId } = info;
  let destination;
  try {
    destination = await store.bucketInfo(rule.bucket);
  } catch (error) {
    if (isNotFound(error)) throw failure('DstBucketNotFound', `The destination bucket ${rule.bucket} does not exist`);
    throw error;
  }
  if (destination.versioning !== 'Enabled') {
    throw failure('DstBucketUnversioned', `The destination bucket ${rule.bucket} has no versioning`);
  }
  if ((info.retention !== undefined || info.hasLegalHold === true) && destination.objectLock === undefined) {
    throw failure('DstBucketObjectLockConfigMissing', `The destination bucket ${rule.bucket} has no Object Lock`);
  }
  // What had no version when it was written gets one: `null` would be overwritten by the next.
  const keptId = versionId === 'null' ? undefined : versionId;
  if (keptId !== undefined && (await hasVersion(store, rule.bucket, key, keptId))) return;
  const { algorithm } = info.encryption;
  const isKms = algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse';
  await store.copy({
    source: { bucket, key, versionId },
    destination: { bucket: rule.bucket, key },
    storageClass: rule.storageClass ?? info.storageClass,
    redirectLocation: info.systemMetadata['x-amz-website-redirect-location'],
    acl: info.acl,
    retention: info.retention,
    hasLegalHold: info.hasLegalHold,
    encryption: isKms && rule.replicaKmsKeyId !== undefined ? { algorithm, kmsKeyId: rule.replicaKmsKeyId } : info.encryption,
    replicationStatus: 'REPLICA',
    versionId: keptId,
  });
}

async function hasVersion(store: VersionedObjectStore, bucket: string, key: string, versionId: string): Promise<boolean> {
  try {
    await store.head(bucket, key, versionId);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function notEligible(): TaskFailure {
  return failure('SrcObjectNotEligible', 'Object is not eligible for replication');
}

function failure(code: string, message: string): TaskFailure {
  return new TaskFailure(500, code, message);
}

function isNotFound(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 404;
}
