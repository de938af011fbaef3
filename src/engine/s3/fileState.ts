import { lstatSync } from 'node:fs';

/** How one state of a file is told from another. */
export interface FileState {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export function stateOf({ size, mtimeMs }: { size: number; mtimeMs: number }): FileState {
  return { sizeBytes: size, modifiedMs: Math.round(mtimeMs) };
}

/** Of the file at a path; undefined when it has gone. */
export function stateAt(path: string): FileState | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? stateOf(found) : undefined;
}

export function isSameState(a: FileState, b: FileState): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs;
}
