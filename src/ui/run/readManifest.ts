import * as vscode from 'vscode';

/** The bytes of a manifest as they are in the editor: unsaved text first. */
export async function readManifest(uri: vscode.Uri): Promise<Uint8Array> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  // A document that was never saved is on no disk.
  if (open?.isDirty === true || uri.scheme === 'untitled') {
    return new TextEncoder().encode((open ?? (await vscode.workspace.openTextDocument(uri))).getText());
  }
  return await vscode.workspace.fs.readFile(uri);
}
