import { type BigIntStats, closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { BatchError, errorCode } from '../base/errors.js';
import { canNotRead, describeReadError } from './fileErrors.js';
import { type ReadRow, readRow } from './readRow.js';

/** Thrown when a file has rows that the fast lint leaves to the one that reads from begin to end. Never reaches a user. */
export class NeedsExactLint extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NeedsExactLint';
  }
}

const readAsync = promisify(read);
const chunkBytes = 256 * 1024;
const firstTry = 2048;
/** A row spans 1,024 lines at most and 64 Ki characters before its last line. */
const lastTry = 4 * 1024 * 1024;

/** Reads `[from, from + length)` of an open file, as far as there is so much. */
export function readInto(fd: number, bytes: Uint8Array, at: number, length: number, from: number): number {
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, at + done, length - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** Reads single rows of an open file. */
export class RowFile {
  readonly #fd: number;
  readonly #sizeBytes: number;
  readonly #small = new Uint8Array(firstTry);

  constructor(fd: number, sizeBytes: number) {
    this.#fd = fd;
    this.#sizeBytes = sizeBytes;
  }

  /** The row that begins at `offset`; all offsets are of the file. Throws NeedsExactLint when it has no end in sight. */
  rowAt(offset: number): ReadRow {
    for (let bytes = this.#small; ; bytes = new Uint8Array(lastTry)) {
      const length = readInto(this.#fd, bytes, 0, bytes.length, offset);
      const found = readRow(bytes.subarray(0, length), 0, offset + length >= this.#sizeBytes);
      if (typeof found === 'object') {
        return { ...found, end: offset + found.end, otherEnds: found.otherEnds.map((end) => offset + end) };
      }
      if (found === 'tooLong' || bytes.length === lastTry) throw new NeedsExactLint('a row without an end in sight');
    }
  }

  /** Line feeds in `[from, to)`. */
  countFeeds(from: number, to: number): number {
    const bytes = new Uint8Array(Math.min(to - from, 64 * 1024));
    let feeds = 0;
    for (let at = from; at < to; at += bytes.length) {
      const length = readInto(this.#fd, bytes, 0, Math.min(bytes.length, to - at), at);
      for (let feed = bytes.indexOf(0x0a); feed >= 0 && feed < length; feed = bytes.indexOf(0x0a, feed + 1)) feeds += 1;
    }
    return feeds;
  }
}

/** A file that is open, and what it was when it was opened. */
export class OpenedFile {
  readonly fd: number;
  readonly #path: string;
  readonly #name: string;
  readonly #before: BigIntStats;

  /** `name` is what messages call it. Throws `CanNotRead`. */
  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
    this.fd = refuse(name, () => openSync(path, 'r'));
    try {
      this.#before = refuse(name, () => fstatSync(this.fd, { bigint: true }));
      if (this.#before.isDirectory()) throw canNotRead(name, 'EISDIR');
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
  }

  /** False for pipes and devices, which have no size and can be read once only. */
  get isRegular(): boolean {
    return this.#before.isFile();
  }

  get sizeBytes(): number {
    return Number(this.#before.size);
  }

  /** All of it, chunk by chunk; a chunk is overwritten by the next one unless `areKept`. */
  async *chunks({ areKept = false } = {}): AsyncGenerator<Uint8Array, void, undefined> {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    // Only regular files have positions.
    for (let position = 0; ;) {
      const { bytesRead } = await this.#read(buffer, this.isRegular ? position : null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
      if (areKept) buffer = Buffer.allocUnsafe(chunkBytes);
    }
  }

  async #read(buffer: Uint8Array, position: number | null): Promise<{ bytesRead: number }> {
    try {
      return await readAsync(this.fd, buffer, 0, chunkBytes, position);
    } catch (error) {
      throw describeReadError(this.#name, error);
    }
  }

  /** Throws `FileChanged` when the path is another file by now, or none, or when the file was written to. */
  checkUnchanged(): void {
    if (!this.isRegular) return;
    let now: BigIntStats;
    try {
      now = statSync(this.#path, { bigint: true });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      throw new BatchError('FileChanged', `${this.#name} was removed while it was read.`, { cause: error });
    }
    const { ino, size, mtimeNs } = this.#before;
    if (now.ino === ino && now.size === size && now.mtimeNs === mtimeNs) return;
    throw new BatchError('FileChanged', `${this.#name} changed while it was read.`, {
      hint: 'Check it again when it is complete.',
    });
  }

  close(): void {
    closeSync(this.fd);
  }
}

function refuse<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw describeReadError(name, error);
  }
}
