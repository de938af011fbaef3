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

/** What to say about several followed jobs that ended while nobody watched. As bad as the worst of them. */
export function awayMessage(jobs: readonly JobListItem[], formats: Formats): JobEndMessage {
  const { l10n } = formats;
  const messages = jobs.map((job) => jobEndMessage(job, formats)).filter((message) => message !== undefined);
  const bad = messages.filter(({ severity }) => severity !== 'information').length;
  const severity = messages.some((message) => message.severity === 'error') ? 'error' : bad > 0 ? 'warning' : 'information';
  const text =
    bad === 0
      ? l10n.t('{0} jobs ended while you were away. All succeeded.', messages.length)
      : l10n.t('{0} jobs ended while you were away, {1} of them with failures or before their end.', messages.length, bad);
  return { severity, text, mayHaveReport: messages.some((message) => message.mayHaveReport) };
}
