import type { storageClasses } from '../operations/storageClasses.js';

/** S3JobManifestGenerator, as `manifestGeneratorShape` lets it pass. */
export interface ManifestGenerator {
  readonly S3JobManifestGenerator: {
    readonly SourceBucket: string;
    readonly ExpectedBucketOwner?: string;
    readonly EnableManifestOutput: boolean;
    readonly ManifestOutputLocation?: {
      readonly Bucket: string;
      readonly ManifestPrefix?: string;
      readonly ManifestFormat: string;
      readonly ManifestEncryption?: { readonly SSES3?: object; readonly SSEKMS?: { readonly KeyId: string } };
    };
    readonly Filter?: GeneratorFilter;
  };
}

export interface GeneratorFilter {
  readonly EligibleForReplication?: boolean;
  readonly CreatedAfter?: string;
  readonly CreatedBefore?: string;
  readonly ObjectReplicationStatuses?: readonly ('COMPLETED' | 'FAILED' | 'REPLICA' | 'NONE')[];
  readonly KeyNameConstraint?: {
    readonly MatchAnyPrefix?: readonly string[];
    readonly MatchAnySuffix?: readonly string[];
    readonly MatchAnySubstring?: readonly string[];
  };
  readonly ObjectSizeGreaterThanBytes?: number;
  readonly ObjectSizeLessThanBytes?: number;
  readonly MatchAnyStorageClass?: readonly (typeof storageClasses)[number][];
  readonly MatchAnyObjectEncryption?: readonly EncryptionFilter[];
}

/** One member is set. */
export interface EncryptionFilter {
  readonly SSES3?: object;
  readonly SSEKMS?: { readonly KmsKeyArn?: string; readonly BucketKeyEnabled?: boolean };
  readonly DSSEKMS?: { readonly KmsKeyArn?: string };
  readonly SSEC?: object;
  readonly NOTSSE?: object;
}

/** What the filter looks at. */
export interface FilteredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly createdMs: number;
  readonly storageClass: string;
  readonly encryption: {
    readonly kind: keyof EncryptionFilter;
    readonly kmsKeyArn?: string | undefined;
    readonly isBucketKeyEnabled?: boolean | undefined;
  };
  /** undefined: never replicated. */
  readonly replicationStatus: string | undefined;
  readonly isEligibleForReplication: boolean;
}

/**
 * Does the object meet all conditions? Bounds are exclusive; a list is met by any of its items. Source: API Reference,
 * JobManifestGeneratorFilter; that the conditions are joined by "and" is inferred.
 */
export function matchesFilter(filter: GeneratorFilter, object: FilteredObject): boolean {
  const { CreatedAfter: after, CreatedBefore: before, KeyNameConstraint: names = {} } = filter;
  const { ObjectSizeGreaterThanBytes: above, ObjectSizeLessThanBytes: below } = filter;
  const { key, sizeBytes, createdMs } = object;
  return (
    (filter.EligibleForReplication !== true || object.isEligibleForReplication) &&
    (after === undefined || createdMs > Date.parse(after)) &&
    (before === undefined || createdMs < Date.parse(before)) &&
    (above === undefined || sizeBytes > above) &&
    (below === undefined || sizeBytes < below) &&
    meets(names.MatchAnyPrefix, (prefix) => key.startsWith(prefix)) &&
    meets(names.MatchAnySuffix, (suffix) => key.endsWith(suffix)) &&
    meets(names.MatchAnySubstring, (part) => key.includes(part)) &&
    meets(filter.MatchAnyStorageClass, (storageClass) => storageClass === object.storageClass) &&
    meets(filter.ObjectReplicationStatuses, (status) => status === (object.replicationStatus ?? 'NONE')) &&
    meets(filter.MatchAnyObjectEncryption, (encryption) => isEncryptedSo(encryption, object.encryption))
  );
}

function meets<T>(items: readonly T[] | undefined, isMet: (item: T) => boolean): boolean {
  return items === undefined || items.some(isMet);
}

function isEncryptedSo(filter: EncryptionFilter, { kind, kmsKeyArn, isBucketKeyEnabled }: FilteredObject['encryption']): boolean {
  const wanted: { KmsKeyArn?: string; BucketKeyEnabled?: boolean } | undefined = filter[kind];
  if (wanted === undefined) return false;
  return (
    (wanted.KmsKeyArn === undefined || wanted.KmsKeyArn === kmsKeyArn) &&
    (wanted.BucketKeyEnabled === undefined || wanted.BucketKeyEnabled === (isBucketKeyEnabled ?? false))
  );
}
