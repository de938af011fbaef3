import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { readAll, spillError, writeAll } from './spillFile.js';

export const partitionCount = 512;
/** An entry is 12 bytes: 32 bits of hash; 16 bits of hash below 16 of the offset; 32 bits of the offset. */
const entryWords = 3;
const blockEntries = 1024;
const blockWords = blockEntries * entryWords;
const blockBytes = blockWords * 4;
/** The highest bit of an offset says that its row is of a chunk's second scan. */
const rescanned = 0x8000;

/** What one thread hands to all: memory is shared, files are read through one descriptor. */
export interface HashParts {
  readonly memory: SharedArrayBuffer;
  /** Per partition: its blocks in memory, the last one being filled. */
  readonly blocks: readonly (readonly number[])[];
  /** Per partition: entries in its last block. */
  readonly fills: readonly number[];
  /** Per partition: its full blocks in the file. */
  readonly spilled: readonly (readonly number[])[];
  readonly spillFile: number | undefined;
}

/**
 * Hashes of rows with the rows' offsets, in partitions by hash: each is small enough to be searched within the processor's cache.
 * Beyond `limitBytes` full blocks go to a file in `folder`. The system gives the memory when it is written to, not before.
 */
export class HashStore {
  readonly #blockCount: number;
  readonly #folder: string;
  readonly #memory: SharedArrayBuffer;
  readonly #words: Uint32Array;
  #untouched = 0;
  readonly #free: number[] = [];
  readonly #blocks: number[][] = Array.from({ length: partitionCount }, () => []);
  /** Per partition: the word for its next entry, and the end of its block. */
  readonly #next = new Uint32Array(partitionCount);
  readonly #ends = new Uint32Array(partitionCount);
  readonly #spilled: number[][] = Array.from({ length: partitionCount }, () => []);
  #spillFile: number | undefined;
  #spilledBlocks = 0;

  constructor(options: { readonly limitBytes: number; readonly folder: string }) {
    // Each partition has a block that is being filled and can't be spilled.
    this.#blockCount = Math.max(Math.floor(options.limitBytes / blockBytes), partitionCount + partitionCount / 2);
    this.#memory = new SharedArrayBuffer(this.#blockCount * blockBytes);
    this.#words = new Uint32Array(this.#memory);
    this.#folder = options.folder;
  }

  add(low: number, high: number, offset: number, isRescan: boolean): void {
    this.addList(Uint32Array.of(low, high, 0), 0, 1, offset, isRescan);
  }

  /** Adds a list of a kernel: hash low, hash high, address; the offset is the address and `base`. */
  addList(list: Uint32Array, from: number, count: number, base: number, isRescan: boolean): void {
    const flag = isRescan ? rescanned : 0;
    const words = this.#words;
    const next = this.#next;
    const ends = this.#ends;
    const end = from + count * 3;
    for (let at = from; at < end; at += 3) {
      const low = list[at] ?? 0;
      const partition = low & (partitionCount - 1);
      if (next[partition] === ends[partition]) this.#open(partition);
      const place = next[partition] ?? 0;
      const offset = (list[at + 2] ?? 0) + base;
      words[place] = list[at + 1] ?? 0;
      words[place + 1] = (low >>> 16) | (((offset / 0x100000000) | flag) << 16);
      words[place + 2] = offset;
      next[partition] = place + entryWords;
    }
  }

