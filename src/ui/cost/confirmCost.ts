import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';
import { isConfirmedBy, typedConfirmation } from '../../core/cost/confirmation.js';
import { costSummary } from '../../core/cost/costText.js';
import type { ManifestReach } from '../../core/cost/manifestReach.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { Target } from '../../core/job/target.js';
import type { Services } from '../platform/services.js';
import { estimateCost } from './showCost.js';

/**
 * Asks to type the number of objects of a job that is bigger than the setting `s3batch.jobs.confirmAbove`. Rejects with a cancellation
 * when that is not done. Asks nothing of smaller jobs.
 */
export async function confirmCost(
  services: Services,
  target: Target,
  job: JobFile,
  known: { readonly reach?: ManifestReach | undefined; readonly rows?: number | undefined },
): Promise<void> {
  const cost = estimateCost(services, job, { ...known, region: target.kind === 'aws' ? target.region : undefined });
  const limits = services.settings.get('s3batch.jobs.confirmAbove');
  const expected = typedConfirmation(cost, limits, { target, isConfirmedLater: job.ConfirmationRequired !== false });
  if (expected === undefined) return;
  const ask = vscode.l10n.t('Type {0} to submit the job.', expected);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} on {1}: {2}', cost.operation, target.label, costSummary(cost, vscode.l10n)),
    prompt: ask,
    ignoreFocusOut: true,
    validateInput: (text) => (isConfirmedBy(text, expected) ? undefined : ask),
  });
  if (typed === undefined || !isConfirmedBy(typed, expected)) throw cancelledError();
}
