import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';

/** Saves the file and writes it anew without the byte order mark that it begins with: no edit of the text can take it away. */
export async function removeByteOrderMark(file: vscode.Uri | undefined): Promise<void> {
  const uri = file ?? vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'));
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) {
    throw new BatchError('NotSaved', vscode.l10n.t('The file could not be saved.'));
  }
  const bytes = await vscode.workspace.fs.readFile(uri);
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return;
  await vscode.workspace.fs.writeFile(uri, bytes.subarray(3));
}
