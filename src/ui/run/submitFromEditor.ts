import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isBatchError } from '../../base/errors.js';
import { type ManifestReach, ReachCounter } from '../../core/cost/manifestReach.js';
import type { JobFile } from '../../core/job/jobFile.js';
import { submitJob, type SubmitStep } from '../../core/job/submitJob.js';
import type { TargetClient } from '../../core/job/target.js';
import { lintManifest } from '../../core/manifest/lintManifest.js';
import type { JobReference } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

export interface SubmitFromEditorOptions {
  readonly services: Services;
  readonly client: TargetClient;
  readonly job: JobFile;
  /** The document behind `ManifestFile`; undefined when the job has none. */
  readonly manifest: vscode.Uri | undefined;
  /** Where a problem of the job itself is shown; undefined while it is not a file. */
  readonly jobFile?: vscode.Uri;
}

/**
 * Submits a job with what is in the editor: unsaved manifests and job files are saved first, as before any run. Progress is in the Jobs
 * view. A manifest or job with errors stops it and offers to show them; resolves with undefined then.
 */
export async function submitFromEditor(options: SubmitFromEditorOptions): Promise<JobReference | undefined> {
  const { services, client, manifest } = options;
  if (manifest !== undefined) await saveIfDirty(manifest);
  try {
    return await vscode.window.withProgress({ location: { viewId: 's3batch.jobs' } }, async (progress) => {
      const { jobId } = await submitJob({
        client,
        job: options.job,
        clientRequestToken: randomUUID(),
        readFile: async () => await readManifest(manifest),
        lint: ({ bytes, fields, isOneBucketOnly }) => {
          const severities = services.settings.get('s3batch.manifest.rules', manifest);
          return lintManifest(bytes, { fields, isOneBucketOnly, severities });
        },
        confirm: async (bytes) => {
          const { confirmCost } = await import('../cost/confirmCost.js');
          await confirmCost(services, client.target, options.job, { reach: reachOf(options.job, bytes) });
        },
        onProgress: (step) => progress.report({ message: stepText(step) }),
      });
      services.log.info(`Created job ${jobId} on ${client.target.label}`);
      return { targetId: client.target.id, jobId };
    });
  } catch (error) {
    const place = isBatchError(error) ? { ManifestHasErrors: manifest, InvalidJob: options.jobFile }[error.code] : undefined;
    if (place === undefined || !isBatchError(error)) throw error;
    offerProblems(error.message, place);
    return undefined;
  }
}

/** Says what is wrong and offers to look at it in the Problems view. Doesn't wait for an answer. */
export function offerProblems(message: string, uri: vscode.Uri): void {
  const show: vscode.MessageItem = { title: vscode.l10n.t('Show Problems') };
  void vscode.window.showErrorMessage(message, show).then(async (chosen) => {
    if (chosen !== show) return;
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}

export async function saveIfDirty(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty === true && !document.isUntitled) await document.save();
}

async function readManifest(uri: vscode.Uri | undefined): Promise<Uint8Array> {
  if (uri === undefined) throw new Error('The job names no local manifest.');
  // A document that was never saved is on no disk.
  if (uri.scheme === 'untitled') return new TextEncoder().encode((await vscode.workspace.openTextDocument(uri)).getText());
  return await vscode.workspace.fs.readFile(uri);
}

function reachOf(job: JobFile, manifest: Uint8Array | undefined): ManifestReach | undefined {
  if (manifest === undefined) return undefined;
  const counter = new ReachCounter(job.ManifestFile ?? '', job.Manifest?.Spec.Fields);
  counter.push(manifest);
  return counter.end();
}

function stepText(step: SubmitStep): string {
  switch (step) {
    case 'check':
      return vscode.l10n.t('Checking the job…');
    case 'lint':
      return vscode.l10n.t('Checking the manifest…');
    case 'upload':
      return vscode.l10n.t('Uploading the manifest…');
    case 'create':
      return vscode.l10n.t('Creating the job…');
  }
}
