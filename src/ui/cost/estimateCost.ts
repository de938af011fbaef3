import * as vscode from 'vscode';
import { type CostFacts, costOfJob, type JobCost } from '../../core/cost/costOfJob.js';
import { parseFunctionArn } from '../../core/job/arn.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { Settings } from '../platform/settings.js';

/** The estimate with the prices and the Region of the settings; the Region of the target when they name none. */
export function estimateCost(settings: Settings, job: JobFile, facts: CostFacts, scope?: vscode.Uri): JobCost {
  const set = settings.get('s3batch.cost.region', scope);
  const region = set === '' ? (facts.region ?? parseFunctionArn(job.Operation.LambdaInvoke?.FunctionArn ?? '')?.region) : set;
  return costOfJob(job, { ...facts, region, prices: settings.get('s3batch.cost.prices', scope) }, vscode.l10n);
}
