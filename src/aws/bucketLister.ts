import { ListObjectsV2Command, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { BatchError } from '../base/errors.js';
import type { EngineConnection } from '../core/job/target.js';
import { decodeKey } from '../core/manifest/keyEncoding.js';
import type { BucketLister, ListedPage, ListedVersion, ListingRequest } from '../core/manifest/making/bucketListing.js';
import { type AwsSource, awsS3Client, localS3Client } from './s3Clients.js';
import { toBatchError } from './sdkError.js';
import { type SendOptions, sendOptions } from './sendOptions.js';

/** A listing of millions of keys is thousands of calls: one that fails now and then must not end it. */
const maxAttempts = 8;

/** Lists buckets of the engine. Nothing is sent before the first page is asked for. */
export function createLocalLister(connection: EngineConnection): BucketLister {
  return new SdkBucketLister(localS3Client(connection, { maxAttempts: 3 }), 'Local');
}

/** Lists buckets of AWS. Nothing is sent before the first page is asked for. */
export function createAwsLister(source: AwsSource): BucketLister {
  return new SdkBucketLister(awsS3Client(source, maxAttempts), source.endpoint ?? 'AWS', source.profile);
}

export class SdkBucketLister implements BucketLister {
  readonly #client: S3Client;
  readonly #targetLabel: string;
  readonly #profile: string | undefined;

  constructor(client: S3Client, targetLabel: string, profile?: string) {
    this.#client = client;
    this.#targetLabel = targetLabel;
    this.#profile = profile;
  }

  async *pages(request: ListingRequest, signal?: AbortSignal): AsyncGenerator<ListedPage, void, undefined> {
    const options = sendOptions(signal);
    try {
      yield* request.hasVersions ? this.#versions(request, options) : this.#objects(request, options);
    } catch (error) {
      throw toBatchError(error, { action: `list ${request.bucket}`, targetLabel: this.#targetLabel, profile: this.#profile });
    }
  }

  dispose(): void {
    this.#client.destroy();
  }

  async *#objects(request: ListingRequest, options: SendOptions): AsyncGenerator<ListedPage, void, undefined> {
    const { bucket, prefix, after } = request;
    let token: string | undefined;
    do {
      // Encoded, because XML can't carry every character that a key may have.
      const answer = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          EncodingType: 'url',
          ContinuationToken: token,
          StartAfter: token === undefined ? after?.key : undefined,
        }),
        options,
      );
      const objects = (answer.Contents ?? []).map((item): ListedVersion => ({
        key: decoded(item.Key, answer.EncodingType),
        sizeBytes: item.Size ?? 0,
        modifiedAtMs: item.LastModified?.getTime() ?? 0,
        storageClass: item.StorageClass ?? 'STANDARD',
        isDeleteMarker: false,
      }));
      const last = objects.at(-1);
      const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      if (next !== undefined && next === token) throw stuck(bucket);
      yield { objects, next: next === undefined || last === undefined ? undefined : { key: last.key } };
      token = next;
    } while (token !== undefined);
  }

  async *#versions(request: ListingRequest, options: SendOptions): AsyncGenerator<ListedPage, void, undefined> {
    const { bucket, prefix } = request;
    let after = request.after;
    do {
      const answer = await this.#client.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          EncodingType: 'url',
          KeyMarker: after?.key,
          VersionIdMarker: after?.versionId,
        }),
        options,
      );
      const versions = (answer.Versions ?? []).map((item): ListedVersion => ({
        key: decoded(item.Key, answer.EncodingType),
        versionId: item.VersionId ?? 'null',
        sizeBytes: item.Size ?? 0,
        modifiedAtMs: item.LastModified?.getTime() ?? 0,
        storageClass: item.StorageClass ?? 'STANDARD',
        isDeleteMarker: false,
      }));
      const markers = (answer.DeleteMarkers ?? []).map((item): ListedVersion => ({
        key: decoded(item.Key, answer.EncodingType),
        versionId: item.VersionId ?? 'null',
        sizeBytes: 0,
        modifiedAtMs: item.LastModified?.getTime() ?? 0,
        storageClass: '',
        isDeleteMarker: true,
      }));
      const { NextKeyMarker: key, NextVersionIdMarker: versionId } = answer;
      const next =
        answer.IsTruncated === true && key !== undefined
          ? { key: decoded(key, answer.EncodingType), ...(versionId === undefined ? {} : { versionId }) }
          : undefined;
      if (next !== undefined && next.key === after?.key && next.versionId === after.versionId) throw stuck(bucket);
      yield { objects: [...versions, ...markers], next };
      after = next;
    } while (after !== undefined);
  }
}

function decoded(key: string | undefined, encoding: string | undefined): string {
  const text = encoding === 'url' ? decodeKey(key ?? '') : key;
  if (text === undefined || text === '')
    throw new BatchError('InvalidResponse', 'The service listed a key that can not be read.');
  return text;
}

/** The same page again and again would never end. */
function stuck(bucket: string): BatchError {
  return new BatchError('InvalidResponse', `The service does not go on with the listing of ${bucket}.`);
}
