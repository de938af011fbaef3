import type { Clock } from '../../base/clock.js';
import type { JobFailure } from '../../core/job/jobTypes.js';
import type { EngineSettings } from '../contracts.js';
import type { ObjectAddress, VersionedObjectStore } from '../objectStore.js';
import type { TaskResult } from '../run/taskPerformer.js';

/** What performers work with. */
export interface OperationContext {
  readonly store: VersionedObjectStore;
  readonly clock: Clock;
  readonly accountId: string;
  readonly settings: EngineSettings;
}

/** One task: the object that a row of the manifest names. */
export interface OperationTask extends ObjectAddress {
  readonly jobId: string;
  /** Aborts when the engine closes: what copies or reads many bytes stops then. */
  readonly signal: AbortSignal;
}

/**
 * Performs one operation of the catalogue on the local store, as the service does through S3. `Parameters` is the operation's structure
 * in the request, which has been validated.
 */
export interface OperationPerformer<Parameters = never> {
  /** What the service checks before any key; the reason why the job fails, or undefined. `bucket` is the first row's. */
  readonly prepare?: (context: OperationContext, parameters: Parameters, bucket: string) => Promise<JobFailure | undefined>;
  /** Resolves with the ResultMessage of a success. Rejects with a ServiceError, which becomes the failed row, or a `TaskFailure`. */
  readonly perform: (context: OperationContext, parameters: Parameters, task: OperationTask) => Promise<string>;
  /** The result of a row whose version column is empty, where it is not the usual one. */
  readonly missingVersion?: TaskResult;
}

/** A failed task whose report row is not that of an S3 error. */
export class TaskFailure extends Error {
  readonly httpStatus: number;
  readonly errorCode: string;

  constructor(httpStatus: number, errorCode: string, message: string) {
    super(message);
    this.name = 'TaskFailure';
    this.httpStatus = httpStatus;
    this.errorCode = errorCode;
  }
}

/** ResultMessage of plain S3 operations, as observed on the service. */
export const successful = 'Successful';
