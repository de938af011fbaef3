import * as vscode from 'vscode';
import { listFolder, skippedFolders } from '../platform/findWorkspaceFiles.js';
import { walkFolders } from '../platform/walkFolders.js';

const maxDepth = 20;
const maxFolders = 20_000;

/**
 * The files to lint, in the order of the paths, each once: the files given, whatever they are called, and of the folders given those
 * below that are manifests. Throws when a file or folder is not there.
 */
export async function findManifests(
  given: readonly vscode.Uri[],
  isManifestFile: (uri: vscode.Uri) => boolean,
): Promise<vscode.Uri[]> {
  const found = new Map<string, vscode.Uri>();
  for (const uri of given) {
    const { type } = await vscode.workspace.fs.stat(uri);
    const files = (type & vscode.FileType.Directory) === 0 ? [uri] : await manifestsBelow(uri, isManifestFile);
    for (const file of files) found.set(file.toString(), file);
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function manifestsBelow(folder: vscode.Uri, isManifestFile: (uri: vscode.Uri) => boolean): Promise<vscode.Uri[]> {
  const paths = await walkFolders({
    list: async (path) => await listFolder(vscode.Uri.joinPath(folder, path)),
    isWanted: () => true,
    skippedFolders,
    maxDepth,
    maxFolders,
  });
  return paths.map((path) => vscode.Uri.joinPath(folder, path)).filter(isManifestFile);
}
