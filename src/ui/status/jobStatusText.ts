import type { JobReference } from '../platform/jobReference.js';
import type { ActiveJob, BadEnd } from '../platform/jobActivity.js';

export interface JobStatusText {
  readonly text: string;
  /** One line a job. */
  readonly tooltip: string;
  /** Read aloud instead of the text with its icon. */
  readonly label: string;
  /** How it stands out. */
  readonly severity: 'none' | 'warning' | 'error';
  /** The job that it is about, when it is about one that has ended. */
  readonly ended?: JobReference;
}

/** `vscode.l10n`, passed in so that this stays testable outside VS Code. */
export interface Localizer {
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** A name in the status bar is cut off after this many characters. */
const maxLabel = 32;

/** What the status bar says about the jobs that run now, or else about one that ended badly; undefined when there is nothing to say. */
export function jobStatusText(
  jobs: readonly ActiveJob[],
  badEnd: BadEnd | undefined,
  l10n: Localizer,
): JobStatusText | undefined {
  const [first] = jobs;
  if (first === undefined) return badEnd === undefined ? undefined : endText(badEnd, l10n);
  const summary = jobs.length === 1 ? progressText(first, l10n) : l10n.t('{0} jobs', jobs.length);
  const isWaiting = jobs.every((job) => job.status === 'Suspended');
  const icon = isWaiting ? '$(debug-pause)' : '$(sync~spin)';
  return {
    text: `${icon} ${summary}`,
    label: l10n.t('S3 Batch: {0}', summary),
    tooltip: jobs.map((job) => `${job.label}: ${progressText(job, l10n)}`).join('\n'),
    severity: jobs.some((job) => job.failedTasks > 0) ? 'warning' : 'none',
  };
}

function endText({ targetId, jobId, label, state, severity }: BadEnd, l10n: Localizer): JobStatusText {
  // The status bar reads `$(…)` as an icon, whoever wrote it.
  const name = label.replaceAll('$(', '$\u200b(');
  const short = name.length > maxLabel ? `${name.slice(0, maxLabel - 1)}…` : name;
  return {
    text: `$(${severity}) ${short}: ${state}`,
    label: l10n.t('S3 Batch: {0}', `${label}: ${state}`),
    tooltip: `${label}: ${state}`,
    severity,
    ended: { targetId, jobId },
  };
}

function progressText(job: ActiveJob, l10n: Localizer): string {
  if (job.status === 'Suspended') return l10n.t('Waits for confirmation');
  if (job.totalTasks === undefined || job.totalTasks === 0) return job.status;
  const done = number(job.succeededTasks + job.failedTasks);
  const total = number(job.totalTasks);
  return job.failedTasks === 0
    ? l10n.t('{0} of {1}', done, total)
    : l10n.t('{0} of {1} · {2} failed', done, total, number(job.failedTasks));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
