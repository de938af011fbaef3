import * as vscode from 'vscode';
import { listFolder, skippedFolders } from '../platform/findWorkspaceFiles.js';
import { type WalkEntry, walkFolders } from '../platform/walkFolders.js';

const maxDepth = 20;
const maxFolders = 20_000;

export interface FoundManifests {
  /** In the order of the paths, each once. */
  readonly files: readonly vscode.Uri[];
  /** Files and folders that are not there or may not be read. */
  readonly unread: readonly { readonly uri: vscode.Uri; readonly error: unknown }[];
}

/** The files to lint: the files given, whatever they are called, and of the folders given those below that are manifests. */
export async function findManifests(
  given: readonly vscode.Uri[],
  isManifestFile: (uri: vscode.Uri) => boolean,
): Promise<FoundManifests> {
  const found = new Map<string, vscode.Uri>();
  const unread: { uri: vscode.Uri; error: unknown }[] = [];
  /** What can't be read hides nothing else. */
  const reading = async <T>(uri: vscode.Uri, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      unread.push({ uri, error });
      return undefined;
    }
  };
  const list = async (folder: vscode.Uri): Promise<WalkEntry[]> => (await reading(folder, () => listFolder(folder))) ?? [];
  for (const uri of given) {
    const stat = await reading(uri, async () => await vscode.workspace.fs.stat(uri));
    if (stat === undefined) continue;
    const isFolder = (stat.type & vscode.FileType.Directory) !== 0;
    const files = isFolder ? (await filesBelow(uri, list)).filter(isManifestFile) : [uri];
    for (const file of files) found.set(file.toString(), file);
  }
  return { files: [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)), unread };
}

async function filesBelow(folder: vscode.Uri, list: (folder: vscode.Uri) => Promise<WalkEntry[]>): Promise<vscode.Uri[]> {
  const paths = await walkFolders({
    list: async (path) => await list(vscode.Uri.joinPath(folder, path)),
    isWanted: () => true,
    skippedFolders,
    maxDepth,
    maxFolders,
  });
  return paths.map((path) => vscode.Uri.joinPath(folder, path));
}
