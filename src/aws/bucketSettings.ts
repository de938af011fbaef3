import {
  CreateBucketCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  type ObjectOwnership,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type BatchError, errorCode } from '../base/errors.js';
import type { FetchedBucket } from '../core/job/fetchObjects.js';
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
  const [versioning, lock, ownership] = await Promise.all([
    known(async () => (await client.send(new GetBucketVersioningCommand(place), options)).Status),
    known(async () => (await client.send(new GetObjectLockConfigurationCommand(place), options)).ObjectLockConfiguration),
    known(() => readOwnership(client, bucket, signal)),
  ]);
  return { versioning, hasObjectLock: lock?.ObjectLockEnabled === 'Enabled', ownership };
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
  { versioning, hasObjectLock, ownership }: FetchedBucket,
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
  if (versioning === undefined || hasObjectLock) return;
  const change = { Bucket: bucket, VersioningConfiguration: { Status: versioning } };
  await client.send(new PutBucketVersioningCommand(change), options);
}
