import {
  CreateBucketCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  type ObjectOwnership,
  HeadBucketCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type BatchError, errorCode } from '../base/errors.js';
import { parseBucketArn } from '../core/job/arn.js';
import type { FetchedBucket, FetchedReplication } from '../core/job/fetchObjects.js';
import { sendOptions } from './sendOptions.js';

/** Answers for what is not set, or may not be read, or is no setting of that service: the rehearsal goes on without. */
const unknownCodes: ReadonlySet<string> = new Set([
  'AccessDenied',
  'MethodNotAllowed',
  'NoSuchBucket',
  'NoSuchKey',
  'NotFound',
  'NotImplemented',
  'ObjectLockConfigurationNotFoundError',
  'ReplicationConfigurationNotFoundError',
]);

/** What of a real bucket decides what becomes of a job's tasks. Rejects with `failed` of what is not of this bucket alone, such as expired keys. */
export async function readBucketSettings(
  client: S3Client,
  bucket: string,
  failed: (error: unknown) => BatchError,
  signal: AbortSignal | undefined,
): Promise<FetchedBucket> {
  const place = { Bucket: bucket };
  const options = sendOptions(signal);
  const known = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      const failure = failed(error);
      if (unknownCodes.has(errorCode(failure) ?? '')) return undefined;
      throw failure;
    }
  };
  const [versioning, lock, ownership, replication] = await Promise.all([
    known(async () => (await client.send(new GetBucketVersioningCommand(place), options)).Status),
    known(async () => (await client.send(new GetObjectLockConfigurationCommand(place), options)).ObjectLockConfiguration),
    known(() => readOwnership(client, bucket, signal)),
    known(async () => (await client.send(new GetBucketReplicationCommand(place), options)).ReplicationConfiguration),
  ]);
  return {
    versioning,
    hasObjectLock: lock?.ObjectLockEnabled === 'Enabled',
    ownership,
    replication: replication === undefined ? undefined : replicationOf(replication),
  };
}

function replicationOf(configuration: ReplicationConfiguration): FetchedReplication {
  const buckets = (configuration.Rules ?? []).map(({ Destination }) => parseBucketArn(Destination?.Bucket ?? '')?.bucket);
  return { configuration, destinations: [...new Set(buckets.filter((bucket) => bucket !== undefined))] };
}

/** A bucket from before there were ownership controls has none: whoever writes an object owns it, and ACLs count. */
async function readOwnership(
  client: S3Client,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<ObjectOwnership | undefined> {
  try {
    const answer = await client.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }), sendOptions(signal));
    return answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
  } catch (error) {
    if ((error as Error).name === 'OwnershipControlsNotFoundError') return 'ObjectWriter';
    throw error;
  }
}

/** Makes a local bucket like a real one. A default retention stays away: it would lock what is fetched. */
export async function createBucketLike(
  client: S3Client,
  bucket: string,
  { versioning, hasObjectLock, ownership, replication }: FetchedBucket,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = sendOptions(signal);
  await client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ObjectLockEnabledForBucket: hasObjectLock,
      ...(ownership === undefined ? {} : { ObjectOwnership: ownership as ObjectOwnership }),
    }),
    options,
  );
  if (versioning !== undefined && !hasObjectLock) await setVersioning(client, bucket, versioning, signal);
  if (replication === undefined || versioning !== 'Enabled') return;
  for (const destination of replication.destinations) await createReplicaBucket(client, destination, signal);
  const change = { Bucket: bucket, ReplicationConfiguration: replication.configuration as ReplicationConfiguration };
  await client.send(new PutBucketReplicationCommand(change), options);
}

/** Where replicas go there is versioning: S3 takes no other destination. */
async function createReplicaBucket(client: S3Client, bucket: string, signal: AbortSignal | undefined): Promise<void> {
  const options = sendOptions(signal);
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), options);
  } catch (error) {
    if ((error as Error).name !== 'NotFound') throw error;
    await client.send(new CreateBucketCommand({ Bucket: bucket }), options);
  }
  await setVersioning(client, bucket, 'Enabled', signal);
}

export async function setVersioning(
  client: S3Client,
  bucket: string,
  status: 'Enabled' | 'Suspended',
  signal: AbortSignal | undefined,
): Promise<void> {
  const change = { Bucket: bucket, VersioningConfiguration: { Status: status } };
  await client.send(new PutBucketVersioningCommand(change), sendOptions(signal));
}
