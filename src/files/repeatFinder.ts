import { type Entries, findRepeats, offsetOf, type StaleRanges } from './hashBlocks.js';
import { countEntries, type HashParts, readEntries } from './hashStore.js';
import { WasmRepeats } from './wasmRepeats.js';

/** Partitions of more entries than this, which means that most rows have the same hash, are searched in memory that can be given back. */
const usualEntries = 4 * 1024 * 1024;

/** Finds rows of one partition that have the same hash. */
export class RepeatFinder {
  readonly #parts: readonly HashParts[];
  readonly #stale: StaleRanges;
  readonly #wasm: WasmRepeats | undefined;

  constructor(parts: readonly HashParts[], stale: StaleRanges, kernel: WebAssembly.Module | undefined) {
    this.#parts = parts;
    this.#stale = stale;
    this.#wasm = kernel === undefined ? undefined : new WasmRepeats(kernel);
  }

  /** Groups of offsets, ascending; most rows are in none. */
  find(partition: number): Float64Array[] {
    const count = countEntries(this.#parts, partition);
    const entryWords = this.#parts[0]?.entryWords ?? 2;
    // The kernel knows nothing of rows that were scanned twice, which are few.
    const wasm = this.#stale.length === 0 && count <= usualEntries ? this.#wasm : undefined;
    const room = wasm?.roomFor(count, entryWords) ?? new Uint32Array(count * entryWords);
    const entries = readEntries(this.#parts, partition, room);
    return groupOffsets(entries, wasm?.find(entries) ?? findRepeats(entries, this.#stale));
  }
}

function groupOffsets(entries: Entries, pairs: ArrayLike<number>): Float64Array[] {
  if (pairs.length === 0) return [];
  const byFirst = new Map<number, number[]>();
  for (let pair = 0; pair < pairs.length; pair += 2) {
    const first = pairs[pair] ?? 0;
    const member = pairs[pair + 1] ?? 0;
    const group = byFirst.get(first);
    if (group === undefined) byFirst.set(first, [first, member]);
    else group.push(member);
  }
  return Array.from(byFirst.values(), (group) => Float64Array.from(group, (entry) => offsetOf(entries, entry)).toSorted());
}
