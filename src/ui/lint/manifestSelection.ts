import * as vscode from 'vscode';
import type { Settings } from '../platform/settings.js';
import type { JobFileIndex } from './jobFileIndex.js';
import type { RememberedFiles } from './rememberedFiles.js';

/** True for documents that a person edits: not for the output panel, the old side of a diff or a settings page. */
export function isEditableDocument(document: vscode.TextDocument): boolean {
  const { scheme } = document.uri;
  return scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/** True when one of the patterns of `s3batch.manifest.files` matches. A pattern without `**` starts at the workspace folder. */
export function matchesPatterns(document: vscode.TextDocument, settings: Settings): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return settings.get('s3batch.manifest.files', document.uri).some((pattern) => {
    const glob = folder === undefined ? pattern : new vscode.RelativePattern(folder, pattern);
    return vscode.languages.match({ pattern: glob }, document) > 0;
  });
}

/** Decides which documents are manifests: what a person said wins, then job files, then the patterns. */
export function isManifest(
  document: vscode.TextDocument,
  sources: { settings: Settings; remembered: RememberedFiles; jobFiles: JobFileIndex },
): boolean {
  if (!isEditableDocument(document)) return false;
  const said = sources.remembered.get(document.uri.toString());
  if (said !== undefined) return said;
  return sources.jobFiles.find(document.uri) !== undefined || matchesPatterns(document, sources.settings);
}
