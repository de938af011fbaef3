import { lstatSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { ServiceError } from '../serviceError.js';
import { alternativeNames, isContinued, literalName, type Names, partOf, plainNames } from './keyNames.js';
import { compareUtf8 } from './keyOrder.js';
import type { Folding, NameKind, NameLookup } from './nameLookup.js';

/** One step below a common prefix: an object, or a further folder. */
export interface KeyEntry {
  /** The part of the key, without slash. */
  readonly part: string;
  /** The object's file, when it is one. */
  readonly file: string | undefined;
  /** The folders that hold the keys below, when it is one. Mostly one. */
  readonly directories: readonly string[];
}

/**
 * The folder of one bucket: where the file of a key is, where a new one goes, what there is. Links are never followed, so nothing
 * outside the folder is read or written whatever the key.
 */
export class BucketFolder {
  readonly root: string;
  readonly #lookup: NameLookup;
  readonly #folding: Folding;

  constructor(root: string, lookup: NameLookup, folding: Folding) {
    this.root = root;
    this.#lookup = lookup;
    this.#folding = folding;
  }

  /** The key's file, undefined when there is none. */
  async find(key: string): Promise<string | undefined> {
    const parts = key.split('/');
    if (this.#folding === 'exact' || process.platform !== 'linux') {
      // Most keys sit at their plain path. A real path equal to it has no link in it and is spelt like it.
      const plain = join(this.root, ...parts.flatMap((part) => plainNames(part)));
      try {
        if (realpathSync.native(plain) === plain && lstatSync(plain).isFile()) return plain;
      } catch (error) {
        if (!['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(errorCode(error) ?? '')) throw error;
      }
    }
    return this.#findBelow(this.root, parts, 0);
  }

  async #findBelow(directory: string, parts: readonly string[], index: number): Promise<string | undefined> {
    const part = parts[index] ?? '';
    const isLast = index === parts.length - 1;
    for (const names of formsOf(part)) {
      const path = await this.#follow(directory, names, isLast ? 'file' : 'directory');
      if (path === undefined) continue;
      const found = isLast ? path : await this.#findBelow(path, parts, index + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The path of the names, when the last one is of that kind and the ones before are folders. */
  async #follow(directory: string, names: Names, kind: NameKind): Promise<string | undefined> {
    let path = directory;
    for (const [index, name] of names.entries()) {
      const wanted = index === names.length - 1 ? kind : 'directory';
      if ((await this.#lookup(path, name)) !== wanted) return undefined;
      path = join(path, name);
    }
    return path;
  }

  /**
   * Makes the folders for a key that has no file yet and returns where its file goes. Call it, and rename into place, under the
   * bucket's lock.
   */
  async place(key: string): Promise<string> {
    const parts = key.split('/');
    let directory = this.root;
    for (const part of parts.slice(0, -1)) directory = await this.#placePart(directory, part, 'directory');
    return this.#placePart(directory, parts.at(-1) ?? '', 'file');
  }

  async #placePart(directory: string, part: string, kind: 'file' | 'directory'): Promise<string> {
    if (kind === 'directory') {
      for (const names of formsOf(part)) {
        const path = await this.#follow(directory, names, 'directory');
        if (path !== undefined) return path;
      }
    }
    for (const names of [plainNames(part), alternativeNames(part)]) {
      const path = await this.#claim(directory, names, kind);
      if (path !== undefined) return path;
    }
    throw new ServiceError(
      409,
      'OperationAborted',
      `Something in the data directory is in the way of the key: ${join(directory, ...plainNames(part))}`,
    );
  }

  /** The path of the names when they are free; their folders are made. */
  async #claim(directory: string, names: Names, kind: 'file' | 'directory'): Promise<string | undefined> {
    let path = directory;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const found = await this.#lookup(path, name);
      if (found !== 'none' && (isLast || found !== 'directory')) return undefined;
      path = join(path, name);
      if (found === 'none' && !(isLast && kind === 'file')) await makeDirectory(path);
    }
    return path;
  }

  /** Removes the folders above a removed file that it leaves empty. Call it under the bucket's lock. */
  async prune(file: string): Promise<void> {
    for (let directory = dirname(file); directory.length > this.root.length; directory = dirname(directory)) {
      try {
        await rmdir(directory);
      } catch (error) {
        if (['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM', 'EACCES'].includes(errorCode(error) ?? '')) return;
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    }
  }

  /** The folders that hold the keys of a common prefix, given its parts; more than one when alternative names are in use. */
  async directoriesOf(parts: readonly string[]): Promise<readonly string[]> {
    let directories: readonly string[] = [this.root];
    for (const part of parts) {
      const below: string[] = [];
      for (const directory of directories) {
        for (const names of formsOf(part)) {
          const path = await this.#follow(directory, names, 'directory');
          if (path !== undefined) below.push(path);
        }
      }
      directories = below;
    }
    return directories;
  }

  /** All entries of these folders, which hold the keys of one common prefix, in the order of the keys that they lead to. */
  async entries(directories: readonly string[]): Promise<readonly KeyEntry[]> {
    const found = new Map<string, { file: string | undefined; directories: string[] }>();
    for (const directory of directories) await this.#read(directory, [], found);
    const entries: KeyEntry[] = [];
    for (const [part, { file, directories: below }] of found) {
      // A part that is both is two entries, since other keys may come between them: `a`, `a-b`, `a/b`.
      if (file !== undefined) entries.push({ part, file, directories: [] });
      if (below.length > 0) entries.push({ part, file: undefined, directories: below });
    }
    return entries
      .map((entry) => ({ entry, sortKey: entry.file === undefined ? `${entry.part}/` : entry.part }))
      .toSorted((a, b) => compareUtf8(a.sortKey, b.sortKey))
      .map(({ entry }) => entry);
  }

  async #read(
    directory: string,
    before: readonly string[],
    found: Map<string, { file: string | undefined; directories: string[] }>,
  ): Promise<void> {
    let listed;
    try {
      listed = await readdir(directory, { withFileTypes: true });
    } catch (error) {
      // Removed since its parent was read.
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    for (const item of listed) {
      const path = join(directory, item.name);
      const isDirectory = item.isDirectory();
      if (!isDirectory && !item.isFile()) continue;
      if (isDirectory && isContinued(item.name)) {
        await this.#read(path, [...before, item.name], found);
        continue;
      }
      const part = partOf([...before, item.name] as unknown as Names);
      if (part === undefined) continue;
      const known = found.get(part) ?? { file: undefined, directories: [] };
      found.set(part, known);
      if (isDirectory) known.directories.push(path);
      // Two files for one key: the one that `find` finds first counts.
      else if (known.file === undefined || rankOf(part, [...before, item.name]) === 0) known.file = path;
    }
  }
}

/** The names that a part may be found under, in the order in which they are tried. */
function formsOf(part: string): readonly Names[] {
  const literal = literalName(part);
  const forms = [plainNames(part), alternativeNames(part)];
  return literal === undefined ? forms : [...forms, [literal]];
}

function rankOf(part: string, names: readonly string[]): number {
  return formsOf(part).findIndex((form) => form.length === names.length && form.every((name, index) => name === names[index]));
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
