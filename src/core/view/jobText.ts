import type { JobProgressSummary, JobStatus } from '../job/jobTypes.js';
import { type Formats, formatCount } from './formats.js';
import { countsOf, outcomeOf } from './jobOutcome.js';

export interface JobState {
  readonly Status: JobStatus;
  readonly ProgressSummary?: JobProgressSummary;
}

/** `1,204 of 2,868 · 3 failed`; undefined while nothing was counted. */
export function progressText(summary: JobProgressSummary | undefined, formats: Formats): string | undefined {
  const counts = countsOf(summary);
  if (counts?.total === undefined || counts.total === 0) return undefined;
  const { l10n } = formats;
  const done = l10n.t('{0} of {1}', formatCount(counts.succeeded + counts.failed, formats), formatCount(counts.total, formats));
  return counts.failed === 0 ? done : `${done} · ${l10n.t('{0} failed', formatCount(counts.failed, formats))}`;
}

/** What stands behind a job's name. Short; "Complete" alone is never said of a job with failed tasks. */
export function stateText(job: JobState, formats: Formats): string {
  const { l10n } = formats;
  const counts = countsOf(job.ProgressSummary);
  const progress = progressText(job.ProgressSummary, formats);
  const withProgress = (text: string): string => (progress === undefined ? text : `${text} · ${progress}`);
  switch (outcomeOf(job.Status, job.ProgressSummary)) {
    case 'preparing':
      return l10n.t('Preparing');
    case 'awaitingConfirmation':
      return counts?.total === undefined
        ? l10n.t('Waits for confirmation')
        : l10n.t('Waits for confirmation · {0} objects', formatCount(counts.total, formats));
    case 'running':
      return progress ?? l10n.t('Active');
    case 'waiting':
    case 'ending':
      return withProgress(statusText(job.Status, formats));
    case 'succeeded':
      return l10n.t('Complete · {0} succeeded', formatCount(counts?.succeeded ?? 0, formats));
    case 'completeWithFailures':
      return l10n.t(
        'Complete, {0} failed · {1} succeeded',
        formatCount(counts?.failed ?? 0, formats),
        formatCount(counts?.succeeded ?? 0, formats),
      );
    case 'completeUnknown':
      return l10n.t('Complete, counts unknown');
    case 'failed':
    case 'cancelled':
      return withProgress(statusText(job.Status, formats));
    case 'unknown':
      return withProgress(job.Status);
  }
}

/** The status in words; one that we don't know as the service writes it. */
export function statusText(status: JobStatus, { l10n }: Formats): string {
  switch (status) {
    case 'New':
      return l10n.t('New');
    case 'Preparing':
      return l10n.t('Preparing');
    case 'Suspended':
      return l10n.t('Waits for confirmation');
    case 'Ready':
      return l10n.t('Ready');
    case 'Active':
      return l10n.t('Active');
    case 'Pausing':
      return l10n.t('Pausing');
    case 'Paused':
      return l10n.t('Paused');
    case 'Completing':
      return l10n.t('Completing');
    case 'Complete':
      return l10n.t('Complete');
    case 'Cancelling':
      return l10n.t('Cancelling');
    case 'Cancelled':
      return l10n.t('Cancelled');
    case 'Failing':
      return l10n.t('Failing');
    case 'Failed':
      return l10n.t('Failed');
    default:
      return status;
  }
}

/** The name of a job in lists: its description, or operation and the beginning of its id. */
export function jobLabel(job: { readonly JobId: string; readonly Description?: string; readonly Operation?: unknown }): string {
  if (job.Description !== undefined && job.Description.trim() !== '') return job.Description.trim();
  const name = typeof job.Operation === 'string' ? job.Operation : Object.keys((job.Operation as object | undefined) ?? {})[0];
  const shortId = job.JobId.slice(0, 8);
  return name === undefined || name === '' ? shortId : `${name} ${shortId}`;
}
