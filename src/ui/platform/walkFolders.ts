/** One entry of a folder. */
export interface WalkEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

export interface WalkOptions {
  /** Entries of a folder, named by its path below the start: '' is the start itself. Forward slashes. */
  readonly list: (path: string) => Promise<readonly WalkEntry[]>;
  /** Whether the file at a path is one to return. */
  readonly isWanted: (path: string) => boolean;
  readonly skippedFolders: ReadonlySet<string>;
  readonly maxDepth: number;
  readonly maxFolders: number;
}

/** Paths of the files that are wanted, nearest first. Ends at the limits without a word: it looks where people put things. */
export async function walkFolders(options: WalkOptions): Promise<string[]> {
  const found: string[] = [];
  let level = [''];
  let folders = 0;
  for (let depth = 0; depth <= options.maxDepth && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      folders += 1;
      if (folders > options.maxFolders) return found;
      for (const entry of await options.list(folder)) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.kind === 'file' && options.isWanted(path)) found.push(path);
        else if (entry.kind === 'folder' && !options.skippedFolders.has(entry.name)) next.push(path);
      }
    }
    level = next;
  }
  return found;
}
