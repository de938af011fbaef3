import * as vscode from 'vscode';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { allJobFiles, findWorkspaceFiles } from '../platform/findWorkspaceFiles.js';
import { manifestOf } from './manifestOf.js';

/** The job files of the workspace, by path. */
export async function findJobFiles(): Promise<readonly vscode.Uri[]> {
  const found = await findWorkspaceFiles(allJobFiles);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The job files that name a manifest, with what is written in them. */
export async function jobFilesOf(manifest: vscode.Uri): Promise<readonly { file: vscode.Uri; value: Record<string, unknown> }[]> {
  const found: { file: vscode.Uri; value: Record<string, unknown> }[] = [];
  for (const file of await findJobFiles()) {
    const { value = {} } = parseJobFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
    if (manifestOf(file, value)?.toString() === manifest.toString()) found.push({ file, value });
  }
  return found;
}