  parts(): HashParts {
    return {
      memory: this.#memory,
      blocks: this.#blocks,
      fills: Array.from(this.#next, (next, partition) => blockEntries - ((this.#ends[partition] ?? 0) - next) / entryWords),
      spilled: this.#spilled,
      spillFile: this.#spillFile,
    };
  }

  /** Closes the file; whoever made the folder removes it. */
  close(): void {
    if (this.#spillFile !== undefined) closeSync(this.#spillFile);
    this.#spillFile = undefined;
  }

  #open(partition: number): void {
    if (this.#free.length === 0 && this.#untouched === this.#blockCount) this.#spill();
    let block = this.#free.pop();
    if (block === undefined) {
      block = this.#untouched;
      this.#untouched += 1;
    }
    this.#blocks[partition]?.push(block);
    this.#next[partition] = block * blockWords;
    this.#ends[partition] = (block + 1) * blockWords;
  }

  #spill(): void {
    const path = join(this.#folder, `hashes-${threadId}`);
    try {
      this.#spillFile ??= openSync(path, 'wx+', 0o600);
      this.#spillTo(this.#spillFile);
    } catch (error) {
      throw spillError(path, error);
    }
  }

  /** All blocks are full but the last of each partition, and that one too when it is about to be followed. */
  #spillTo(file: number): void {
    for (const [partition, blocks] of this.#blocks.entries()) {
      const isLastFull = this.#next[partition] === this.#ends[partition];
      const full = blocks.splice(0, isLastFull ? blocks.length : Math.max(blocks.length - 1, 0));
      for (const block of full) {
        writeAll(file, new Uint8Array(this.#memory, block * blockBytes, blockBytes), this.#spilledBlocks * blockBytes);
        this.#spilled[partition]?.push(this.#spilledBlocks);
        this.#spilledBlocks += 1;
        this.#free.push(block);
      }
    }
  }
}

/** Reads partitions, one at a time, into memory that is used again for the next one. */
export class PartitionReader {
  readonly #parts: readonly HashParts[];
  #entries = new Uint32Array(0);
  #slots = new Uint32Array(0);

  constructor(parts: readonly HashParts[]) {
    this.#parts = parts;
  }

  /** The entries of a partition of all threads, one after the other, and a table of zeros with twice as many slots, a power of two. */
  read(partition: number): Partition {
    let blockCount = 0;
    for (const { blocks, spilled } of this.#parts)
      blockCount += (blocks[partition]?.length ?? 0) + (spilled[partition]?.length ?? 0);
    if (this.#entries.length < blockCount * blockWords) this.#entries = new Uint32Array(blockCount * blockWords * 1.25);
    let length = 0;
    for (const part of this.#parts) length = copyPartition(part, partition, this.#entries, length);
    let size = 1024;
    while (size < (length / entryWords) * 2) size *= 2;
    if (this.#slots.length < size) this.#slots = new Uint32Array(size);
    return { entries: this.#entries.subarray(0, length), slots: this.#slots.subarray(0, size).fill(0) };
  }
}

export interface Partition {
  readonly entries: Uint32Array;
  readonly slots: Uint32Array;
}

/** Appends the part of one thread; returns the new length in words. */
function copyPartition(
  { memory, blocks, fills, spilled, spillFile }: HashParts,
  partition: number,
  words: Uint32Array,
  from: number,
): number {
  let length = from;
  for (const block of spilled[partition] ?? []) {
    if (spillFile === undefined) throw new Error('Blocks were spilled, and there is no file.');
    readAll(spillFile, new Uint8Array(words.buffer, length * 4, blockBytes), block * blockBytes);
    length += blockWords;
  }
  const own = blocks[partition] ?? [];
  for (const [index, block] of own.entries()) {
    const isLast = index === own.length - 1;
    const wordCount = (isLast ? (fills[partition] ?? 0) : blockEntries) * entryWords;
    words.set(new Uint32Array(memory, block * blockBytes, wordCount), length);
    length += wordCount;
  }
  return length;
}

/** Half-open ranges of offsets, ascending: rows there count only when they are of a second scan. */
export type StaleRanges = readonly { readonly from: number; readonly to: number }[];

/** The offsets, ascending, of rows of one partition that have the same hash; most have not. A slot holds an entry's number + 1. */
export function findSameHashes({ entries, slots }: Partition, stale: StaleRanges): Float64Array[] {
  const count = entries.length / entryWords;
  const mask = slots.length - 1;
  /** Index pairs of an entry and the first one with its hash. */
  const heads: number[] = [];
  const members: number[] = [];
  for (let entry = 0; entry < count; entry += 1) {
    const at = entry * entryWords;
    if (stale.length > 0 && isStale(entries, at, stale)) continue;
    const high = entries[at] ?? 0;
    const middle = (entries[at + 1] ?? 0) & 0xffff;
    let slot = (high ^ (middle << 7)) & mask;
    for (;;) {
      const seen = slots[slot] ?? 0;
      if (seen === 0) {
        slots[slot] = entry + 1;
        break;
      }
      const other = (seen - 1) * entryWords;
      if (entries[other] === high && ((entries[other + 1] ?? 0) & 0xffff) === middle) {
        heads.push(seen - 1);
        members.push(entry);
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return groupOffsets(entries, heads, members);
}

function groupOffsets(entries: Uint32Array, heads: readonly number[], members: readonly number[]): Float64Array[] {
  const byHead = new Map<number, number[]>();
  for (const [index, head] of heads.entries()) {
    const group = byHead.get(head);
    const member = members[index] ?? 0;
    if (group === undefined) byHead.set(head, [head, member]);
    else group.push(member);
  }
  return Array.from(byHead.values(), (group) =>
    Float64Array.from(group, (entry) => offsetOf(entries, entry * entryWords)).toSorted(),
  );
}

function offsetOf(entries: Uint32Array, at: number): number {
  return (((entries[at + 1] ?? 0) >>> 16) & ~rescanned) * 0x100000000 + (entries[at + 2] ?? 0);
}

function isStale(entries: Uint32Array, at: number, stale: StaleRanges): boolean {
  if ((((entries[at + 1] ?? 0) >>> 16) & rescanned) !== 0) return false;
  const offset = offsetOf(entries, at);
  return stale.some(({ from, to }) => offset >= from && offset < to);
}
