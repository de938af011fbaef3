import { parseObjectArn } from '../job/arn.js';
import type { JobDescriptor } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import { type Formats, formatCount } from './formats.js';
import { operationText } from './jobDetails.js';
import { countsOf } from './jobOutcome.js';
import { jobLabel, progressText } from './jobText.js';
import { targetText } from './targetText.js';

/** A question before something that can't be taken back: what will happen, to what, where. */
export interface Prompt {
  readonly message: string;
  readonly detail: string;
  /** The button that does it. */
  readonly action: string;
}

function confirmPrompt(target: Target, job: JobDescriptor, formats: Formats): Prompt {
  const { l10n } = formats;
  const total = countsOf(job.ProgressSummary)?.total;
  const objects =
    total === undefined
      ? l10n.t('the objects')
      : total === 1
        ? l10n.t('1 object')
        : l10n.t('{0} objects', formatCount(total, formats));
  const place = parseObjectArn(job.Manifest?.Location.ObjectArn ?? '');
  const of = place === undefined ? objects : l10n.t('{0} of s3://{1}', objects, `${place.bucket}/${place.key}`);
  return {
    message: l10n.t('Run job "{0}" on {1}?', jobLabel(job), targetText(target)),
    detail: l10n.t('{0}, for {1}.', operationText(job), of),
    action: l10n.t('Run Job'),
  };
}

function cancelPrompt(target: Target, job: JobDescriptor, formats: Formats): Prompt {
  const { l10n } = formats;
  const progress = progressText(job.ProgressSummary, formats);
  const counts = countsOf(job.ProgressSummary);
  const hasRun = counts !== undefined && counts.succeeded + counts.failed > 0;
  return {
    message: l10n.t('Cancel job "{0}" on {1}?', jobLabel(job), targetText(target)),
    detail:
      progress === undefined || !hasRun
        ? l10n.t('No task has run yet. A cancelled job does not run again.')
        : l10n.t('{0}. What was done stays done, and a cancelled job does not run again.', progress),
    action: l10n.t('Cancel Job'),
  };
}

/** A job that a question is about, and where it runs. */
export interface PromptedJob {
  readonly target: Target;
  readonly job: JobDescriptor;
}

/** Jobs that a question names one by one; of more, the rest is counted. */
const namedJobs = 10;

/** One question for any number of jobs: the question of a single one, or all of them by name. `leftOut` were chosen and can't be meant. */
export function promptFor(
  kind: 'confirm' | 'cancel',
  jobs: readonly PromptedJob[],
  leftOut: number,
  formats: Formats,
): Prompt | undefined {
  const { l10n } = formats;
  const [first] = jobs;
  if (first === undefined) return undefined;
  const single = kind === 'confirm' ? confirmPrompt : cancelPrompt;
  if (jobs.length === 1 && leftOut === 0) return single(first.target, first.job, formats);
  const lines = jobs.slice(0, namedJobs).map(({ target, job }) => {
    const progress = progressText(job.ProgressSummary, formats) ?? operationText(job);
    return `• ${jobLabel(job)} · ${targetText(target)} · ${progress}`;
  });
  if (jobs.length > namedJobs) lines.push(l10n.t('and {0} more', formatCount(jobs.length - namedJobs, formats)));
  const rows = jobs.map(({ job }) => countsOf(job.ProgressSummary)?.total);
  const notes: string[] = [];
  if (kind === 'confirm') {
    const known = rows.reduce<number>((sum, total) => sum + (total ?? 0), 0);
    notes.push(
      rows.includes(undefined)
        ? l10n.t('At least {0} objects in all.', formatCount(known, formats))
        : l10n.t('{0} objects in all.', formatCount(known, formats)),
    );
  } else notes.push(l10n.t('What was done stays done, and a cancelled job does not run again.'));
  if (leftOut > 0) {
    notes.push(
      kind === 'confirm'
        ? l10n.t('{0} of the chosen jobs do not wait for confirmation and are left as they are.', formatCount(leftOut, formats))
        : l10n.t('{0} of the chosen jobs can no longer be cancelled and are left as they are.', formatCount(leftOut, formats)),
    );
  }
  const count = formatCount(jobs.length, formats);
  return {
    message: kind === 'confirm' ? l10n.t('Run {0} jobs?', count) : l10n.t('Cancel {0} jobs?', count),
    detail: [...lines, '', ...notes].join('\n'),
    action: kind === 'confirm' ? l10n.t('Run Jobs') : l10n.t('Cancel Jobs'),
  };
}
