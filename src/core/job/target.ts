import type { ListedPage, ListingRequest } from '../manifest/making/bucketListing.js';
import type { CreateJobRequest, JobDescriptor, JobListItem, JobStatus, RequestedJobStatus, Tag } from './jobTypes.js';

/** Where jobs run. `local` is the engine on this machine; `aws` is a profile and a Region. */
export interface Target {
  /** Stable: `local`, or `aws:<profile>:<region>`. */
  readonly id: string;
  readonly kind: 'local' | 'aws';
  readonly label: string;
  readonly region: string;
  /** Of the AWS configuration files; undefined for Local and for the credentials of the environment. */
  readonly profile?: string;
}

export interface FunctionSummary {
  readonly name: string;
  readonly arn: string;
  readonly runtime?: string;
  readonly description?: string;
  /** What is to be known before it is chosen: of a local one that it is declared twice, of one of AWS why its state is what it is. */
  readonly stateReason?: string;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Without the quotes that S3 puts around it. */
  readonly etag: string;
}

/** A published version of a function, or an alias that points to one. */
export interface FunctionQualifier {
  /** `7`, or the name of an alias. */
  readonly name: string;
  readonly kind: 'version' | 'alias';
  /** With the qualifier: what a job invokes. */
  readonly arn: string;
  readonly description?: string;
  /** The version that an alias points to. */
  readonly version?: string;
}

export interface RoleSummary {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** Its trust policy names the service principal of S3 Batch Operations; a job can't run with a role that does not. */
  readonly trustsBatchOperations: boolean;
}

export interface KeySummary {
  readonly keyId: string;
  readonly arn: string;
  /** With the prefix `alias/`. */
  readonly aliases: readonly string[];
}

export type BucketVersioning = 'Enabled' | 'Suspended' | 'Off';

/** An object that is read as it arrives. */
export interface ObjectStream {
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** To be read once, to its end or to a `break`, which ends the connection. Rejects with a BatchError. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * What the UI and the CLI ask of a target. Implemented once, in `aws/`, for the engine and for AWS alike: both are reached over the
 * wire with the AWS SDK. Every call rejects with a BatchError whose `code` is the service's error code (`NoSuchJob`, `AccessDenied`, …).
 */
export interface TargetClient {
  readonly target: Target;
  /** 12 digits. */
  accountId(signal?: AbortSignal): Promise<string>;

  createJob(request: CreateJobRequest, signal?: AbortSignal): Promise<{ jobId: string }>;
  listJobs(
    options?: { statuses?: readonly JobStatus[]; maxResults?: number; nextToken?: string },
    signal?: AbortSignal,
  ): Promise<{ jobs: readonly JobListItem[]; nextToken?: string }>;
  describeJob(jobId: string, signal?: AbortSignal): Promise<JobDescriptor>;
  updateJobPriority(jobId: string, priority: number, signal?: AbortSignal): Promise<void>;
  updateJobStatus(
    jobId: string,
    status: RequestedJobStatus,
    reason: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ status: string }>;
  getJobTags(jobId: string, signal?: AbortSignal): Promise<readonly Tag[]>;
  putJobTags(jobId: string, tags: readonly Tag[], signal?: AbortSignal): Promise<void>;

  listBuckets(signal?: AbortSignal): Promise<readonly string[]>;
  createBucket(bucket: string, signal?: AbortSignal): Promise<void>;
  listObjects(
    bucket: string,
    options?: { prefix?: string; delimiter?: string; maxKeys?: number; continuationToken?: string },
    signal?: AbortSignal,
  ): Promise<{ objects: readonly StoredObject[]; prefixes: readonly string[]; nextToken?: string }>;
  /** All objects, or all versions, of a bucket; needs s3:ListBucket or s3:ListBucketVersions of that bucket and nothing else. */
  listPages(request: ListingRequest, signal?: AbortSignal): AsyncIterable<ListedPage>;
  headObject(bucket: string, key: string, signal?: AbortSignal): Promise<StoredObject>;
  getObject(bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** For objects of any size: nothing of it is kept. `range` is in bytes, both ends included. */
  openObject(
    bucket: string,
    key: string,
    options?: { versionId?: string; range?: { first: number; last?: number } },
    signal?: AbortSignal,
  ): Promise<ObjectStream>;
  /** Where a bucket is, by HeadBucket: needs no ListBuckets and works across Regions. */
  bucketRegion(bucket: string, signal?: AbortSignal): Promise<string>;
  bucketVersioning(bucket: string, signal?: AbortSignal): Promise<BucketVersioning>;
  /** Uploads with SSE-S3: a CSV manifest under SSE-KMS fails in Preparing (S3 User Guide, batch-ops-create-job). */
  putObject(bucket: string, key: string, body: Uint8Array, signal?: AbortSignal): Promise<StoredObject>;

  listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]>;
  /** Aliases first, then published versions, newest first. The local engine has neither. */
  listFunctionQualifiers(functionName: string, signal?: AbortSignal): Promise<readonly FunctionQualifier[]>;
  /** Those that S3 Batch Operations may assume first. The local engine has none. */
  listRoles(signal?: AbortSignal): Promise<readonly RoleSummary[]>;
  /** The local engine has none. */
  listKeys(signal?: AbortSignal): Promise<readonly KeySummary[]>;
  /** Forgets credentials that were refused or have expired, so that the next call looks for new ones. */
  forgetCredentials(): void;
  dispose(): void;
}

/** The line that the engine prints when it is ready; what a client needs to reach it. */
export interface EngineConnection {
  /** `http://127.0.0.1:PORT`. SDK clients use `http://localhost:PORT` with a look-up of their own, because of the account-id host label. */
  readonly endpoint: string;
  readonly port: number;
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly dataDirectory: string;
}
