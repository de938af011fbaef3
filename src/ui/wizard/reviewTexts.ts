import * as vscode from 'vscode';
import { errorMessage, isCancelled } from '../../base/errors.js';
import { costLines } from '../../core/cost/costText.js';
import type { ManifestReach } from '../../core/cost/manifestReach.js';
import { formatJobFile, type JobFile } from '../../core/job/jobFile.js';
import type { Target } from '../../core/job/target.js';
import { commentLines } from '../../core/view/commentLines.js';
import { countReach } from '../cost/countReach.js';
import { estimateCost } from '../cost/estimateCost.js';
import type { Settings } from '../platform/settings.js';
import { readManifest } from '../run/readManifest.js';

/**
 * What the review of a job shows: the request as it will be sent, below an estimate of cost and reach. With a local manifest, first without
 * the number of its objects, then with it. Sends no request. Ends early when aborted.
 */
export async function* reviewTexts(
  settings: Settings,
  target: Target,
  job: JobFile,
  manifest: vscode.Uri | undefined,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const region = target.kind === 'aws' ? target.region : undefined;
  const request = [
    ...commentLines([vscode.l10n.t('The account, the token and the ETag of the manifest are filled in at submit.')]),
    formatJobFile(job),
  ];
  const text = (remark: string | undefined, reach?: ManifestReach): string => {
    const lines = costLines(estimateCost(settings, job, { reach, region }), vscode.l10n);
    const free = target.kind === 'local' ? [vscode.l10n.t('Nothing is paid on Local. On AWS:')] : [];
    return [...commentLines([...(remark === undefined ? [] : [remark]), ...free, ...lines]), '', ...request].join('\n');
  };
  if (manifest === undefined) {
    yield text(undefined);
    return;
  }
  yield text(vscode.l10n.t('Counting the objects of the manifest…'));
  try {
    yield text(undefined, await countReach(job, await readManifest(manifest), signal));
  } catch (error) {
    if (isCancelled(error)) return;
    yield text(vscode.l10n.t("The objects of the manifest can't be counted: {0}", errorMessage(error)));
  }
}
