import type { ManifestLayout } from '../core/manifest/manifestLayout.js';
import { rowIdentity, viewRow } from '../core/manifest/rowView.js';
import { partitionCount, type StaleRanges } from './hashBlocks.js';
import type { HashParts } from './hashStore.js';
import { readInto, RowFile } from './openedFile.js';
import { RepeatFinder } from './repeatFinder.js';
import { shared } from './scanPlan.js';

export interface SearchPlan {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly layout: ManifestLayout;
  /** How many duplicates are listed; all are counted. */
  readonly limit: number;
  readonly parts: readonly HashParts[];
  readonly stale: StaleRanges;
}

/** Rows that repeat an earlier row. */
export interface Duplicates {
  readonly count: number;
  /** Pairs, ascending: the offset of the row, and that of the first row of the same object. */
  readonly pairs: Float64Array;
}

/** Searches partitions until none is left; threads share the work by `control`. Rows of the same hash are compared for real. */
export function searchDuplicates(plan: SearchPlan, control: Int32Array, kernel: WebAssembly.Module | undefined): Duplicates {
  const list = new DuplicateList(plan.limit);
  const compare = new RowComparer(plan);
  const finder = new RepeatFinder(plan.parts, plan.stale, kernel);
  for (;;) {
    const partition = Atomics.add(control, shared.nextPartition, 1);
    if (partition >= partitionCount || Atomics.load(control, shared.isStopped) !== 0) return list.result();
    for (const offsets of finder.find(partition)) {
      /** The first row of each object; nearly always there is one. */
      const firsts: number[] = [];
      for (const offset of offsets) {
        const first = firsts.find((other) => compare.isSame(other, offset));
        if (first === undefined) firsts.push(offset);
        else list.add(offset, first);
      }
    }
  }
}

/** Both lists put together. */
export function mergeDuplicates(all: readonly Duplicates[], limit: number): Duplicates {
  const list = new DuplicateList(limit);
  let count = 0;
  for (const duplicates of all) {
    count += duplicates.count;
    for (let pair = 0; pair < duplicates.pairs.length; pair += 2) {
      list.add(duplicates.pairs[pair] ?? 0, duplicates.pairs[pair + 1] ?? 0);
    }
  }
  return { count, pairs: list.result().pairs };
}

/** Counts all, keeps the first in the file. */
class DuplicateList {
  readonly #limit: number;
  #pairs: { readonly offset: number; readonly first: number }[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(offset: number, first: number): void {
    this.#count += 1;
    this.#pairs.push({ offset, first });
    if (this.#pairs.length >= 2 * this.#limit + 4096) this.#trim();
  }

  result(): Duplicates {
    this.#trim();
    return { count: this.#count, pairs: Float64Array.from(this.#pairs.flatMap(({ offset, first }) => [offset, first])) };
  }

  #trim(): void {
    this.#pairs = this.#pairs.toSorted((a, b) => a.offset - b.offset).slice(0, this.#limit);
  }
}

const windowBytes = 4096;

/** Tells whether two rows name the same object. */
class RowComparer {
  readonly #plan: SearchPlan;
  readonly #file: RowFile;
  readonly #a = Buffer.allocUnsafe(windowBytes);
  readonly #b = Buffer.allocUnsafe(windowBytes);
  #heldA = -1;
  #lengthA = 0;

  constructor(plan: SearchPlan) {
    this.#plan = plan;
    this.#file = new RowFile(plan.fd, plan.sizeBytes);
  }

  isSame(a: number, b: number): boolean {
    if (this.#areSameBytes(a, b)) return true;
    const identity = this.#identity(a);
    return identity !== undefined && identity === this.#identity(b);
  }

  /** True for equal lines without quotes, which nearly all duplicates are: no need to take them apart. */
  #areSameBytes(a: number, b: number): boolean {
    const { fd } = this.#plan;
    if (this.#heldA !== a) {
      this.#lengthA = readInto(fd, this.#a, 0, 512, a);
      this.#heldA = a;
    }
    const lineEnd = this.#a.subarray(0, this.#lengthA).indexOf(0x0a);
    if (lineEnd < 0) return false;
    const line = this.#a.subarray(0, lineEnd + 1);
    if (line.includes(0x22) || readInto(fd, this.#b, 0, line.length, b) < line.length) return false;
    return line.equals(this.#b.subarray(0, line.length));
  }

  #identity(offset: number): string | undefined {
    const { text } = this.#file.rowAt(offset).row;
    return rowIdentity(viewRow({ text, isCut: false, isDecodedElsewhere: false }, this.#plan.layout));
  }
}
