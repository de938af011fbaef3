import { readSync, writeSync } from 'node:fs';
import { BatchError, isBatchError } from '../base/errors.js';
import { describeWriteError } from './fileErrors.js';

/** What is said when there is no room on disk for what has no room in memory. */
export function spillError(path: string, error: unknown): unknown {
  const told = describeWriteError(path, error);
  if (!isBatchError(told)) return error;
  return new BatchError(told.code, told.message, {
    hint: 'To find repeated rows, what has no room in memory is kept there. Free some space, let TMPDIR name another folder, or set the rule duplicate-row to off.',
    cause: error,
  });
}

/** Writes all of it. */
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** Fills `bytes` from a temporary file, which nobody else writes to. */
export function readAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error('A temporary file is shorter than it was.');
    done += read;
  }
}
