import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatchError, errorCode } from '../base/errors.js';
import { describeWriteError } from './fileErrors.js';
import { removeWhenInterrupted } from './temporaryFiles.js';

/** Takes pieces of a file; resolves with false when nobody reads them any more. */
export type Write = (piece: string | Uint8Array) => Promise<boolean>;

/**
 * Writes a file so that its old content stays until all of the new is there: into a file beside it, which then takes its place. What
 * is not a regular file (`/dev/null`, a pipe) is written directly. Nothing is left behind when `produce` rejects or the process is
 * interrupted. Resolves with what `produce` does.
 */
export async function replaceFile<T>(name: string, produce: (write: Write) => Promise<T>): Promise<T> {
  const before = await statOf(name);
  // A link stays a link: the file that it leads to is replaced.
  const path = before === undefined ? name : await realpath(name);
  if (before?.isDirectory() === true) throw new BatchError('CanNotWrite', `Can't write ${path}: it is a folder.`);
  if (before !== undefined && !before.isFile()) return await writeTo(path, undefined, produce);
  return await writeBeside(path, before?.mode ?? 0o666, produce, (temporary) => rename(temporary, path));
}

/** As `replaceFile`, for a file that must not be there: whatever appears at its place meanwhile stays, and `FileExists` is thrown. */
export async function createFile<T>(path: string, produce: (write: Write) => Promise<T>): Promise<T> {
  if ((await statOf(path)) !== undefined) throw fileExists(path);
  return await writeBeside(path, 0o666, produce, (temporary) => moveToFree(temporary, path));
}

/** Moves a file to a place where nothing may be. A link can't overwrite; file systems without links get the next best. */
export async function moveToFree(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await rm(temporary);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'EEXIST') throw fileExists(path);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EXDEV'].includes(code)) throw error;
    if ((await statOf(path)) !== undefined) throw fileExists(path);
    await rename(temporary, path);
  }
}

export function fileExists(path: string): BatchError {
  return new BatchError('FileExists', `${path} exists already.`, { hint: 'Choose another name.' });
}

/** Beside the file, so that it can take its place in one step. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** True when both paths lead to one file, by whatever links. */
export async function isSameFile(first: string, second: string): Promise<boolean> {
  const [a, b] = [await statOf(first), await statOf(second)];
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Paths below a file, links that lead nowhere, and names that the file system can't hold lead to nothing, too. */
const nothingCodes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** Undefined when there is nothing. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (nothingCodes.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Unlike `rm` with `force`, it does not mind a folder that is a file: the reason why nothing could be written there is told instead. */
export async function removeIfThere(path: string): Promise<void> {
  if ((await statOf(path)) !== undefined) await rm(path, { force: true });
}

/** Writes all of a piece where the file stands. */
export async function writeWhole(file: FileHandle, piece: string | Uint8Array): Promise<void> {
  const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

async function writeBeside<T>(
  path: string,
  mode: number,
  produce: (write: Write) => Promise<T>,
  settle: (temporary: string) => Promise<void>,
): Promise<T> {
  const temporary = temporaryName(path);
  const settled = removeWhenInterrupted(temporary);
  try {
    const produced = await writeTo(temporary, mode, produce);
    await settle(temporary);
    return produced;
  } catch (error) {
    await removeIfThere(temporary);
    throw describeWriteError(path, error);
  } finally {
    settled();
  }
}

async function writeTo<T>(path: string, mode: number | undefined, produce: (write: Write) => Promise<T>): Promise<T> {
  const file = await open(path, 'w', mode);
  try {
    return await produce(async (piece) => {
      try {
        await writeWhole(file, piece);
        return true;
      } catch (error) {
        // A named pipe whose reader went away.
        if (errorCode(error) === 'EPIPE') return false;
        throw describeWriteError(path, error);
      }
    });
  } finally {
    await file.close();
  }
}
