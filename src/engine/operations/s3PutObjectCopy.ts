import type { EngineSettings } from '../contracts.js';
import { parseBucketArn } from '../../core/job/arn.js';
import type { Tag } from '../../core/job/jobTypes.js';
import type { AccessControlList, CopyRequest, ObjectEncryption, RetentionMode, StoredInfo } from '../objectStore.js';
import { jobFailure } from '../run/jobFailure.js';
import { cannedAcl } from '../s3/accessControl.js';
import { checkCustomerKey } from '../s3/encryptionHeaders.js';
import { checkRedirectLocation, checkUserMetadata } from '../s3/metadataRules.js';
import { preconditionFailed } from '../s3/s3Errors.js';
import { type OperationPerformer, successful } from './operationPerformer.js';
import { grantOf, objectTags, type RequestGrant, retentionOf } from './operationValues.js';

interface NewObjectMetadata {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly HttpExpiresDate?: string;
  readonly UserMetadata?: Readonly<Record<string, string>>;
  readonly SSEAlgorithm?: 'AES256' | 'KMS';
}

interface CopyParameters {
  readonly TargetResource?: string;
  readonly TargetKeyPrefix?: string;
  readonly CannedAccessControlList?: string;
  readonly AccessControlGrants?: readonly RequestGrant[];
  readonly MetadataDirective?: 'COPY' | 'REPLACE';
  readonly NewObjectMetadata?: NewObjectMetadata;
  readonly NewObjectTagging?: readonly Tag[];
  readonly RedirectLocation?: string;
  readonly StorageClass?: string;
  readonly ModifiedSinceConstraint?: string;
  readonly UnModifiedSinceConstraint?: string;
  readonly SSEAwsKmsKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly ObjectLockLegalHoldStatus?: 'OFF' | 'ON';
  readonly ObjectLockMode?: RetentionMode;
  readonly ObjectLockRetainUntilDate?: string;
  readonly ChecksumAlgorithm?: string;
}

/**
 * Copies each object with everything that CopyObject can do but ETag conditions and SSE-C. RequesterPays changes nothing here: nobody
 * pays. Source: S3 User Guide, batch-ops-copy-object.
 */
export const s3PutObjectCopy: OperationPerformer<CopyParameters> = {
  prepare: async ({ store }, parameters) => {
    const bucket = targetBucket(parameters);
    if (await store.hasBucket(bucket)) return undefined;
    return jobFailure('NoSuchBucket', `Invalid manifest was provided. Target bucket ${bucket} does not exist.`);
  },
  perform: async ({ store, settings }, parameters, task) => {
    const { bucket, key, versionId } = task;
    const metadata = metadataOf(parameters);
    checkUserMetadata(metadata?.userMetadata ?? {});
    checkRedirectLocation(parameters.RedirectLocation);
    const request: CopyRequest = {
      source: { bucket, key, versionId },
      destination: { bucket: targetBucket(parameters), key: targetKey(parameters.TargetKeyPrefix, key, settings) },
      metadata,
      tags: parameters.NewObjectTagging === undefined ? undefined : objectTags(parameters.NewObjectTagging),
      storageClass: parameters.StorageClass,
      redirectLocation: parameters.RedirectLocation,
      acl: aclOf(parameters),
      retention: retentionOf(parameters.ObjectLockMode, parameters.ObjectLockRetainUntilDate),
      hasLegalHold:
        parameters.ObjectLockLegalHoldStatus === undefined ? undefined : parameters.ObjectLockLegalHoldStatus === 'ON',
      encryption: encryptionOf(parameters),
      checksumAlgorithm: parameters.ChecksumAlgorithm,
      checkSource: (source) => {
        // A job brings no key of a customer.
        checkCustomerKey({ headers: {} }, source.encryption);
        checkDates(source, parameters);
      },
    };
    await store.copy(request);
    return successful;
  },
};

function targetBucket({ TargetResource: target = '' }: CopyParameters): string {
  return parseBucketArn(target)?.bucket ?? '';
}

/** The source key is always kept whole. The slash between is not documented: a setting. */
function targetKey(prefix: string | undefined, key: string, { copyPrefixJoin }: Pick<EngineSettings, 'copyPrefixJoin'>): string {
  if (prefix === undefined) return key;
  return prefix.endsWith('/') || copyPrefixJoin === 'none' ? prefix + key : `${prefix}/${key}`;
}

/** As CopyObject compares `x-amz-copy-source-if-(un)modified-since`: to the second. */
function checkDates(source: StoredInfo, parameters: CopyParameters): void {
  const modified = Math.floor(source.lastModified.getTime() / 1000);
  const since = secondsOf(parameters.ModifiedSinceConstraint);
  const until = secondsOf(parameters.UnModifiedSinceConstraint);
  if (since !== undefined && modified <= since) throw preconditionFailed('x-amz-copy-source-If-Modified-Since');
  if (until !== undefined && modified > until) throw preconditionFailed('x-amz-copy-source-If-Unmodified-Since');
}

function secondsOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}

function metadataOf({ MetadataDirective: directive, NewObjectMetadata: metadata = {} }: CopyParameters): CopyRequest['metadata'] {
  if (directive !== 'REPLACE') return undefined;
  const expires = metadata.HttpExpiresDate === undefined ? undefined : new Date(metadata.HttpExpiresDate).toUTCString();
  const headers = {
    'cache-control': metadata.CacheControl,
    'content-disposition': metadata.ContentDisposition,
    'content-encoding': metadata.ContentEncoding,
    'content-language': metadata.ContentLanguage,
    expires,
  };
  return {
    contentType: metadata.ContentType ?? 'binary/octet-stream',
    systemMetadata: Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    userMetadata: Object.fromEntries(
      Object.entries(metadata.UserMetadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
}

function aclOf({ CannedAccessControlList: canned, AccessControlGrants: grants }: CopyParameters): AccessControlList | undefined {
  if (canned !== undefined) return cannedAcl(canned);
  // No grant is no header of CopyObject, as if the member were left out.
  return grants === undefined || grants.length === 0 ? undefined : grants.map(grantOf);
}

/** The algorithm stands in the metadata, and counts with either directive; the key stands beside it. */
function encryptionOf(parameters: CopyParameters): ObjectEncryption | undefined {
  switch (parameters.NewObjectMetadata?.SSEAlgorithm) {
    case undefined:
      return undefined;
    case 'AES256':
      return { algorithm: 'AES256' };
    case 'KMS': {
      const { SSEAwsKmsKeyId: kmsKeyId, BucketKeyEnabled: isBucketKeyEnabled } = parameters;
      return {
        algorithm: 'aws:kms',
        ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
        ...(isBucketKeyEnabled === undefined ? {} : { isBucketKeyEnabled }),
      };
    }
  }
}
