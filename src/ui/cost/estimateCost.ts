import * as vscode from 'vscode';
import { type CostFacts, costOfJob, type JobCost } from '../../core/cost/costOfJob.js';
import { parseFunctionArn } from '../../core/job/arn.js';
import { type JobFile, toJobFile } from '../../core/job/jobFile.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { Target } from '../../core/job/target.js';
import type { Settings } from '../platform/settings.js';

/** The estimate with the prices and the Region of the settings; the Region of the target when they name none. */
export function estimateCost(settings: Settings, job: JobFile, facts: CostFacts, scope?: vscode.Uri): JobCost {
  const set = settings.get('s3batch.cost.region', scope);
  const region = set === '' ? (facts.region ?? parseFunctionArn(job.Operation.LambdaInvoke?.FunctionArn ?? '')?.region) : set;
  return costOfJob(job, { ...facts, region, prices: settings.get('s3batch.cost.prices', scope) }, vscode.l10n);
}

/** US dollars for a job on AWS whose tasks are counted, to a millionth; undefined for any other. */
export function costOfTasks(settings: Settings, target: Target, job: JobDescriptor): number | undefined {
  const rows = job.ProgressSummary?.TotalNumberOfTasks ?? 0;
  if (target.kind !== 'aws' || rows === 0) return undefined;
  return Math.round(estimateCost(settings, toJobFile(job), { rows, region: target.region }).totalUsd * 1e6) / 1e6;
}
