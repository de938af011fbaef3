import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type ServerSideEncryption,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { BatchError, errorCode } from '../base/errors.js';
import type { FetchAddress, FetchedBucket, FetchedObject, ObjectSink, ObjectSource } from '../core/job/fetchObjects.js';
import type { EngineConnection } from '../core/job/target.js';
import { addHeader } from './addHeader.js';
import { createBucketLike, readBucketSettings, setVersioning } from './bucketSettings.js';
import { silentLogger } from './quietly.js';
import { type AwsSource, awsS3Client, localS3Client } from './s3Clients.js';
import { toBatchError } from './sdkError.js';
import { type SendOptions, sendOptions } from './sendOptions.js';

/** A download that fails now and then must not end a fetch of thousands. */
const maxAttempts = 5;

/** The real buckets of a profile. Its client refuses, before anything is sent, every request that is not a read. */
export function createObjectSource(source: AwsSource): ObjectSource {
  const client = awsS3Client(source, maxAttempts);
  refuseWrites(client);
  return new SdkObjectSource(client, source.endpoint ?? 'AWS', source.profile);
}

/**
 * Lets nothing but GET and HEAD leave the client, whatever command is built: the promise that a rehearsal never writes does not hang on
 * every caller keeping it.
 */
export function refuseWrites(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { method } = args.request as { method?: unknown };
      if (method !== 'GET' && method !== 'HEAD') {
        throw new BatchError(
          'ReadOnly',
          `A ${String(method)} request to a real bucket was refused: objects are only read there.`,
        );
      }
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'refuseWrites' },
  );
}

class SdkObjectSource implements ObjectSource {
  readonly #client: S3Client;
  readonly #targetLabel: string;
  readonly #profile: string | undefined;

  constructor(client: S3Client, targetLabel: string, profile: string | undefined) {
    this.#client = client;
    this.#targetLabel = targetLabel;
    this.#profile = profile;
  }

