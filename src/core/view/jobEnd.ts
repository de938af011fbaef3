import type { JobListItem } from '../job/jobTypes.js';
import type { Formats } from './formats.js';
import { hasEnded, outcomeOf } from './jobOutcome.js';
import { jobLabel, stateText } from './jobText.js';

export interface JobEndMessage {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  /** A job that failed before its first task, or whose service gave no counts, may have no report. */
  readonly mayHaveReport: boolean;
}

/** What to say when a followed job has ended; undefined when it has not. Failed tasks make it a warning, never a success. */
export function jobEndMessage(job: JobListItem, formats: Formats): JobEndMessage | undefined {
  if (!hasEnded(job.Status)) return undefined;
  const text = formats.l10n.t('Job "{0}": {1}', jobLabel(job), stateText(job, formats));
  const summary = job.ProgressSummary;
  const ran = summary === undefined || (summary.NumberOfTasksSucceeded ?? 0) + (summary.NumberOfTasksFailed ?? 0) > 0;
  switch (outcomeOf(job.Status, summary)) {
    case 'succeeded':
      return { severity: 'information', text, mayHaveReport: ran };
    case 'failed':
      return { severity: 'error', text, mayHaveReport: ran };
    default:
      return { severity: 'warning', text, mayHaveReport: ran };
  }
}
