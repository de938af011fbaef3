import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { blockBytes, type Entries, type KernelStore, partitionCount } from './hashBlocks.js';
import { readAll, spillError, writeAll } from './spillFile.js';

/** What one thread hands to all: memory is shared, files are read through one descriptor. */
export interface HashParts {
  readonly memory: SharedArrayBuffer;
  readonly entryWords: 2 | 4;
  /** Pairs, by partition: where a block is in memory, and its bytes that are used. */
  readonly blocks: Float64Array;
  /** Per partition, and one more: its first pair. */
  readonly starts: Uint32Array;
  /** Per partition: its full blocks in the file. */
  readonly spilled: readonly (readonly number[])[];
  readonly spillFile: number | undefined;
}

/**
 * Hashes of rows with the rows' offsets, in partitions by hash: each is small enough to be searched within the processor's cache. The
 * kernel keeps them. When it has no room any more full blocks go to a file in `folder`, which is made for it.
 */
export class HashStore {
  readonly #kernel: KernelStore;
  readonly #folder: string;
  readonly #spilled: number[][] = Array.from({ length: partitionCount }, () => []);
  #spillFile: number | undefined;
  #spilledBlocks = 0;

  constructor(kernel: KernelStore, folder: string) {
    this.#kernel = kernel;
    this.#folder = folder;
  }

  parts(): HashParts {
    const { memory, plan, takenBlocks } = this.#kernel;
    const owners = new Uint16Array(memory, plan.ownersAt, takenBlocks);
    const next = this.#nextWords();
    const starts = new Uint32Array(partitionCount + 1);
    // An owner is one more than its partition: each count lands behind its partition's place.
    for (let block = 0; block < takenBlocks; block += 1) {
      const owner = owners[block] ?? 0;
      if (owner > 0) starts[owner] = (starts[owner] ?? 0) + 1;
    }
    for (let partition = 0; partition < partitionCount; partition += 1) {
      starts[partition + 1] = (starts[partition + 1] ?? 0) + (starts[partition] ?? 0);
    }
    const blocks = new Float64Array(2 * (starts[partitionCount] ?? 0));
    const filled = starts.slice();
    for (let block = 0; block < takenBlocks; block += 1) {
      const partition = (owners[block] ?? 0) - 1;
      if (partition < 0) continue;
      const pair = 2 * (filled[partition] ?? 0);
      filled[partition] = (filled[partition] ?? 0) + 1;
      const address = plan.blocksAt + block * blockBytes;
      const isOpen = next[partition * 2 + 1] === address + blockBytes;
      blocks[pair] = address;
      blocks[pair + 1] = isOpen ? (next[partition * 2] ?? 0) - address : blockBytes;
    }
    return { memory, entryWords: plan.entryWords, blocks, starts, spilled: this.#spilled, spillFile: this.#spillFile };
  }

  /** Gives the kernel room again. */
  spill(): void {
    const path = join(this.#folder, `hashes-${threadId}`);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#spillFile ??= openSync(path, 'wx+', 0o600);
      this.#spillTo(this.#spillFile);
    } catch (error) {
      throw spillError(path, error);
    }
  }

  /** Closes the file; whoever named the folder removes it. */
  close(): void {
    if (this.#spillFile !== undefined) closeSync(this.#spillFile);
    this.#spillFile = undefined;
  }

  /** All blocks are full but the one of each partition that its next entry goes to. */
  #spillTo(file: number): void {
    const { memory, plan, takenBlocks } = this.#kernel;
    const owners = new Uint16Array(memory, plan.ownersAt, takenBlocks);
    const next = this.#nextWords();
    for (let block = 0; block < takenBlocks; block += 1) {
      const partition = (owners[block] ?? 0) - 1;
      const address = plan.blocksAt + block * blockBytes;
      if (partition < 0 || next[partition * 2 + 1] === address + blockBytes) continue;
      writeAll(file, new Uint8Array(memory, address, blockBytes), this.#spilledBlocks * blockBytes);
      this.#spilled[partition]?.push(this.#spilledBlocks);
      this.#spilledBlocks += 1;
      this.#kernel.releaseBlock(block);
    }
  }

  /** Per partition: where its next entry goes, and the end of its block. */
  #nextWords(): Uint32Array {
    return new Uint32Array(this.#kernel.memory, this.#kernel.plan.nextAt, partitionCount * 2);
  }
}

/** How many entries a partition has, in all threads. */
export function countEntries(parts: readonly HashParts[], partition: number): number {
  let words = 0;
  for (const { blocks, starts, spilled } of parts) {
    for (let block = starts[partition] ?? 0; block < (starts[partition + 1] ?? 0); block += 1)
      words += (blocks[block * 2 + 1] ?? 0) / 4;
    words += ((spilled[partition]?.length ?? 0) * blockBytes) / 4;
  }
  return words / (parts[0]?.entryWords ?? 2);
}

/** Puts the entries of a partition of all threads one after the other into `words`, which has room for them. */
export function readEntries(parts: readonly HashParts[], partition: number, words: Uint32Array): Entries {
  let length = 0;
  for (const { memory, blocks, starts, spilled, spillFile } of parts) {
    for (const block of spilled[partition] ?? []) {
      if (spillFile === undefined) throw new Error('Blocks were spilled, and there is no file.');
      readAll(spillFile, new Uint8Array(words.buffer, words.byteOffset + length * 4, blockBytes), block * blockBytes);
      length += blockBytes / 4;
    }
    for (let block = starts[partition] ?? 0; block < (starts[partition + 1] ?? 0); block += 1) {
      const count = (blocks[block * 2 + 1] ?? 0) / 4;
      words.set(new Uint32Array(memory, blocks[block * 2], count), length);
      length += count;
    }
  }
  return { words: words.subarray(0, length), entryWords: parts[0]?.entryWords ?? 2 };
}
