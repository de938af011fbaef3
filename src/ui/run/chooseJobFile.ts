import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { findJobFiles } from './jobFilesOf.js';

export interface FileItem extends vscode.QuickPickItem {
  readonly file: vscode.Uri | 'new';
}

export function fileItem(file: vscode.Uri): FileItem {
  return { label: `$(play) ${vscode.workspace.asRelativePath(file)}`, file };
}

/** One of the job files of the workspace. Undefined when nobody chose; rejects with a BatchError when there is none. */
export async function chooseJobFile(placeHolder: string): Promise<vscode.Uri | undefined> {
  const files = await findJobFiles();
  if (files.length === 0) {
    throw new BatchError('NoJobFile', vscode.l10n.t('There is no job file (*.s3job.json) in this workspace.'), {
      hint: vscode.l10n.t('Create a job and save it as a job file, or open a manifest and run that.'),
    });
  }
  const chosen = await vscode.window.showQuickPick(files.map(fileItem), { placeHolder });
  return chosen === undefined || chosen.file === 'new' ? undefined : chosen.file;
}
