import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuplicateIndex, hashText, type SeenIdentities } from '../core/manifest/duplicateIndex.js';
import { readAll, spillError, writeAll } from './spillFile.js';
import { removeWhenInterrupted } from './temporaryFiles.js';

/** A row that repeats an earlier one. Lines are 0-based. */
export interface RepeatedRow {
  readonly line: number;
  /** UTF-16 units of the row. */
  readonly length: number;
  readonly firstLine: number;
}

/** What was found once it was too late to say so row by row. */
export interface RepeatedRows {
  readonly count: number;
  /** The first in the file, in its order. */
  readonly first: readonly RepeatedRow[];
}

export interface SeenRowsOptions {
  /** Memory for what is remembered; beyond it, rows go to a file. */
  readonly limitBytes: number;
  /** Where the file is made, in a folder of its own; the system's unless said. */
  readonly temporaryFolder?: string | undefined;
  /** How many repeated rows are listed; all are counted. */
  readonly maxListed: number;
}

/** What an index needs for a row at most: a slot of 12 bytes, half of them free, and half as much again while it grows. */
const bytesPerRow = 36;
const partitionCount = 256;
/** Low and high half of the hash, line, length of the row. */
const entryWords = 4;
const blockEntries = 1024;
const blockWords = blockEntries * entryWords;
const blockBytes = blockWords * 4;

/**
 * Remembers which rows a file has had that can be read only once, from begin to end. As long as memory allows, each repeated row is known
 * at once. Beyond that all rows go to a file in partitions by hash, and the repeated ones are known at the end: memory does not grow any
 * more. Two rows are the same when 64 bits of hash are.
 */
export class SeenRows implements SeenIdentities {
  readonly #options: SeenRowsOptions;
  #index: DuplicateIndex | undefined = new DuplicateIndex();
  #file: PartitionFile | undefined;

  constructor(options: SeenRowsOptions) {
    this.#options = options;
  }

  add(identity: string, line: number, length: number): number | undefined {
    const { low, high } = hashText(identity);
    if (this.#index !== undefined) {
      const firstLine = this.#index.addHash(low, high, line);
      if (firstLine === undefined && (this.#index.size + 1) * bytesPerRow > this.#options.limitBytes) this.#spill(this.#index);
      return firstLine;
    }
    this.#file?.add(low, high, line, length);
    return undefined;
  }

  /** Those that `add` could not tell. */
  finish(): RepeatedRows {
    if (this.#file === undefined) return { count: 0, first: [] };
    const { maxListed } = this.#options;
    let first: RepeatedRow[] = [];
    let count = 0;
    const trim = (): void => {
      first = first.toSorted((a, b) => a.line - b.line).slice(0, maxListed);
    };
    for (let partition = 0; partition < partitionCount; partition += 1) {
      const entries = this.#file.read(partition);
      const index = new DuplicateIndex();
      for (let at = 0; at < entries.length; at += entryWords) {
        const line = entries[at + 2] ?? 0;
        const firstLine = index.addHash(entries[at] ?? 0, entries[at + 1] ?? 0, line);
        if (firstLine === undefined) continue;
        count += 1;
        first.push({ line, length: entries[at + 3] ?? 0, firstLine });
        if (first.length >= 2 * maxListed + 4096) trim();
      }
    }
    trim();
    return { count, first };
  }

  close(): void {
    this.#file?.close();
  }

  #spill(index: DuplicateIndex): void {
    const file = new PartitionFile(this.#options.temporaryFolder ?? tmpdir());
    this.#file = file;
    // They are the first of their kind; how long they are is of no interest.
    index.forEach((low, high, line) => file.add(low, high, line, 0));
    this.#index = undefined;
  }
}

/** Entries in partitions by hash, in blocks of one file; a block of each partition is in memory. */
class PartitionFile {
  readonly #folder: string;
  readonly #settled: () => void;
  readonly #path: string;
  readonly #fd: number;
  readonly #words = new Uint32Array(partitionCount * blockWords);
  readonly #fills = new Uint32Array(partitionCount);
  readonly #blocks: number[][] = Array.from({ length: partitionCount }, () => []);
  #blockCount = 0;

  constructor(parent: string) {
    this.#folder = this.#write(parent, () => mkdtempSync(join(parent, 's3batch-lint-')));
    this.#settled = removeWhenInterrupted(this.#folder);
    this.#path = join(this.#folder, 'rows');
    this.#fd = this.#write(this.#path, () => openSync(this.#path, 'wx+', 0o600));
  }

  add(low: number, high: number, line: number, length: number): void {
    // An index looks for its place by the low half: of one partition that must not be always the same.
    const partition = high & (partitionCount - 1);
    const fill = this.#fills[partition] ?? 0;
    const at = partition * blockWords + fill;
    const words = this.#words;
    words[at] = low;
    words[at + 1] = high;
    words[at + 2] = line;
    words[at + 3] = length;
    this.#fills[partition] = fill + entryWords;
    if (fill + entryWords === blockWords) this.#flush(partition);
  }

  /** The entries of a partition, in the order in which they came. */
  read(partition: number): Uint32Array {
    const blocks = this.#blocks[partition] ?? [];
    const fill = this.#fills[partition] ?? 0;
    const entries = new Uint32Array(blocks.length * blockWords + fill);
    for (const [index, block] of blocks.entries()) {
      readAll(this.#fd, new Uint8Array(entries.buffer, index * blockBytes, blockBytes), block * blockBytes);
    }
    entries.set(this.#words.subarray(partition * blockWords, partition * blockWords + fill), blocks.length * blockWords);
    return entries;
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#settled();
  }

  #flush(partition: number): void {
    const bytes = new Uint8Array(this.#words.buffer, partition * blockBytes, blockBytes);
    this.#write(this.#path, () => writeAll(this.#fd, bytes, this.#blockCount * blockBytes));
    this.#blocks[partition]?.push(this.#blockCount);
    this.#blockCount += 1;
    this.#fills[partition] = 0;
  }

  #write<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw spillError(path, error);
    }
  }
}
