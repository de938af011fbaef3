import * as vscode from 'vscode';
import type { JobCost } from '../../core/cost/costOfJob.js';
import { costMarkdown } from '../../core/cost/costText.js';
import type { CardDocuments } from '../platform/cardDocuments.js';
import { jobOfFile, reachOfFile } from '../policy/jobOfFile.js';
import type { Services } from '../platform/services.js';
import { estimateCost } from './estimateCost.js';

/** Shows what a job file costs and how far it reaches. Reads files and settings, requests nothing. */
export async function showCost(services: Services, cards: CardDocuments, given: vscode.Uri | undefined): Promise<JobCost> {
  const file = await jobOfFile(given);
  const cost = estimateCost(services.settings, file.job, { reach: await reachOfFile(file) }, file.uri);
  const name = vscode.l10n.t('Cost of {0}', file.uri.path.slice(file.uri.path.lastIndexOf('/') + 1));
  await cards.show(name, costMarkdown(cost, name, vscode.l10n));
  return cost;
}
