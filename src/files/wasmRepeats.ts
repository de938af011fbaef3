import type { Entries } from './hashBlocks.js';
import { inputAt } from './scanKernel.js';
import { growableMemory, pageBytes } from './wasmModule.js';

interface RepeatExports {
  findRepeats(entries: number, end: number, isWide: number, slots: number, mask: number, pairs: number): number;
}

/** `findRepeats` in WebAssembly, in memory of its own: the entries, behind them the table, behind it the pairs that were found. */
export class WasmRepeats {
  readonly #memory = growableMemory();
  readonly #exports: RepeatExports;

  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as RepeatExports;
  }

  /** Where so many entries can be put; good until it is called again. */
  roomFor(count: number, entryWords: number): Uint32Array {
    // Table: 12 bytes an entry at most, or 4 KB. A pair has 8 bytes.
    const wanted = inputAt + count * (entryWords * 4 + 12 + 8) + 4096;
    const missing = Math.ceil((wanted - this.#memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.#memory.grow(missing);
    return new Uint32Array(this.#memory.buffer, inputAt, count * entryWords);
  }

  /** For entries that lie where `roomFor` said: numbers of entries, pairs of the first one with a hash and a further one. */
  find({ words, entryWords }: Entries, slotCount: number): Uint32Array {
    const slots = inputAt + words.length * 4;
    const pairs = slots + slotCount * 4;
    const found = this.#exports.findRepeats(inputAt, slots, Number(entryWords === 4), slots, slotCount - 1, pairs);
    return new Uint32Array(this.#memory.buffer, pairs, found * 2).map((address) => (address - inputAt) / (entryWords * 4));
  }
}
