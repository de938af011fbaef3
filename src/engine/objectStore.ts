import type { Readable } from 'node:stream';
import type { ObjectInfo, ObjectStore } from './contracts.js';

/** The whole object store of the engine: what the S3 calls and the operations of jobs work on. Everything here can be kept as JSON. */

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Names one object, or one version of it. Without a version, or with an empty one, the current version is meant. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
  /** `null` for what was written without versioning. */
  readonly versionId?: string | undefined;
}

export const permissions = ['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP'] as const;
export type Permission = (typeof permissions)[number];

export type Grantee =
  | { readonly type: 'id'; readonly id: string; readonly displayName?: string }
  | { readonly type: 'uri'; readonly uri: string }
  | { readonly type: 'emailAddress'; readonly emailAddress: string };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

/** An access control list. Its owner is always the engine's account. Who asks is never checked against it: recorded only. */
export type AccessControlList = readonly Grant[];

/** Source: S3 User Guide, about-object-ownership. Buckets without a choice are `BucketOwnerEnforced`, as since April 2023. */
export const objectOwnerships = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const;
export type ObjectOwnership = (typeof objectOwnerships)[number];

export const retentionModes = ['GOVERNANCE', 'COMPLIANCE'] as const;
export type RetentionMode = (typeof retentionModes)[number];

export interface Retention {
  readonly mode: RetentionMode;
  /** Milliseconds since the epoch. */
  readonly retainUntilMs: number;
}

export interface DefaultRetention {
  readonly mode: RetentionMode;
  readonly amount: number;
  readonly unit: 'Days' | 'Years';
}

/**
 * How an object is said to be encrypted. Recorded and shown only: nothing is encrypted on this disk, and no key is asked for but the
 * customer's own (SSE-C), of which the MD5 is compared.
 */
export type ObjectEncryption =
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
      /** Absent: the AWS managed key. */
      readonly kmsKeyId?: string;
      readonly isBucketKeyEnabled?: boolean;
    }
  /** SSE-C. `keyMd5` in base64, as clients send it. */
  | { readonly algorithm: 'customer'; readonly keyMd5: string };

export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

/** A restore of an archived object, as asked for. Whether it is under way or over follows from the clock. */
export interface RestoreRecord {
  readonly requestedMs: number;
  /** When the copy is there. */
  readonly readyMs: number;
  /** When the copy goes. */
  readonly expiresMs: number;
  readonly days: number;
  readonly tier: RestoreTier;
}

export const restoreTiers = ['Bulk', 'Standard', 'Expedited'] as const;
export type RestoreTier = (typeof restoreTiers)[number];

export interface RestoreRequest {
  /** How long the copy stays. Source: S3 API Reference, RestoreObject: at least 1. */
  readonly days: number | undefined;
  /** Standard unless said. */
  readonly tier?: RestoreTier | undefined;
}

/** What an object gets beside its bytes. */
export interface ObjectAttributes {
  readonly contentType: string;
  /** Content-Encoding, Cache-Control, x-amz-website-redirect-location …, lower-case header names. */
  readonly systemMetadata: Readonly<Record<string, string>>;
  /** x-amz-meta-*, names without the prefix. */
  readonly userMetadata: Readonly<Record<string, string>>;
  /** STANDARD unless said. */
  readonly storageClass?: string;
  readonly tags?: readonly Tag[];
  /** Absent: `private`. */
  readonly acl?: AccessControlList;
  readonly retention?: Retention;
  readonly hasLegalHold?: boolean;
  /** Absent: the bucket's default, else AES256. */
  readonly encryption?: ObjectEncryption;
  readonly replicationStatus?: ReplicationStatus;
}

export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/** Everything known of one version of an object. */
export interface StoredInfo extends ObjectInfo {
  /** `null` for what was written without versioning. */
  readonly versionId: string;
  /** False for one that a later version covers. */
  readonly isLatest: boolean;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
  readonly acl: AccessControlList;
  readonly retention: Retention | undefined;
  /** Undefined: never set, which GetObjectLegalHold tells from OFF. */
  readonly hasLegalHold: boolean | undefined;
  readonly encryption: ObjectEncryption;
  readonly restore: RestoreRecord | undefined;
  readonly replicationStatus: ReplicationStatus | undefined;
  readonly checksumType: ChecksumType;
  /** Sizes of the parts of a multipart upload, else empty. */
  readonly partSizes: readonly number[];
  /** In base64 by algorithm, of the same parts; absent when they have none. */
  readonly partChecksums?: readonly Readonly<Record<string, string>>[];
}

