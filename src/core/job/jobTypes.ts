/**
 * The job API's own structures, in the service's PascalCase. Source of every member: the S3 Control API Reference, CreateJob and
 * DescribeJob (https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html).
 * Timestamps are ISO 8601 strings with milliseconds, as on the wire. Limits are in `requestShapes.ts`, not here.
 */

/** All 13 statuses. Source: S3 User Guide, batch-ops-job-status, and the JobStatus enum of the API. */
export const jobStatuses = [
  'New',
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Completing',
  'Complete',
  'Cancelling',
  'Cancelled',
  'Failing',
  'Failed',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

export type RequestedJobStatus = 'Cancelled' | 'Ready';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface LambdaInvokeOperation {
  readonly FunctionArn: string;
  readonly InvocationSchemaVersion?: string;
  readonly UserArguments?: Readonly<Record<string, string>>;
}

/** Exactly one member is set. The catalogue (core/operations) knows which there are and what each holds. */
export interface JobOperation {
  readonly LambdaInvoke?: LambdaInvokeOperation;
  readonly [operation: string]: unknown;
}

export type ManifestField = 'Ignore' | 'Bucket' | 'Key' | 'VersionId';
export type ManifestFormat = 'S3BatchOperations_CSV_20180820' | 'S3InventoryReport_CSV_20161130';

export interface JobManifest {
  readonly Spec: { readonly Format: ManifestFormat; readonly Fields?: readonly ManifestField[] };
  readonly Location: { readonly ObjectArn: string; readonly ETag: string; readonly ObjectVersionId?: string };
}

/** S3GeneratedManifestDescriptor: where the list that the generator made is stored. */
export interface GeneratedManifest {
  readonly Format: string;
  readonly Location: JobManifest['Location'];
}

export interface JobReport {
  readonly Enabled: boolean;
  readonly Bucket?: string;
  readonly Format?: 'Report_CSV_20180820';
  readonly Prefix?: string;
  readonly ReportScope?: 'AllTasks' | 'FailedTasksOnly';
  readonly ExpectedBucketOwner?: string;
}

export interface CreateJobRequest {
  readonly AccountId?: string;
  /** Left out, the service behaves as if it were true: the job waits in Suspended. Always send it. */
  readonly ConfirmationRequired?: boolean;
  readonly Operation: JobOperation;
  readonly Report: JobReport;
  readonly ClientRequestToken?: string;
  readonly Manifest?: JobManifest;
  readonly ManifestGenerator?: unknown;
  readonly Description?: string;
  readonly Priority: number;
  readonly RoleArn: string;
  readonly Tags?: readonly Tag[];
}

export interface JobProgressSummary {
  readonly TotalNumberOfTasks?: number;
  readonly NumberOfTasksSucceeded?: number;
  readonly NumberOfTasksFailed?: number;
  readonly Timers?: { readonly ElapsedTimeInActiveSeconds?: number };
}

export interface JobFailure {
  readonly FailureCode?: string;
  readonly FailureReason?: string;
}

export interface JobDescriptor {
  readonly JobId: string;
  readonly ConfirmationRequired?: boolean;
  readonly Description?: string;
  readonly JobArn?: string;
  readonly Status: JobStatus;
  readonly Manifest?: JobManifest;
  readonly Operation?: JobOperation;
  readonly Priority: number;
  /** Absent means unknown, not zero. */
  readonly ProgressSummary?: JobProgressSummary;
  readonly StatusUpdateReason?: string;
  readonly FailureReasons?: readonly JobFailure[];
  readonly Report?: JobReport;
  readonly CreationTime?: string;
  readonly TerminationDate?: string;
  readonly RoleArn?: string;
  readonly SuspendedDate?: string;
  readonly SuspendedCause?: string;
  readonly ManifestGenerator?: unknown;
  readonly GeneratedManifestDescriptor?: GeneratedManifest;
}

/** One entry of ListJobs: no failure reasons, no role, no tags; Operation is the operation's name. */
export interface JobListItem {
  readonly JobId: string;
  readonly Description?: string;
  readonly Operation?: string;
  readonly Priority?: number;
  readonly Status: JobStatus;
  readonly CreationTime?: string;
  readonly TerminationDate?: string;
  readonly ProgressSummary?: JobProgressSummary;
}
