import type { CreateJobRequest, GeneratedManifest, JobFailure, JobStatus, Tag } from '../../core/job/jobTypes.js';
import type { ManifestLayout } from '../run/runPlan.js';

/** What is kept of a job in its job.json. Times are ISO 8601 with milliseconds. Replaced as a whole, never changed in place. */
export interface JobRecord {
  readonly version: 1;
  readonly id: string;
  /** Counts the jobs of a data folder: tells apart jobs of one millisecond. */
  readonly sequence: number;
  readonly createdAt: string;
  /** As it came, without AccountId and ClientRequestToken. */
  readonly request: CreateJobRequest;
  readonly token: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly tags: readonly Tag[];
  readonly statusReason?: string;
  readonly failures: readonly JobFailure[];
  readonly suspendedAt?: string;
  readonly terminatedAt?: string;
  /** Known once the manifest was read. */
  readonly layout?: ManifestLayout;
  /** Where the generated list is stored. */
  readonly generated?: GeneratedManifest;
  /** As of the last change of status; a running job's counts are in its task logs. */
  readonly succeeded: number;
  readonly failed: number;
  readonly activeMs: number;
  /** Starts of a run host so far. */
  readonly generation: number;
}

/** What a transition changes besides the status. */
export type JobChanges = Partial<Omit<JobRecord, 'version' | 'id' | 'sequence' | 'createdAt' | 'request' | 'token' | 'status'>>;