export interface DeleteMarkerInfo {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
  readonly isLatest: boolean;
  readonly isDeleteMarker: true;
}

export type VersionInfo = StoredInfo | DeleteMarkerInfo;

export function isDeleteMarker(version: VersionInfo): version is DeleteMarkerInfo {
  return 'isDeleteMarker' in version;
}

/** A rule of a replication configuration. Source: S3 API Reference, ReplicationRule. */
export interface ReplicationRule {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly priority: number;
  readonly prefix: string;
  /** All of them must be on the object. */
  readonly tags: readonly Tag[];
  /** Name of the destination bucket. */
  readonly bucket: string;
  readonly storageClass: string | undefined;
  readonly replicatesDeleteMarkers: boolean;
  /** Absent: the source's encryption. */
  readonly replicaKmsKeyId: string | undefined;
  /** Whether SSE-KMS objects are eligible. */
  readonly includesKmsObjects: boolean;
}

export interface ReplicationConfiguration {
  readonly role: string;
  readonly rules: readonly ReplicationRule[];
  /** The configuration as it was put: GetBucketReplication answers with it. */
  readonly xml: string;
}

export interface BucketSettings {
  /** Absent: never versioned. */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Absent: object lock is off. */
  readonly objectLock?: { readonly defaultRetention?: DefaultRetention };
  readonly ownership?: ObjectOwnership;
  readonly acl?: AccessControlList;
  /** Default encryption; absent: AES256. */
  readonly encryption?: Exclude<ObjectEncryption, { algorithm: 'customer' }>;
  readonly replication?: ReplicationConfiguration;
}

export interface BucketInfo extends BucketSettings {
  readonly name: string;
  readonly createdAt: Date;
  /** LocationConstraint it was created with. */
  readonly location: string | undefined;
}

/** Looks at the object that is there (undefined: none) and throws when the call must not go on. */
export type Precondition = (current: StoredInfo | undefined) => void;

export interface CopyRequest {
  readonly source: ObjectAddress;
  readonly destination: { readonly bucket: string; readonly key: string };
  /** Content type, system and user metadata of the copy; absent: the source's (directive COPY). */
  readonly metadata?: Pick<ObjectAttributes, 'contentType' | 'systemMetadata' | 'userMetadata'> | undefined;
  /** Absent: the source's (directive COPY). */
  readonly tags?: readonly Tag[] | undefined;
  /** STANDARD unless said: a copy does not keep it. */
  readonly storageClass?: string | undefined;
  /** `x-amz-website-redirect-location`; a copy does not keep the source's. */
  readonly redirectLocation?: string | undefined;
  readonly acl?: AccessControlList | undefined;
  readonly retention?: Retention | undefined;
  readonly hasLegalHold?: boolean | undefined;
  readonly encryption?: ObjectEncryption | undefined;
  readonly replicationStatus?: ReplicationStatus | undefined;
  /** Of a replica, in a bucket with versioning: it keeps the source's. */
  readonly versionId?: string | undefined;
  /** Name of a checksum such as `CRC32`; absent: those of the source. */
  readonly checksumAlgorithm?: string | undefined;
  /** Throws when the source is not to be copied. */
  readonly checkSource?: ((source: StoredInfo) => void) | undefined;
  readonly precondition?: Precondition | undefined;
}

export interface CopyResult {
  readonly source: StoredInfo;
  readonly copy: StoredInfo;
}

export interface RemoveOptions {
  readonly versionId?: string | undefined;
  readonly bypassesGovernance?: boolean | undefined;
  readonly precondition?: Precondition | undefined;
}

