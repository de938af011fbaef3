import { lstatSync } from 'node:fs';
import { lstat, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.js';

/** What a name is in a folder. `other`: a link, a device, or a name that the disk takes for this one but that is spelt differently. */
export type NameKind = 'file' | 'directory' | 'other' | 'none';

/** Looks a name up without following links; tells spellings apart even on disks that don't. */
export type NameLookup = (directory: string, name: string) => Promise<NameKind>;

/** Whether a disk takes names for the same that differ in case or in Unicode form. */
export type Folding = 'exact' | 'folding';

export function createNameLookup(folding: Folding): NameLookup {
  return async (directory, name) => {
    const path = join(directory, name);
    let kind: NameKind;
    try {
      // At once: a look-up takes microseconds, a trip to a thread many times that.
      const stat = lstatSync(path);
      kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return 'none';
      throw error;
    }
    if (folding === 'exact' || kind === 'other') return kind;
    return (await isSpelt(directory, name)) ? kind : 'other';
  };
}

/** macOS and Windows tell the true spelling of a path; elsewhere the folder is read. */
async function isSpelt(directory: string, name: string): Promise<boolean> {
  if (process.platform === 'darwin' || process.platform === 'win32') {
    const path = join(directory, name);
    return (await realpath(path)) === path;
  }
  return (await readdir(directory)).includes(name);
}

/** Tries the disk out in a scratch folder. */
export async function detectFolding(scratchDirectory: string): Promise<Folding> {
  for (const [written, asked] of [
    ['Spelling-Probe', 'spelling-probe'],
    ['spelling-\u00e9', 'spelling-e\u0301'],
  ] as const) {
    const file = join(scratchDirectory, written);
    await writeFile(file, '');
    try {
      await lstat(join(scratchDirectory, asked));
      return 'folding';
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    } finally {
      await rm(file, { force: true });
    }
  }
  return 'exact';
}
