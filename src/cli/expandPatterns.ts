import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { compileGlob, hasGlobMagic } from '../base/glob.js';
import { BatchError, errorCode } from '../base/errors.js';
import { statOf } from '../files/replaceFile.js';

/**
 * The files that arguments name. What is a file, `-`, or no pattern stays as it is; a pattern (see compileGlob; on Windows with either
 * slash) becomes the files that match, in order. What begins with a dot, and `node_modules`, is left out unless the pattern names it. Throws `NoMatch` for a pattern without a match: a check of nothing must not pass.
 */
export async function expandPatterns(args: readonly string[], cwd: string): Promise<string[]> {
  const files = new Set<string>();
  for (const arg of args) {
    if (arg === '-' || !hasGlobMagic(arg) || (await statOf(resolve(cwd, arg))) !== undefined) {
      files.add(arg);
      continue;
    }
    const found = await findFiles(arg, cwd);
    if (found.length === 0) throw new BatchError('NoMatch', `No file matches '${arg}'.`);
    for (const path of found) files.add(path);
  }
  return [...files];
}

async function findFiles(arg: string, cwd: string): Promise<string[]> {
  const pattern = (process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg).replace(/^(\.\/)+/, '');
  const levels = pattern.split('/');
  const firstMagic = levels.findIndex(hasGlobMagic);
  const base = levels.slice(0, firstMagic).join('/');
  // Without a slash a pattern would match at any depth; on a command line it means this folder.
  const isMatch = compileGlob(levels.length === 1 ? `/${pattern}` : pattern);
  const isDeep = pattern.includes('**');
  const named = new Set(levels.filter((level) => !hasGlobMagic(level)));
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(resolve(cwd, folder === '' ? '.' : folder))) {
      const path = folder === '' ? entry.name : `${folder === '/' ? '' : folder}/${entry.name}`;
      const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
      if (isHidden && !named.has(entry.name)) continue;
      const stats = entry.isSymbolicLink() ? await statOf(join(resolve(cwd, folder === '' ? '.' : folder), entry.name)) : entry;
      // Linked folders are not entered: they may lead back up.
      if (stats?.isDirectory() === true && !entry.isSymbolicLink()) {
        if (isDeep || depth + 1 < levels.length) await visit(path, depth + 1);
      } else if (stats?.isFile() === true && isMatch(levels.length === 1 ? `/${path}` : path)) found.push(path);
    }
  };
  await visit(base === '' && pattern.startsWith('/') ? '/' : base, Math.max(0, firstMagic));
  return found.toSorted();
}

/** Nothing in a folder that is not there or may not be read: then no file of it matches. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}
