import * as vscode from 'vscode';
import type { Settings } from '../platform/settings.js';
import type { JobFileIndex } from './jobFileIndex.js';
import type { RememberedFiles } from './rememberedFiles.js';

/** True for documents that a person edits: not for the output panel, the old side of a diff or a settings page. */
export function isEditableDocument(document: vscode.TextDocument): boolean {
  const { scheme } = document.uri;
  return scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/**
 * True when one of the patterns of `s3batch.manifest.files` matches the file, or what it is without `.gz`. A pattern without `**` starts
 * at the workspace folder.
 */
export function matchesPatterns(uri: vscode.Uri, settings: Settings): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const files = [uri, ...(/\.gz$/i.test(uri.path) ? [uri.with({ path: uri.path.slice(0, -3) })] : [])];
  return settings.get('s3batch.manifest.files', uri).some((pattern) => {
    const glob = folder === undefined ? pattern : new vscode.RelativePattern(folder, pattern);
    // Of a document only the address is looked at, and for most files here there is no document.
    return files.some(
      (file) => vscode.languages.match({ pattern: glob }, { uri: file, languageId: '' } as vscode.TextDocument) > 0,
    );
  });
}

export interface SelectionSources {
  readonly settings: Settings;
  readonly remembered: RememberedFiles;
  readonly jobFiles: JobFileIndex;
}

/** Decides which files are manifests: what a person said wins, then job files, then the patterns. */
export function isManifestFile(uri: vscode.Uri, { settings, remembered, jobFiles }: SelectionSources): boolean {
  const said = remembered.get(uri.toString());
  if (said !== undefined) return said;
  return jobFiles.find(uri) !== undefined || matchesPatterns(uri, settings);
}
