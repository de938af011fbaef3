/** What a job changed in the local store: the record that the engine writes while the job runs. */

export type ChangeKind =
  'put' | 'copy' | 'remove' | 'tags' | 'acl' | 'retention' | 'legalHold' | 'restore' | 'encryption' | 'replicationStatus';

/** An object as it stood before or after a change. */
export interface ObjectState {
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly versionId: string;
}

/** One change of one object, in the order in which they were made. A line of JSON each. */
export interface StoreChange {
  /** Of the job's record, from 1. */
  readonly number: number;
  readonly kind: ChangeKind;
  readonly bucket: string;
  readonly key: string;
  /** The version that was named; absent when the current one was meant. */
  readonly versionId?: string;
  /** null: there was no object, or a delete marker was on top. */
  readonly before: ObjectState | null;
  /** null: removed. */
  readonly after: ObjectState | null;
  /** Where a copy came from. */
  readonly source?: { readonly bucket: string; readonly key: string };
  /** What was known of the object beside its bytes, where that changed: the member before and after. */
  readonly was?: unknown;
  readonly is?: unknown;
  /** True when the bytes from before are kept under this number. */
  readonly isKept?: boolean;
}

/** A change that was noted and then not made, as on a full disk. */
export interface UndoneChange {
  readonly undone: number;
}
