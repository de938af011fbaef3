import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { errorCode } from '../../../base/errors.js';
import { diskError } from '../diskError.js';

/** Undefined when it was removed or replaced by a link since it was found. */
export async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw diskError(error);
  }
}

/** Bytes of an open file, end inclusive; the file is closed at the end. */
export function readHandle(handle: FileHandle, range: { start: number; end: number }): Readable {
  if (range.end < range.start) {
    const empty = Readable.from([]);
    empty.once('close', () => void handle.close());
    return empty;
  }
  return handle.createReadStream({ start: range.start, end: range.end, highWaterMark: 256 * 1024 });
}
