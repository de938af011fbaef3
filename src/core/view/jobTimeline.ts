import type { JobDescriptor, JobStatus } from '../job/jobTypes.js';
import { type Formats, formatTime } from './formats.js';
import { hasEnded, type JobOutcome, outcomeOf } from './jobOutcome.js';
import { statusText } from './jobText.js';

/** A status and when it was first observed. */
export interface StatusPoint {
  readonly atMs: number;
  readonly status: JobStatus;
}

export interface TimelineItem {
  readonly label: string;
  /** In words; empty when it is not known. */
  readonly time: string;
  /** ISO 8601, for machines; empty when it is not known. */
  readonly iso: string;
  readonly outcome: JobOutcome;
  /** Where the job stands. */
  readonly isNow: boolean;
}

/**
 * The statuses that a job went through, oldest first. The service tells when a job was created, suspended and ended; what lies between is
 * known only as far as it was observed, and the first status that was observed may have begun earlier.
 */
export function jobTimeline(job: JobDescriptor, observed: readonly StatusPoint[], formats: Formats): readonly TimelineItem[] {
  const { l10n } = formats;
  const told: { readonly atMs: number; readonly status: JobStatus; readonly label: string }[] = [];
  const tell = (iso: string | undefined, status: JobStatus, label: string): void => {
    const atMs = Date.parse(iso ?? '');
    if (!Number.isNaN(atMs)) told.push({ atMs, status, label });
  };
  tell(job.CreationTime, 'New', l10n.t('Created'));
  tell(job.SuspendedDate, 'Suspended', statusText('Suspended', formats));
  if (hasEnded(job.Status)) tell(job.TerminationDate, job.Status, statusText(job.Status, formats));
  const toldStatuses = new Set(told.map(({ status }) => status));
  const seen = observed.flatMap(({ atMs, status }, index) => {
    // A window that was loaded anew sees again what the one before saw.
    if (toldStatuses.has(status) || observed[index - 1]?.status === status) return [];
    const label = statusText(status, formats);
    return [{ atMs, status, label: index === 0 ? l10n.t('{0}, or earlier', label) : label }];
  });
  const items = [...told, ...seen].toSorted((a, b) => a.atMs - b.atMs);
  const timeline = items.map(({ atMs, status, label }, index) => {
    const isNow = index === items.length - 1 && status === job.Status;
    const iso = new Date(atMs).toISOString();
    return { label, iso, time: formatTime(iso, formats), outcome: outcomeAt(status, job), isNow };
  });
  if (timeline.at(-1)?.isNow === true) return timeline;
  const now = { label: statusText(job.Status, formats), time: '', iso: '', outcome: outcomeAt(job.Status, job), isNow: true };
  return [...timeline, now];
}

/** Counts say something of the status that they were read with only. */
function outcomeAt(status: JobStatus, job: JobDescriptor): JobOutcome {
  return outcomeOf(status, status === job.Status ? job.ProgressSummary : undefined);
}
