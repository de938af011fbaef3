import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import type { ManifestReach } from '../../core/cost/manifestReach.js';
import { type JobFile, jobFileSuffix } from '../../core/job/jobFile.js';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { activeFile } from '../platform/activeFile.js';
import { countReach } from '../cost/countReach.js';
import { manifestOf } from '../run/manifestOf.js';
import { readManifest } from '../run/readManifest.js';

export interface JobOfFile {
  readonly uri: vscode.Uri;
  readonly job: JobFile;
}

/** The job of a file, or of the open one, as it is in the editor. Rejects with `NoJobFile`, or with `InvalidJob` when it has errors. */
export async function jobOfFile(given: vscode.Uri | undefined): Promise<JobOfFile> {
  const uri = given ?? activeFile();
  if (uri === undefined || !uri.path.endsWith(jobFileSuffix)) {
    throw new BatchError('NoJobFile', vscode.l10n.t('Open the job file first.'));
  }
  const { job, findings } = parseJobFile((await vscode.workspace.openTextDocument(uri)).getText());
  if (job !== undefined) return { uri, job };
  const error = findings.find((finding) => finding.severity === 'error');
  throw new BatchError('InvalidJob', error?.message ?? vscode.l10n.t('The job has errors.'), {
    hint: vscode.l10n.t('Correct the job file, then try again.'),
  });
}

/** How far the manifest reaches that a job file names; undefined when it names none. Reads files only. */
export async function reachOfFile({ uri, job }: JobOfFile): Promise<ManifestReach | undefined> {
  const manifest = manifestOf(uri, job);
  if (manifest === undefined) return undefined;
  const title = vscode.l10n.t('Reading the manifest…');
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title },
    async () => await countReach(job, await readManifest(manifest)),
  );
}
