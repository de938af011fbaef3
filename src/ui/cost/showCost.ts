import * as vscode from 'vscode';
import { type CostFacts, costOfJob, type JobCost } from '../../core/cost/costOfJob.js';
import { costMarkdown } from '../../core/cost/costText.js';
import { parseFunctionArn } from '../../core/job/arn.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { CardDocuments } from '../policy/cardDocuments.js';
import { jobOfFile, reachOfFile } from '../policy/jobOfFile.js';
import type { Services } from '../platform/services.js';

/** Shows what a job file costs and how far it reaches. Reads files and settings, requests nothing. */
export async function showCost(services: Services, cards: CardDocuments, given: vscode.Uri | undefined): Promise<JobCost> {
  const file = await jobOfFile(given);
  const cost = estimateCost(services, file.job, { reach: await reachOfFile(file) }, file.uri);
  const name = vscode.l10n.t('Cost of {0}', file.uri.path.slice(file.uri.path.lastIndexOf('/') + 1));
  await cards.show(name, costMarkdown(cost, name, vscode.l10n));
  return cost;
}

/** The estimate with the prices and the Region of the settings; the Region of the target when they name none. */
export function estimateCost(services: Services, job: JobFile, facts: CostFacts, scope?: vscode.Uri): JobCost {
  const set = services.settings.get('s3batch.cost.region', scope);
  const region = set === '' ? (facts.region ?? parseFunctionArn(job.Operation.LambdaInvoke?.FunctionArn ?? '')?.region) : set;
  return costOfJob(job, { ...facts, region, prices: services.settings.get('s3batch.cost.prices', scope) }, vscode.l10n);
}
