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

export function confirmPrompt(target: Target, job: JobDescriptor, formats: Formats): Prompt {
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

export function cancelPrompt(target: Target, job: JobDescriptor, formats: Formats): Prompt {
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
