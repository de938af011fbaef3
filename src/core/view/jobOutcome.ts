import { type JobProgressSummary, type JobStatus, jobStatuses } from '../job/jobTypes.js';
import { isTerminal } from '../job/lifecycle.js';

/**
 * What a job's status and counts mean together. `Complete` says only that every row was attempted, so a job that is complete is a
 * success only when its counts are known and none failed (S3 User Guide, batch-ops-job-status).
 */
export type JobOutcome =
  | 'preparing'
  | 'awaitingConfirmation'
  | 'waiting'
  | 'running'
  | 'ending'
  | 'succeeded'
  | 'completeWithFailures'
  | 'completeUnknown'
  | 'failed'
  | 'cancelled'
  | 'unknown';

export interface JobCounts {
  /** Undefined while the service has not counted. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
}

/** Undefined when the service gave no summary: that means unknown, not zero. */
export function countsOf(summary: JobProgressSummary | undefined): JobCounts | undefined {
  if (summary === undefined) return undefined;
  return {
    total: summary.TotalNumberOfTasks,
    succeeded: summary.NumberOfTasksSucceeded ?? 0,
    failed: summary.NumberOfTasksFailed ?? 0,
  };
}

/** `status` may be one that a newer service has and we don't know. */
export function outcomeOf(status: JobStatus, summary: JobProgressSummary | undefined): JobOutcome {
  switch (status) {
    case 'New':
    case 'Preparing':
      return 'preparing';
    case 'Suspended':
      return 'awaitingConfirmation';
    case 'Ready':
    case 'Pausing':
    case 'Paused':
      return 'waiting';
    case 'Active':
      return 'running';
    case 'Completing':
    case 'Cancelling':
    case 'Failing':
      return 'ending';
    case 'Complete': {
      const counts = countsOf(summary);
      if (counts === undefined) return 'completeUnknown';
      return counts.failed > 0 ? 'completeWithFailures' : 'succeeded';
    }
    case 'Failed':
      return 'failed';
    case 'Cancelled':
      return 'cancelled';
    default:
      return 'unknown';
  }
}

/** False for a status that a newer service has and we don't know. */
export function isKnownStatus(status: JobStatus): boolean {
  return jobStatuses.includes(status);
}

/** The job has ended, as far as we know its status. */
export function hasEnded(status: JobStatus): boolean {
  return isKnownStatus(status) && isTerminal(status);
}

/** A codicon and a theme colour, both by id. */
export interface IconView {
  readonly id: string;
  readonly color?: string;
}

const icons: Readonly<Record<JobOutcome, IconView>> = {
  preparing: { id: 'loading~spin' },
  awaitingConfirmation: { id: 'debug-pause', color: 'charts.yellow' },
  waiting: { id: 'watch' },
  running: { id: 'sync~spin', color: 'charts.blue' },
  ending: { id: 'loading~spin' },
  succeeded: { id: 'pass', color: 'testing.iconPassed' },
  completeWithFailures: { id: 'warning', color: 'problemsWarningIcon.foreground' },
  completeUnknown: { id: 'question' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  cancelled: { id: 'circle-slash', color: 'disabledForeground' },
  unknown: { id: 'question' },
};

export function outcomeIcon(outcome: JobOutcome): IconView {
  return icons[outcome];
}
