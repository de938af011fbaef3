/**
 * How hashes of rows lie in memory, which kernels write and all threads read: see src/assembly/hashBlocks.ts. Addresses are bytes of the
 * memory.
 */
export const partitionCount = 512;
export const blockBytes = 4032;
/** A kernel does not scan with fewer free blocks than this; each partition has one more that is being filled. */
export const spareBlocks = 520;
const rescanned = 0x80000000;

export interface StorePlan {
  /** Per partition, 4 bytes each: where its next entry goes, and the end of its block; 0 before its first block. */
  readonly nextAt: number;
  /** Per block, 2 bytes: its partition + 1, 0 for a free one. */
  readonly ownersAt: number;
  /** A stack of free blocks, 4 bytes each. */
  readonly freeAt: number;
  readonly blocksAt: number;
  readonly blockCount: number;
  /** Words of an entry: 2, or 4 where offsets need more than 32 bits. */
  readonly entryWords: 2 | 4;
  /** Behind the blocks. */
  readonly end: number;
}

export function planStore(from: number, limits: { readonly bytes: number; readonly fileBytes: number }): StorePlan {
  const blockCount = Math.max(Math.floor(limits.bytes / blockBytes), partitionCount + spareBlocks + 64);
  const nextAt = (from + 63) & ~63;
  const ownersAt = nextAt + partitionCount * 8;
  const freeAt = ownersAt + blockCount * 2 + (blockCount % 2) * 2;
  const blocksAt = (freeAt + blockCount * 4 + 63) & ~63;
  const entryWords = limits.fileBytes < 2 ** 32 ? 2 : 4;
  return { nextAt, ownersAt, freeAt, blocksAt, blockCount, entryWords, end: blocksAt + blockCount * blockBytes };
}

/** The hashes that one kernel keeps. */
export interface KernelStore {
  readonly memory: SharedArrayBuffer;
  readonly plan: StorePlan;
  /** Blocks that were ever taken: those from 0 on. */
  readonly takenBlocks: number;
  /** False when blocks should be released before the next `scan` or `keep`. */
  hasRoom(): boolean;
  releaseBlock(block: number): void;
}

/** The store of the kernel in JavaScript. */
export class HashBlocks implements KernelStore {
  readonly memory: SharedArrayBuffer;
  readonly plan: StorePlan;
  readonly #words: Uint32Array;
  readonly #owners: Uint16Array;
  takenBlocks = 0;
  #freeBlocks = 0;

  constructor(limits: Parameters<typeof planStore>[1]) {
    this.plan = planStore(0, limits);
    this.memory = new SharedArrayBuffer(this.plan.end);
    this.#words = new Uint32Array(this.memory);
    this.#owners = new Uint16Array(this.memory, this.plan.ownersAt, this.plan.blockCount);
  }

  hasRoom(): boolean {
    return this.plan.blockCount - this.takenBlocks + this.#freeBlocks >= spareBlocks;
  }

  releaseBlock(block: number): void {
    this.#owners[block] = 0;
    this.#words[this.plan.freeAt / 4 + this.#freeBlocks] = block;
    this.#freeBlocks += 1;
  }

  keep(low: number, high: number, offset: number, isRescan: boolean): void {
    const words = this.#words;
    const { nextAt, entryWords } = this.plan;
    const partition = low & (partitionCount - 1);
    const next = nextAt / 4 + partition * 2;
    let place = words[next] ?? 0;
    if (place === words[next + 1]) place = this.#openBlock(partition);
    const told = (high & ~rescanned) | (isRescan ? rescanned : 0);
    const word = place / 4;
    if (entryWords === 2) {
      words[word] = told;
      words[word + 1] = offset;
    } else {
      words[word] = low;
      words[word + 1] = told;
      words[word + 2] = offset;
      words[word + 3] = offset / 0x100000000;
    }
    words[next] = place + entryWords * 4;
  }

  #openBlock(partition: number): number {
    let block = this.takenBlocks;
    if (this.#freeBlocks > 0) {
      this.#freeBlocks -= 1;
      block = this.#words[this.plan.freeAt / 4 + this.#freeBlocks] ?? 0;
    } else this.takenBlocks += 1;
    this.#owners[block] = partition + 1;
    const place = this.plan.blocksAt + block * blockBytes;
    this.#words[this.plan.nextAt / 4 + partition * 2 + 1] = place + blockBytes;
    return place;
  }
}

/** Half-open ranges of offsets, ascending: rows there count only when they are of a second scan. */
export type StaleRanges = readonly { readonly from: number; readonly to: number }[];

/** Entries of one partition. */
export interface Entries {
  readonly words: Uint32Array;
  readonly entryWords: 2 | 4;
}

/** Numbers of entries: pairs of the first one with a hash, and a further one. Without those of rows that are stale. */
export function findRepeats({ words, entryWords }: Entries, stale: StaleRanges): number[] {
  const count = words.length / entryWords;
  const slots = new Uint32Array(tableSize(count));
  const mask = slots.length - 1;
  const pairs: number[] = [];
  for (let entry = 0; entry < count; entry += 1) {
    const at = entry * entryWords;
    if (stale.length > 0 && isStale({ words, entryWords }, entry, stale)) continue;
    const high = (words[at + entryWords / 2 - 1] ?? 0) & ~rescanned;
    const low = entryWords === 2 ? 0 : (words[at] ?? 0);
    let slot = (high ^ (low >>> 9)) & mask;
    for (;;) {
      const seen = slots[slot] ?? 0;
      if (seen === 0) {
        slots[slot] = entry + 1;
        break;
      }
      const other = (seen - 1) * entryWords;
      const isSame =
        ((words[other + entryWords / 2 - 1] ?? 0) & ~rescanned) === high && (entryWords === 2 || (words[other] ?? 0) === low);
      if (isSame) {
        pairs.push(seen - 1, entry);
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return pairs;
}

/** Slots for a table of so many entries: a power of two. */
function tableSize(count: number): number {
  let size = 1024;
  while (size < count * 1.5) size *= 2;
  return size;
}

export function offsetOf({ words, entryWords }: Entries, entry: number): number {
  const at = entry * entryWords + entryWords / 2;
  return (words[at] ?? 0) + (entryWords === 2 ? 0 : (words[at + 1] ?? 0) * 0x100000000);
}

function isStale(entries: Entries, entry: number, stale: StaleRanges): boolean {
  const { words, entryWords } = entries;
  if (((words[entry * entryWords + entryWords / 2 - 1] ?? 0) & rescanned) !== 0) return false;
  const offset = offsetOf(entries, entry);
  return stale.some(({ from, to }) => offset >= from && offset < to);
}
