import * as vscode from 'vscode';
import { applyFix, parseJobFile } from '../../core/job/parseJobFile.js';
import { manifestOf } from '../run/manifestOf.js';
import { relativePath } from '../wizard/relativePath.js';

/** The edit that lets job files name their manifest by its new path, when files or folders are about to be renamed. */
export async function editsForRename(
  renames: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[],
  findJobFiles: () => Thenable<readonly vscode.Uri[]>,
): Promise<vscode.WorkspaceEdit | undefined> {
  const moved = (uri: vscode.Uri): vscode.Uri => {
    for (const { oldUri, newUri } of renames) {
      if (uri.scheme !== oldUri.scheme || uri.authority !== oldUri.authority) continue;
      if (uri.path === oldUri.path) return newUri;
      if (uri.path.startsWith(`${oldUri.path}/`)) return newUri.with({ path: newUri.path + uri.path.slice(oldUri.path.length) });
    }
    return uri;
  };
  const edit = new vscode.WorkspaceEdit();
  for (const file of await findJobFiles()) {
    const document = await vscode.workspace.openTextDocument(file);
    const { value } = parseJobFile(document.getText());
    const manifest = manifestOf(file, value ?? {});
    if (manifest === undefined) continue;
    const [fileAfter, manifestAfter] = [moved(file), moved(manifest)];
    if (fileAfter.toString() === file.toString() && manifestAfter.toString() === manifest.toString()) continue;
    const path = relativePath(fileAfter.path, manifestAfter.path);
    // A job file that moves together with its manifest still names it rightly.
    if (path === undefined || path === value?.['ManifestFile']) continue;
    const text = applyFix(document.getText(), { title: '', changes: [{ path: ['ManifestFile'], value: path }] });
    edit.replace(file, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  }
  return edit.size === 0 ? undefined : edit;
}
