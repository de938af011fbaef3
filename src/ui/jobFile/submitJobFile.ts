import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { manifestOf } from '../run/manifestOf.js';
import { saveIfDirty, submitFromEditor } from '../run/submitFromEditor.js';
import { readValidJob } from './readValidJob.js';

/** Submits a job file as it is to a target that the person chooses. Undefined when nobody chose, or it was not created. */
export async function submitJobFile(services: Services, jobs: Jobs, file: vscode.Uri): Promise<JobReference | undefined> {
  await saveIfDirty(file);
  const job = await readValidJob(file);
  if (job === undefined) return undefined;
  const items = jobs.targets.targets.map((target) => ({ label: target.label, description: target.region, target }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Submit Job'),
    placeHolder: vscode.l10n.t('Where is the job to run?'),
  });
  if (chosen === undefined) return undefined;
  const client = await jobs.targets.client(chosen.target.id);
  const reference = await submitFromEditor({ services, client, job, manifest: manifestOf(file, job), jobFile: file });
  if (reference !== undefined) await jobs.follow(reference);
  return reference;
}
