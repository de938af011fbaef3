/** A file to write; the path is relative to the chosen folder, with forward slashes. */
export interface ScaffoldFile {
  readonly path: string;
  readonly text: string;
}

export interface WritePlan {
  readonly create: readonly ScaffoldFile[];
  /** There with the same content: nothing to do, nothing to ask. */
  readonly same: readonly ScaffoldFile[];
  /** There with another content: only a person may decide. */
  readonly conflicts: readonly ScaffoldFile[];
}

/** Sorts files by what is at their place; `existing` holds the text of every file that is there. Line ends do not make a difference. */
export function planWrites(files: readonly ScaffoldFile[], existing: ReadonlyMap<string, string>): WritePlan {
  const create: ScaffoldFile[] = [];
  const same: ScaffoldFile[] = [];
  const conflicts: ScaffoldFile[] = [];
  for (const file of files) {
    const there = existing.get(file.path);
    if (there === undefined) create.push(file);
    else if (normalise(there) === normalise(file.text)) same.push(file);
    else conflicts.push(file);
  }
  return { create, same, conflicts };
}

function normalise(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Why a function can't have this name (Lambda API, CreateFunction, FunctionName), or undefined. */
export type NameProblem = 'empty' | 'characters' | 'length';

export function functionNameProblem(name: string): NameProblem | undefined {
  if (name === '') return 'empty';
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'characters';
  return name.length > 64 ? 'length' : undefined;
}
