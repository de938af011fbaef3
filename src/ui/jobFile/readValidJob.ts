import * as vscode from 'vscode';
import type { JobFile } from '../../core/job/jobFile.js';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { offerProblems } from '../run/submitFromEditor.js';

/** The job of a file as it is in the editor; with errors it offers to show them and gives undefined. */
export async function readValidJob(file: vscode.Uri): Promise<JobFile | undefined> {
  const document = await vscode.workspace.openTextDocument(file);
  const { job } = parseJobFile(document.getText());
  if (job === undefined)
    offerProblems(vscode.l10n.t('The job file {0} has errors.', vscode.workspace.asRelativePath(file)), file);
  return job;
}
