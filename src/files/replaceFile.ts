import { createWriteStream, type Stats } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import process from 'node:process';
import { BatchError, errorCode } from '../base/errors.js';
import { endStream, writeOut } from './streams.js';
import { removeWhenInterrupted } from './temporaryFiles.js';

/** Takes pieces of a file; resolves with false when nobody reads them any more. */
export type Write = (piece: string | Uint8Array) => Promise<boolean>;

/**
 * Writes a file so that its old content stays until all of the new is there: into a file beside it, which then takes its place. What
 * is not a regular file (`/dev/null`, a pipe) is written directly. Nothing is left behind when `produce` rejects or the process is
 * interrupted.
 */
export async function replaceFile(name: string, produce: (write: Write) => Promise<void>): Promise<void> {
  const before = await statOf(name);
  // A link stays a link: the file that it leads to is replaced.
  const path = before === undefined ? name : await realpath(name);
  if (before?.isDirectory() === true) throw new BatchError('CanNotWrite', `Can't write ${path}: it is a folder.`);
  if (before !== undefined && !before.isFile()) {
    await writeTo(path, {}, produce);
    return;
  }
  const temporary = temporaryName(path);
  const settled = removeWhenInterrupted(temporary);
  try {
    await writeTo(temporary, { mode: before?.mode ?? 0o666 }, produce);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(path, error);
  } finally {
    settled();
  }
}

/** Beside the file, so that it can take its place in one step. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}

/** True when both paths lead to one file, by whatever links. */
export async function isSameFile(first: string, second: string): Promise<boolean> {
  const [a, b] = [await statOf(first), await statOf(second)];
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Writes a file from the beginning and resolves when all of it is written. */
export async function writeTo(path: string, options: { mode?: number }, produce: (write: Write) => Promise<void>): Promise<void> {
  const stream: Writable = createWriteStream(path, options);
  const failed = new Promise<never>((_resolve, reject) => {
    stream.once('error', reject);
  });
  // Whoever waits first hears of it; without a listener here a late failure would end the process.
  failed.catch(() => undefined);
  try {
    await Promise.race([failed, produce((piece) => writeOut(stream, piece)).then(() => endStream(stream))]);
  } finally {
    stream.destroy();
  }
}

/** Undefined when there is nothing. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The error in words, when it is one of the file system that people meet. */
export function writeError(path: string, error: unknown): unknown {
  const code = errorCode(error);
  const reason =
    code === 'ENOENT'
      ? 'its folder does not exist'
      : code === 'EACCES'
        ? 'permission was denied'
        : code === 'ENOSPC'
          ? 'the disk is full'
          : '';
  return reason === '' ? error : new BatchError('CanNotWrite', `Can't write ${path}: ${reason}.`, { cause: error });
}
