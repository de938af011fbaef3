import type { Entries } from './hashBlocks.js';
import { inputAt } from './scanKernel.js';
import { growableMemory, pageBytes } from './wasmModule.js';

interface RepeatExports {
  findRepeats(entries: number, end: number, isWide: number, scratch: number, bitMask: number, pairs: number): number;
}

/** `findRepeats` in WebAssembly, in memory of its own: the entries, behind them what it works with, behind that the pairs that were found. */
export class WasmRepeats {
  readonly #memory = growableMemory();
  readonly #exports: RepeatExports;

  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as RepeatExports;
  }

  /** Where so many entries can be put; good until it is called again. */
  roomFor(count: number, entryWords: number): Uint32Array {
    const pairBytes = count * 8;
    const wanted = inputAt + count * entryWords * 4 + scratchBytes(count) + pairBytes;
    const missing = Math.ceil((wanted - this.#memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.#memory.grow(missing);
    return new Uint32Array(this.#memory.buffer, inputAt, count * entryWords);
  }

  /** For entries that lie where `roomFor` said: numbers of entries, pairs of the first one with a hash and a further one. */
  find({ words, entryWords }: Entries): Uint32Array {
    const count = words.length / entryWords;
    const scratch = inputAt + words.length * 4;
    const pairs = scratch + scratchBytes(count);
    const found = this.#exports.findRepeats(inputAt, scratch, Number(entryWords === 4), scratch, bitCount(count) - 1, pairs);
    return new Uint32Array(this.#memory.buffer, pairs, found * 2).map((address) => (address - inputAt) / (entryWords * 4));
  }
}

/** Some ten bits for each entry: about one in ten then has the bit of another. */
function bitCount(count: number): number {
  let bits = 8192;
  while (bits < count * 8) bits *= 2;
  return bits;
}

/** Bits, addresses of all entries, and a table: see src/assembly/hashBlocks.ts. */
function scratchBytes(count: number): number {
  const tableBytes = Math.max(12 * count, 4096);
  return bitCount(count) / 8 + count * 4 + tableBytes;
}
