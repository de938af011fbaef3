import type { StructureShape } from './shape.js';
import type { Finding } from './validateShape.js';

/** One entry of the catalogue. Everything that the product knows about an operation is here or derived from it (design 4). */
export interface OperationDefinition {
  /** The member of JobOperation, which is also the OperationName that ListJobs returns. */
  readonly name: string;
  /** The console's label. */
  readonly label: string;
  /** One sentence: what it does to each object. */
  readonly doc: string;
  /** The AWS documentation page. */
  readonly docUrl: string;
  readonly parameters: StructureShape;
  /** Defaults that the wizard offers; keys are member names of `parameters`. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The Region that the job belongs in. Source: S3 User Guide, batch-ops-create-job and batch-ops-copy-object. */
  readonly jobRegion: 'objects' | 'destination';
  /** True when all rows of the manifest must name one bucket. */
  readonly isOneBucketOnly: boolean;
  /** Documented limit of objects in one job; undefined when AWS gives no number. */
  readonly maxObjects: number | undefined;
  /** May the rows name objects of directory buckets? Source: S3 User Guide, directory-buckets-objects-batch-ops. */
  readonly directoryBuckets: 'no' | 'yes' | 'withSchema2';
  /** True when the local engine has a performer for it. */
  readonly isPerformedLocally: boolean;
  /** True when the result is in the completion report only, so that a job without one is pointless. */
  readonly isReportNeeded: boolean;
  /** What the job role needs beside manifest and report. Source: S3 User Guide, batch-ops-iam-role-policies. */
  readonly permissions: OperationPermissions;
  /** What the job role needs besides, because of what the parameters ask for. */
  readonly permissionsFor?: (parameters: Readonly<Record<string, unknown>>) => Partial<OperationPermissions>;
  /** Members that the shape leaves open, and that the operation can't do without all the same; `check` says so of each. */
  readonly needed?: readonly string[];
  /**
   * Members that mean something only beside certain others: whether to ask for them, given the parameters so far. What is not named
   * here is always asked.
   */
  readonly appliesWhen?: Readonly<Record<string, (parameters: Readonly<Record<string, unknown>>) => boolean>>;
  /** What the operation does, or needs of the bucket, that people overlook: said beside every job that has it. */
  readonly notes?: readonly OperationNote[];
  /** Rules that one shape can't express, such as "UserArguments needs schema 2.0". Paths are relative to the operation's structure. */
  readonly check?: (parameters: Readonly<Record<string, unknown>>) => readonly Finding[];
}

export interface OperationNote {
  /** Stable, kebab-case. */
  readonly code: string;
  /** Whole sentences. */
  readonly message: string;
  /** For which parameters it is said; for all unless given. */
  readonly appliesTo?: (parameters: Readonly<Record<string, unknown>>) => boolean;
}

export interface OperationPermissions {
  /** On the objects of the manifest (`arn:aws:s3:::bucket/*`). */
  readonly objects: readonly string[];
  /** On the objects of the manifest besides, when its rows name versions. */
  readonly objectVersions: readonly string[];
  /** On the buckets of the manifest. */
  readonly buckets: readonly string[];
  /** On the buckets of the manifest besides, when the service generates the list. */
  readonly generatorBuckets: readonly string[];
  /** On the objects of the destination bucket; only Copy has one. */
  readonly destinationObjects: readonly string[];
  /** On the function that the job calls. */
  readonly functions: readonly string[];
  /** On the KMS keys of the objects; they are needed only when the objects are encrypted with KMS. */
  readonly keys: readonly string[];
  /** On the KMS key that the operation encrypts with, when its parameters name one. */
  readonly destinationKeys: readonly string[];
}
