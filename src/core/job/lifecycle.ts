import type { JobStatus, RequestedJobStatus } from './jobTypes.js';

/**
 * What may follow what. Source: S3 User Guide, batch-ops-job-status, and the AWS CLI's examples of update-job-status. That a job can
 * be cancelled in New, Preparing, Pausing and Paused is not documented: emulated.
 */
const transitions: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  New: ['Preparing', 'Failing', 'Failed', 'Cancelling', 'Cancelled'],
  Preparing: ['Suspended', 'Ready', 'Failing', 'Failed', 'Cancelling', 'Cancelled'],
  // Only for confirmation, never again later; fails when it waited for more than 30 days.
  Suspended: ['Ready', 'Cancelled', 'Failed'],
  Ready: ['Active', 'Cancelling', 'Cancelled'],
  Active: ['Completing', 'Pausing', 'Cancelling', 'Failing'],
  Pausing: ['Paused', 'Cancelling'],
  Paused: ['Active', 'Cancelling'],
  // Fails when the completion report can't be written, even if every task succeeded.
  Completing: ['Complete', 'Failing', 'Failed'],
  Complete: [],
  Cancelling: ['Cancelled'],
  Cancelled: [],
  Failing: ['Failed'],
  Failed: [],
};

/** A job that waits for its confirmation fails after this many days. Source: S3 User Guide, batch-ops-job-status. */
export const confirmationDays = 30;

/** A job is deleted this many days after it ended. Source: S3 User Guide, batch-ops-list-jobs. */
export const retentionDays = 90;

/** The only cause of `Suspended`. Source: IAM condition key s3:JobSuspendedCause. */
export const awaitingConfirmation = 'AWAITING_CONFIRMATION';

/** The failure threshold: a job fails once at least so many tasks have run … */
export const thresholdMinimumTasks = 1000;

/** … and more than this share of them failed. Source: S3 User Guide, batch-ops-job-status. */
const thresholdShare = 0.5;

/** Is the share of failed tasks, of those that ran so far, over the failure threshold? */
export function isOverFailureThreshold(succeeded: number, failed: number): boolean {
  const run = succeeded + failed;
  return run >= thresholdMinimumTasks && failed > run * thresholdShare;
}

export function canTransition(from: JobStatus, to: JobStatus): boolean {
  return transitions[from].includes(to);
}

/** The job has ended; nothing changes it any more. */
export function isTerminal(status: JobStatus): boolean {
  return transitions[status].length === 0;
}

/** The status that UpdateJobStatus moves a job to at once; undefined when the service refuses the request (JobStatusException). */
export function requestStatus(current: JobStatus, requested: RequestedJobStatus): JobStatus | undefined {
  if (requested === 'Ready') return current === 'Suspended' ? 'Ready' : undefined;
  switch (current) {
    case 'Suspended':
      return 'Cancelled';
    case 'New':
    case 'Preparing':
    case 'Ready':
    case 'Active':
    case 'Pausing':
    case 'Paused':
      return 'Cancelling';
    default:
      return undefined;
  }
}

/** UpdateJobPriority is refused for a job that has ended. Not documented in detail: emulated. */
export function canChangePriority(status: JobStatus): boolean {
  return !isTerminal(status);
}
