import * as vscode from 'vscode';

/** The document that a job file names as its manifest; undefined when it names none. */
export function manifestOf(jobFile: vscode.Uri, job: { readonly ManifestFile?: unknown }): vscode.Uri | undefined {
  const path = job.ManifestFile;
  if (typeof path !== 'string' || path === '') return undefined;
  return vscode.Uri.joinPath(jobFile, '..', ...path.split('/'));
}
