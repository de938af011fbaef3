import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';
import type { JobFacts, PolicyGap } from '../../core/iam/jobFacts.js';
import { needsOfJob } from '../../core/iam/jobNeeds.js';
import { BatchError } from '../../base/errors.js';
import type { Services } from '../platform/services.js';
import { type JobOfFile, reachOfFile } from './jobOfFile.js';

/** What the policies of a job need to know: from the local manifest and the settings, else asked for. Rejects when that is cancelled. */
export async function askJobFacts(services: Services, file: JobOfFile): Promise<JobFacts> {
  const reach = await reachOfFile(file);
  const region = services.settings.get('s3batch.cost.region', file.uri);
  let facts: JobFacts = {
    ...(reach === undefined || reach.buckets.size === 0 ? {} : { buckets: [...reach.buckets.keys()] }),
    ...(region === '' ? {} : { region }),
  };
  for (;;) {
    const [gap] = needsOfJob(file.job, facts).gaps;
    if (gap === undefined) return facts;
    facts = { ...facts, ...(await ask(gap)) };
  }
}

async function ask(gap: PolicyGap): Promise<JobFacts> {
  if (gap.code === 'objects-bucket-unknown') {
    const text = await input(
      gap.message,
      vscode.l10n.t('Names of the buckets, with commas between them'),
      /^[a-z0-9A-Z._-]{3,255}(\s*,\s*[a-z0-9A-Z._-]{3,255})*$/,
    );
    return { buckets: text.split(',').map((name) => name.trim()) };
  }
  if (gap.code === 'region-unknown') {
    return { region: await input(gap.message, vscode.l10n.t('Region of the job, such as us-east-1'), /^[a-z]{2}(-[a-z]+)+-\d$/) };
  }
  throw new BatchError('PolicyGap', gap.message);
}

async function input(title: string, prompt: string, form: RegExp): Promise<string> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    validateInput: (value) => (form.test(value.trim()) ? undefined : prompt),
  });
  if (text === undefined) throw cancelledError();
  return text.trim();
}
