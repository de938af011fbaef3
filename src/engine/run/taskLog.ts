import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { logDirectory } from './jobFiles.js';

/**
 * The journal of tasks: one append-only file a lane and start. A record is four little-endian words (text length in bytes, row,
 * outcome | attempt << 8, check) and the task's report row in UTF-8, padded with zeros to whole words. A file ends at its first record
 * that is cut short or fails its check: that is where a kill hit it.
 */
export const outcomes = { succeeded: 1, failed: 2, retry: 3 } as const;
export type LogOutcome = (typeof outcomes)[keyof typeof outcomes];

export const headerBytes = 16;
const headerWords = 4;
/** More than any report row can take: fields and message are limited. */
export const maxTextBytes = 64 * 1024;

export function recordBytes(textBytes: number): number {
  return headerBytes + ((textBytes + 3) & ~3);
}

/** Finishes the record at `offset`, whose text has been written behind its header already; returns the offset behind the record. */
export function sealRecord(
  bytes: Uint8Array,
  words: Int32Array,
  offset: number,
  record: { textBytes: number; row: number; outcome: LogOutcome; attempt: number },
): number {
  const end = offset + recordBytes(record.textBytes);
  for (let at = offset + headerBytes + record.textBytes; at < end; at += 1) bytes[at] = 0;
  const word = offset >> 2;
  words[word] = record.textBytes;
  words[word + 1] = record.row;
  words[word + 2] = record.outcome | (record.attempt << 8);
  words[word + 3] = checkOf(words, word, end >> 2);
  return end;
}

function checkOf(words: Int32Array, start: number, end: number): number {
  let check = 0x2545f491;
  for (let at = start; at < end; at += 1) {
    if (at === start + 3) continue;
    check = Math.imul(check ^ (words[at] as number), 0x01000193);
    check ^= check >>> 15;
  }
  return check;
}

/** A record where it lies in the scanner's buffer: valid only until the next one. */
export class LogRecord {
  row = 0;
  outcome: LogOutcome = outcomes.failed;
  attempt = 0;
  bytes = Buffer.alloc(0);
  /** Of the report row in `bytes`. */
  textStart = 0;
  textEnd = 0;

  /** The report row. */
  get text(): Buffer {
    return this.bytes.subarray(this.textStart, this.textEnd);
  }
}

/** What is read at once; no block has more text than this. */
export const blockBytes = 1024 * 1024;

/** Reads one file a block at a time, so that a reader can hand on what it made of a block before it takes the next. */
export class TaskLogScanner {
  readonly #handle: FileHandle;
  readonly #record = new LogRecord();
  readonly #buffer = Buffer.from(new ArrayBuffer(blockBytes));
  readonly #words = new Int32Array(this.#buffer.buffer);
  #filled = 0;
  #isBroken = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(file: string): Promise<TaskLogScanner> {
    return new TaskLogScanner(await open(file, 'r'));
  }

  /** Calls back for each whole record of the next block, always with the same object. False when the file, or what is good of it, ends. */
  async readBlock(onRecord: (record: LogRecord) => void): Promise<boolean> {
    if (this.#isBroken) return false;
    this.#record.bytes = this.#buffer;
    const { bytesRead } = await this.#handle.read(this.#buffer, this.#filled, this.#buffer.length - this.#filled, null);
    if (bytesRead === 0) return false;
    this.#filled += bytesRead;
    const offset = this.#readRecords(onRecord);
    // What is left over moves to the front, so that records stay aligned to words.
    this.#buffer.copyWithin(0, offset, this.#filled);
    this.#filled -= offset;
    return true;
  }

  #readRecords(onRecord: (record: LogRecord) => void): number {
    const record = this.#record;
    const words = this.#words;
    let offset = 0;
    while (this.#filled - offset >= headerBytes) {
      const word = offset >> 2;
      const textBytes = words[word] as number;
      if (textBytes < 0 || textBytes > maxTextBytes) {
        this.#isBroken = true;
        break;
      }
      const end = offset + recordBytes(textBytes);
      if (end > this.#filled) break;
      if (checkOf(words, word, end >> 2) !== words[word + headerWords - 1]) {
        this.#isBroken = true;
        break;
      }
      const kind = words[word + 2] as number;
      record.row = (words[word + 1] as number) >>> 0;
      record.outcome = (kind & 0xff) as LogOutcome;
      record.attempt = kind >>> 8;
      record.textStart = offset + headerBytes;
      record.textEnd = record.textStart + textBytes;
      onRecord(record);
      offset = end;
    }
    return offset;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Calls back for each whole record of a file, in order, always with the same object. */
export async function scanTaskLog(file: string, onRecord: (record: LogRecord) => void): Promise<void> {
  const scanner = await TaskLogScanner.open(file);
  try {
    while (await scanner.readBlock(onRecord));
  } finally {
    await scanner.close();
  }
}

/** The job's log files in the order in which they count: of two results of one row the first is the row's result. */
export async function taskLogFiles(directory: string): Promise<string[]> {
  const folder = logDirectory(directory);
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.tasks'))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What the logs say of a job: which rows have a result, and which wait for another attempt. */
export interface LogSummary {
  /** A bit a row, set when the row has its result. */
  readonly done: Uint8Array<SharedArrayBuffer>;
  readonly succeeded: number;
  readonly failed: number;
  /** Rows that were invoked but have no result yet, and the number of the last attempt (from 0). */
  readonly pending: ReadonlyMap<number, number>;
}

export async function summarizeLogs(directory: string, rows: number): Promise<LogSummary> {
  const done = new Uint8Array(new SharedArrayBuffer((rows + 7) >> 3));
  const pending = new Map<number, number>();
  let succeeded = 0;
  let failed = 0;
  for (const file of await taskLogFiles(directory)) {
    await scanTaskLog(file, ({ row, outcome, attempt }) => {
      if (row >= rows || isDone(done, row)) return;
      if (outcome === outcomes.retry) {
        pending.set(row, Math.max(attempt, pending.get(row) ?? 0));
        return;
      }
      markDone(done, row);
      if (outcome === outcomes.succeeded) succeeded += 1;
      else failed += 1;
    });
  }
  // A row's attempts and its result may be in different files.
  for (const row of pending.keys()) if (isDone(done, row)) pending.delete(row);
  return { done, succeeded, failed, pending };
}

export function isDone(done: Uint8Array, row: number): boolean {
  return ((done[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** Sets the bit; false when it was set before. */
export function markDone(done: Uint8Array, row: number): boolean {
  const index = row >> 3;
  const bit = 1 << (row & 7);
  const before = done[index] as number;
  done[index] = before | bit;
  return (before & bit) === 0;
}
