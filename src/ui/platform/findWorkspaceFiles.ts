import * as vscode from 'vscode';
import { errorMessage } from '../../base/errors.js';
import { type WalkEntry, walkFolders } from './walkFolders.js';

const skipped = ['node_modules', '.git', '.aws-sam', 'dist', 'out'];
export const skippedFolders: ReadonlySet<string> = new Set(skipped);
const maxFiles = 2000;

export interface FileSearch {
  /** The same twice: for VS Code's own search, and for a file's address where that is missing. */
  readonly patterns: readonly string[];
  readonly isWanted: (uri: vscode.Uri) => boolean;
}

/** Every job file. */
export const allJobFiles: FileSearch = { patterns: ['**/*.s3job.json'], isWanted: ({ path }) => path.endsWith('.s3job.json') };

/**
 * Files of the workspace, without those of packages and builds. VS Code's search does it; where there is none (some virtual
 * workspaces and servers), the folders are read one by one, within limits.
 */
export async function findWorkspaceFiles(
  search: FileSearch,
  log: { warn(message: string): void } = { warn: () => undefined },
): Promise<vscode.Uri[]> {
  try {
    const excluded = `**/{${skipped.join(',')}}/**`;
    const found = await Promise.all(search.patterns.map((pattern) => vscode.workspace.findFiles(pattern, excluded, maxFiles)));
    return [...new Map(found.flat().map((uri) => [uri.toString(), uri])).values()];
  } catch (error) {
    log.warn(`The search of the workspace failed (${errorMessage(error)}); reading its folders instead.`);
  }
  const found: vscode.Uri[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const paths = await walkFolders({
      list: async (path) => await listFolder(vscode.Uri.joinPath(uri, path)),
      isWanted: (path) => search.isWanted(vscode.Uri.joinPath(uri, path)),
      skippedFolders,
      maxDepth: 8,
      maxFolders: 5000,
    });
    found.push(...paths.map((path) => vscode.Uri.joinPath(uri, path)));
  }
  return found;
}

/** What a folder holds. A link to a file is a file; a linked folder is not entered, because it may lead back up. */
export async function listFolder(folder: vscode.Uri): Promise<WalkEntry[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries.map(([name, type]) => ({
    name,
    kind: (type & vscode.FileType.File) !== 0 ? 'file' : type === vscode.FileType.Directory ? 'folder' : 'other',
  }));
}
