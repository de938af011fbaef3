import { ChunkScanner } from './chunkScanner.js';
import { type Duplicates, type SearchPlan, searchDuplicates } from './duplicateSearch.js';
import type { HashParts } from './hashStore.js';
import { type ChunkResult, type ScanPlan, shared } from './scanPlan.js';

/** One thread's share of a lint: takes chunks from the common queue until none is left. */
export class ScanThread {
  readonly #plan: ScanPlan;
  readonly #control: Int32Array;
  readonly scanner: ChunkScanner;

  constructor(plan: ScanPlan, control: SharedArrayBuffer) {
    this.#plan = plan;
    this.#control = new Int32Array(control);
    this.scanner = new ChunkScanner(plan);
  }

  /** The next chunk of the queue; undefined when all are taken or when the scan was stopped. */
  next(): ChunkResult | undefined {
    if (Atomics.load(this.#control, shared.isStopped) !== 0) return undefined;
    const index = Atomics.add(this.#control, shared.nextChunk, 1);
    if (index >= this.#plan.chunkCount) return undefined;
    const result = this.scanner.scan(index, Atomics.load(this.#control, shared.isEnough) === 0);
    Atomics.add(this.#control, shared.chunksDone, 1);
    return result;
  }

  parts(): HashParts | undefined {
    return this.scanner.hashes?.parts();
  }

  search(plan: SearchPlan): Duplicates {
    return searchDuplicates(plan, this.#control, this.#plan.kernel);
  }

  close(): void {
    this.scanner.hashes?.close();
  }
}