export interface RemoveResult {
  /** False when there was nothing to remove, which is no error. */
  readonly isFound: boolean;
  /** The version removed, or the delete marker made; undefined in a bucket that was never versioned, and of a key that is not there. */
  readonly versionId: string | undefined;
  /** True when a delete marker was made, or one was removed. */
  readonly isDeleteMarker: boolean;
}

export interface VersionPageRequest {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** What the page before ended with: a key or a common prefix; empty for none. */
  readonly keyMarker: string;
  /** The version of `keyMarker` that the page before ended with; empty for none: then all versions of that key are left out. */
  readonly versionIdMarker: string;
  readonly maxKeys: number;
}

export interface VersionPage {
  /** By key, the newest version of each first. */
  readonly versions: readonly VersionInfo[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker: string;
  /** Empty after a common prefix. */
  readonly nextVersionIdMarker: string;
}

/**
 * The object store with all that S3 has. Errors are ServiceErrors with S3's own status, code and message: `NoSuchBucket`, `NoSuchKey`
 * (the current version is a delete marker, too), `NoSuchVersion`, `MethodNotAllowed` (the version named is a delete marker; for what
 * changes a version the current one, too), and those that each method names.
 */
export interface VersionedObjectStore extends ObjectStore {
  bucketInfo(bucket: string): Promise<BucketInfo>;
  /** Applies a change to the bucket's settings, one at a time. `change` throws to refuse. */
  changeBucket(bucket: string, change: (settings: BucketSettings) => BucketSettings): Promise<void>;

  head(bucket: string, key: string, versionId?: string): Promise<StoredInfo>;
  /** Bytes as they are, of archived objects too: who reads for a client asks `requireReadable` first. */
  read(
    bucket: string,
    key: string,
    range?: { start: number; end: number },
    versionId?: string,
  ): Promise<{ info: StoredInfo; body: Readable }>;

  write(bucket: string, key: string, body: Uint8Array | Readable, options?: Partial<ObjectAttributes>): Promise<StoredInfo>;
  /** CopyObject. `InvalidRequest` (over 5 GB, onto itself unchanged, a delete marker), `InvalidObjectState` (archived). */
  copy(request: CopyRequest): Promise<CopyResult>;
  /** A delete marker, or a version gone for good. `AccessDenied` for one under object lock. */
  remove(bucket: string, key: string, options?: RemoveOptions): Promise<RemoveResult>;
  listVersions(bucket: string, request: VersionPageRequest): Promise<VersionPage>;

  /** Replaces the whole tag set; an empty one removes it. `InvalidTag`, `BadRequest` (over ten). Resolves with the version changed. */
  putTags(address: ObjectAddress, tags: readonly Tag[]): Promise<StoredInfo>;
  /** `AccessControlListNotSupported` when the bucket's owner is enforced and more than the owner is named. */
  putAcl(address: ObjectAddress, acl: AccessControlList): Promise<StoredInfo>;
  /** Undefined removes it. `InvalidRequest` (no object lock), `AccessDenied` (weaker than what holds), `InvalidArgument` (past date). */
  putRetention(address: ObjectAddress, retention: Retention | undefined, bypassesGovernance: boolean): Promise<StoredInfo>;
  /** `InvalidRequest` when the bucket has no object lock. */
  putLegalHold(address: ObjectAddress, isOn: boolean): Promise<StoredInfo>;
  /**
   * RestoreObject. `accepted`: 202, under way; `extended`: 200, the copy was there and stays longer. `InvalidObjectState` (403, not
   * archived), `RestoreAlreadyInProgress` (409), `MalformedXML` (no days).
   */
  restore(address: ObjectAddress, request: RestoreRequest): Promise<'accepted' | 'extended'>;
  /** Changes how the object is said to be encrypted, in place: no new version, no new date or ETag. `check` throws to refuse. */
  putEncryption(
    address: ObjectAddress,
    encryption: ObjectEncryption,
    check?: (current: Partial<ObjectAttributes>) => void,
  ): Promise<StoredInfo>;
  putReplicationStatus(address: ObjectAddress, status: ReplicationStatus | undefined): Promise<StoredInfo>;
  /** Throws `InvalidObjectState` (403) when the object is archived and not restored now. */
  requireReadable(info: StoredInfo): void;
}
