import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';
import { countedJobs, isConfirmedBy, type PricedJob, typedConfirmation } from '../../core/cost/confirmation.js';
import { amountText, type CostFacts } from '../../core/cost/costOfJob.js';
import { costSummary } from '../../core/cost/costText.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { Target } from '../../core/job/target.js';
import { targetText } from '../../core/view/targetText.js';
import type { Settings } from '../platform/settings.js';
import { estimateCost } from './estimateCost.js';

/** A job before it is submitted, or before it runs; what is known of its objects. */
export interface JobToConfirm {
  readonly target: Target;
  readonly job: JobFile;
  readonly facts: CostFacts;
  /** It waits for another confirmation before it runs. */
  readonly isConfirmedLater: boolean;
}

/**
 * Asks to type the number of objects of jobs that are bigger, together, than the setting `s3batch.jobs.confirmAbove`. Rejects with a
 * cancellation when that is not done. Asks nothing of smaller jobs.
 */
export async function confirmCost(
  settings: Settings,
  jobs: readonly JobToConfirm[],
  kind: 'submit' | 'run',
  token?: vscode.CancellationToken,
): Promise<void> {
  const priced = jobs.map(({ target, job, facts, isConfirmedLater }) => {
    const region = target.kind === 'aws' ? target.region : undefined;
    return { target, isConfirmedLater, cost: estimateCost(settings, job, { ...facts, region }) };
  });
  const limits = settings.get('s3batch.jobs.confirmAbove');
  const expected = typedConfirmation(priced, limits);
  if (expected === undefined) return;
  const ask =
    kind === 'submit'
      ? vscode.l10n.t('Type {0} to submit the job.', expected)
      : priced.length === 1
        ? vscode.l10n.t('Type {0} to run the job.', expected)
        : vscode.l10n.t('Type {0} to run the jobs.', expected);
  const typed = await vscode.window.showInputBox(
    {
      title: titleOf(countedJobs(priced, limits)),
      prompt: ask,
      ignoreFocusOut: true,
      validateInput: (text) => (isConfirmedBy(text, expected) ? undefined : ask),
    },
    token,
  );
  if (typed === undefined || !isConfirmedBy(typed, expected)) throw cancelledError();
}

function titleOf(jobs: readonly (PricedJob & { readonly target: Target })[]): string {
  const [first] = jobs;
  if (first !== undefined && jobs.length === 1) {
    const { cost, target } = first;
    return vscode.l10n.t('{0} on {1}: {2}', cost.operation, targetText(target), costSummary(cost, vscode.l10n));
  }
  const objects = jobs.reduce((sum, { cost }) => sum + (cost.rows ?? 0), 0);
  const usd = jobs.reduce((sum, { cost }) => sum + cost.totalUsd, 0);
  return vscode.l10n.t(
    '{0} jobs: {1} objects, at least {2} (estimate)',
    jobs.length,
    objects.toLocaleString('en'),
    amountText(usd),
  );
}
