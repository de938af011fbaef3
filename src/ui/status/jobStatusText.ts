import type { ActiveJob } from '../platform/jobActivity.js';

export interface JobStatusText {
  readonly text: string;
  /** One line a job. */
  readonly tooltip: string;
  /** Read aloud instead of the text with its icon. */
  readonly label: string;
  readonly hasFailures: boolean;
}

/** `vscode.l10n`, passed in so that this stays testable outside VS Code. */
export interface Localizer {
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** What the status bar says about the jobs that run now, or undefined when none does. */
export function jobStatusText(jobs: readonly ActiveJob[], l10n: Localizer): JobStatusText | undefined {
  const [first] = jobs;
  if (first === undefined) return undefined;
  const summary = jobs.length === 1 ? progressText(first, l10n) : l10n.t('{0} jobs', jobs.length);
  const isWaiting = jobs.every((job) => job.status === 'Suspended');
  const icon = isWaiting ? '$(debug-pause)' : '$(sync~spin)';
  return {
    text: `${icon} ${summary}`,
    label: l10n.t('S3 Batch: {0}', summary),
    tooltip: jobs.map((job) => `${job.label}: ${progressText(job, l10n)}`).join('\n'),
    hasFailures: jobs.some((job) => job.failedTasks > 0),
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