  async hasBucket(bucket: string, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }), sendOptions(signal));
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return false;
      // 301: in another Region; 403: there, but not for us to look at.
      if (status === 301 || status === 403) return true;
      throw toBatchError(error, { action: `look for ${bucket}`, targetLabel: this.#targetLabel, profile: this.#profile });
    }
  }

  async open({ bucket, key, versionId }: FetchAddress, signal?: AbortSignal): Promise<FetchedObject> {
    const place = { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    const failed = (error: unknown): BatchError =>
      toBatchError(error, { action: `read s3://${bucket}/${key}`, targetLabel: this.#targetLabel, profile: this.#profile });
    try {
      const answer = await this.#client.send(new GetObjectCommand(place), sendOptions(signal));
      const body = answer.Body as Readable;
      let tags: FetchedObject['tags'] = [];
      try {
        if ((answer.TagCount ?? 0) > 0) tags = await this.#tags(place, signal);
      } catch (error) {
        body.destroy();
        throw error;
      }
      return {
        sizeBytes: answer.ContentLength ?? 0,
        versionId: answer.VersionId,
        contentType: answer.ContentType,
        systemMetadata: present({
          CacheControl: answer.CacheControl,
          ContentDisposition: answer.ContentDisposition,
          ContentEncoding: answer.ContentEncoding,
          ContentLanguage: answer.ContentLanguage,
          WebsiteRedirectLocation: answer.WebsiteRedirectLocation,
        }),
        userMetadata: answer.Metadata ?? {},
        storageClass: answer.StorageClass,
        lock: {
          mode: answer.ObjectLockMode,
          retainUntil: answer.ObjectLockRetainUntilDate,
          hasLegalHold: answer.ObjectLockLegalHoldStatus === 'ON',
        },
        encryption:
          answer.ServerSideEncryption === undefined
            ? undefined
            : {
                algorithm: answer.ServerSideEncryption,
                kmsKeyId: answer.SSEKMSKeyId,
                isBucketKeyEnabled: answer.BucketKeyEnabled,
              },
        tags,
        chunks: chunksOf(body, failed),
        discard: () => body.destroy(),
      };
    } catch (error) {
      throw failed(error);
    }
  }

  async bucket(bucket: string, signal?: AbortSignal): Promise<FetchedBucket> {
    const failed = (error: unknown): BatchError =>
      toBatchError(error, { action: `look at ${bucket}`, targetLabel: this.#targetLabel, profile: this.#profile });
    return await readBucketSettings(this.#client, bucket, failed, signal);
  }

  dispose(): void {
    this.#client.destroy();
  }

  /** Undefined when the credentials may read the object but not its tags. */
  async #tags(
    place: { Bucket: string; Key: string; VersionId?: string },
    signal: AbortSignal | undefined,
  ): Promise<FetchedObject['tags']> {
    try {
      const { TagSet = [] } = await this.#client.send(new GetObjectTaggingCommand(place), sendOptions(signal));
      return TagSet.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
    } catch (error) {
      if (errorCode(toBatchError(error, { action: 'read tags', targetLabel: this.#targetLabel })) === 'AccessDenied')
        return undefined;
      throw error;
    }
  }
}

/** Header by which the engine, and nobody else, takes the version id of a fetched object. */
const versionHeader = 'x-s3batch-version-id';

/** The buckets of an engine, as the place that fetched objects are put. */
export function createObjectSink(connection: EngineConnection): ObjectSink {
  // The SDK says on the console that a cancelled upload can't be repeated; the rejection says so too.
  return new SdkObjectSink(localS3Client(connection, { maxAttempts: 1, logger: silentLogger }));
}

class SdkObjectSink implements ObjectSink {
  readonly #client: S3Client;
  /** Local buckets that take the locks of objects; one that was there before may not. */
  readonly #withObjectLock = new Set<string>();

  constructor(client: S3Client) {
    this.#client = client;
  }

  async prepareBucket(
    bucket: string,
    isVersioned: boolean,
    like: () => Promise<FetchedBucket>,
    signal?: AbortSignal,
  ): Promise<void> {
    const options = sendOptions(signal);
    const isThere = await this.#call(`look for ${bucket}`, () =>
      this.#exists(new HeadBucketCommand({ Bucket: bucket }), options),
    );
    const failed = (error: unknown): BatchError => toBatchError(error, { action: `look at ${bucket}`, targetLabel: 'Local' });
    const settings = isThere ? await readBucketSettings(this.#client, bucket, failed, signal) : await like();
    if (settings.hasObjectLock) this.#withObjectLock.add(bucket);
    await this.#call(`make ${bucket}`, async () => {
      if (!isThere) await createBucketLike(this.#client, bucket, settings, signal);
      if (isVersioned) await setVersioning(this.#client, bucket, 'Enabled', signal);
    });
  }

  async has({ bucket, key, versionId }: FetchAddress, signal?: AbortSignal): Promise<boolean> {
    const place = { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    return await this.#call(`look for ${key}`, () => this.#exists(new HeadObjectCommand(place), sendOptions(signal)));
  }

  async put({ bucket, key, versionId }: FetchAddress, object: FetchedObject, signal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: Readable.from(object.chunks, { objectMode: false }),
      ContentLength: object.sizeBytes,
      ContentType: object.contentType,
      ...object.systemMetadata,
      Metadata: { ...object.userMetadata },
      StorageClass: object.storageClass as StorageClass | undefined,
      ...(this.#withObjectLock.has(bucket) ? lockOf(object.lock) : {}),
      ...encryptionOf(object.encryption),
      ...(object.tags === undefined || object.tags.length === 0 ? {} : { Tagging: taggingOf(object.tags) }),
    });
    if (versionId !== undefined && versionId !== 'null') addHeader(command, versionHeader, versionId);
    await this.#call(`write ${key}`, () => this.#client.send(command, sendOptions(signal)));
  }

  dispose(): void {
    this.#client.destroy();
  }

  async #exists(command: HeadBucketCommand | HeadObjectCommand, options: SendOptions): Promise<boolean> {
    try {
      await this.#client.send(command as HeadObjectCommand, options);
      return true;
    } catch (error) {
      const status = statusOf(error);
      // 405: a delete marker is on top, which a person or a job made here: the object is gone in the rehearsal, and stays so.
      if (status === 405) return true;
      if (status === 404)
        return (
          (error as { $response?: { headers?: Record<string, string> } }).$response?.headers?.['x-amz-delete-marker'] === 'true'
        );
      throw error;
    }
  }

  async #call<T>(action: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw toBatchError(error, { action, targetLabel: 'Local' });
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

async function* chunksOf(body: Readable, failed: (error: unknown) => BatchError): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw failed(error);
  }
}

/** A retention that has ended protects nothing, and nobody can set it any more. */
function lockOf({ mode, retainUntil, hasLegalHold }: FetchedObject['lock']): Partial<PutObjectCommandInput> {
  const isRetained = mode !== undefined && retainUntil !== undefined && retainUntil.getTime() > Date.now();
  return {
    ...(isRetained ? { ObjectLockMode: mode, ObjectLockRetainUntilDate: retainUntil } : {}),
    ...(hasLegalHold ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
  };
}

/** Recorded by the engine, not done. */
function encryptionOf(encryption: FetchedObject['encryption']): Partial<PutObjectCommandInput> {
  if (encryption === undefined) return {};
  const { algorithm, kmsKeyId, isBucketKeyEnabled } = encryption;
  return {
    ServerSideEncryption: algorithm as ServerSideEncryption,
    ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
    ...(isBucketKeyEnabled === undefined ? {} : { BucketKeyEnabled: isBucketKeyEnabled }),
  };
}

function taggingOf(tags: NonNullable<FetchedObject['tags']>): string {
  return tags.map(({ key, value }) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
