import { randomUUID, webcrypto } from 'node:crypto';
import * as vscode from 'vscode';
import { BatchError, isBatchError, isCancelled } from '../../base/errors.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { RowChoice } from '../../core/job/manifestRows.js';
import { submitJob, type SubmitStep } from '../../core/job/submitJob.js';
import type { TargetClient } from '../../core/job/target.js';
import { lintManifest } from '../../core/manifest/lintManifest.js';
import { targetText } from '../../core/view/targetText.js';
import { type ShownProgress, withCancellableProgress } from '../platform/cancellableProgress.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { readManifest } from './readManifest.js';

export interface SubmitFromEditorOptions {
  readonly services: Services;
  readonly client: TargetClient;
  readonly job: JobFile;
  /** The document behind `ManifestFile`; undefined when the job has none. */
  readonly manifest: vscode.Uri | undefined;
  /** Where a problem of the job itself is shown; undefined while it is not a file. */
  readonly jobFile?: vscode.Uri;
  /** Only these rows of the manifest. */
  readonly rows?: RowChoice | undefined;
  /** Runs the rows in an order drawn by this seed. */
  readonly shuffleSeed?: number | undefined;
  /** Fetches the objects of the rows before the job is there. */
  readonly fetch?: FetchIntoStore | undefined;
}

/** Brings the objects of a manifest into the local buckets, and says on the way how far it is. */
export type FetchIntoStore = (
  manifest: { readonly bytes: Uint8Array; readonly fields: readonly ManifestField[] | undefined },
  shown: Pick<ShownProgress, 'signal' | 'reach'>,
) => Promise<void>;

/** The job that was created, and what is known of it only now. */
export interface SubmittedReference extends JobReference {
  /** Of the manifest that was uploaded, in hex; undefined when none was. */
  readonly manifestSha256?: string;
}

/**
 * Submits a job with what is in the editor: unsaved manifests and job files are saved first, as before any run. Progress is a
 * notification with a Cancel button. A manifest or job with errors stops it and offers to show them; resolves with undefined then.
 * Rejects with the cancellation error, or with `SubmitInterrupted` when the job may exist although it was cancelled.
 */
export async function submitFromEditor(options: SubmitFromEditorOptions): Promise<SubmittedReference | undefined> {
  const { services, client, manifest, rows, shuffleSeed, fetch } = options;
  if (manifest !== undefined) await saveIfDirty(manifest);
  let last = 'check' as SubmitStep;
  try {
    const title = vscode.l10n.t('Submitting to {0}', targetText(client.target));
    return await withCancellableProgress(title, async ({ signal, token, say, reach }) => {
      let manifestSha256: string | undefined;
      const { jobId } = await submitJob({
        client,
        job: options.job,
        clientRequestToken: randomUUID(),
        ...(rows === undefined ? {} : { rows }),
        ...(shuffleSeed === undefined ? {} : { shuffleSeed }),
        ...(fetch === undefined ? {} : { fetch: async (bytes, fields) => await fetch({ bytes, fields }, { signal, reach }) }),
        signal,
        readFile: async () => {
          if (manifest === undefined) throw new Error('The job names no local manifest.');
          return await readManifest(manifest);
        },
        lint: ({ bytes, fields, isOneBucketOnly }) => {
          const severities = services.settings.get('s3batch.manifest.rules', manifest);
          return lintManifest(bytes, { fields, isOneBucketOnly, severities });
        },
        confirm: async (bytes) => {
          const [{ confirmCost }, { countReach }] = await Promise.all([
            import('../cost/confirmCost.js'),
            import('../cost/countReach.js'),
          ]);
          const { job } = options;
          manifestSha256 = bytes === undefined ? undefined : await sha256(bytes);
          const reach = bytes === undefined ? undefined : await countReach(job, bytes, signal);
          const isConfirmedLater = job.ConfirmationRequired !== false;
          const asked = { target: client.target, job, facts: { reach }, isConfirmedLater };
          await confirmCost(services.settings, [asked], 'submit', token);
        },
        onProgress: (step) => {
          last = step;
          say(stepText(step));
        },
      });
      services.log.info(`Created job ${jobId} on ${client.target.label}`);
      return { targetId: client.target.id, jobId, ...(manifestSha256 === undefined ? {} : { manifestSha256 }) };
    });
  } catch (error) {
    if (isCancelled(error) && last === 'create') {
      throw new BatchError('SubmitInterrupted', vscode.l10n.t('The job was being created when it was cancelled.'), {
        hint: vscode.l10n.t('Refresh the Jobs view to see whether it exists, and cancel it there.'),
        cause: error,
      });
    }
    const place = isBatchError(error) ? { ManifestHasErrors: manifest, InvalidJob: options.jobFile }[error.code] : undefined;
    if (place === undefined || !isBatchError(error)) throw error;
    offerProblems(error.message, place);
    return undefined;
  }
}

/** In hex; computed beside the thread that answers keys. */
async function sha256(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
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

function stepText(step: SubmitStep): string {
  switch (step) {
    case 'check':
      return vscode.l10n.t('Checking the job…');
    case 'lint':
      return vscode.l10n.t('Checking the manifest…');
    case 'fetch':
      return vscode.l10n.t('Fetching the objects…');
    case 'upload':
      return vscode.l10n.t('Uploading the manifest…');
    case 'create':
      return vscode.l10n.t('Creating the job…');
  }
}
