import plainRowsBase64 from '../../assembly/plainRows.wasm';
import { type PlainPattern, PlainRows, type PlainRowSkipper } from '../../core/report/plainRows.js';
import { memoryUpTo, tryCompile } from '../wasmModule.js';

interface Exports {
  learn(headLength: number, tailLength: number, isVersioned: number): void;
  skip(start: number, end: number): number;
  readonly rows: { readonly value: number };
}

// Where things lie in the memory of the module, see there.
const headAt = 1024;
const tailAt = 2048;
const inputAt = 4096;
/** Longer patterns are not learnt. */
const maxPatternBytes = 1000;
/** Bytes behind the input that the module may read. */
const slack = 64;

/** `PlainRows` in WebAssembly. */
export class PlainRowKernel implements PlainRowSkipper {
  readonly #module: WebAssembly.Module;
  #memory: Uint8Array;
  #exports: Exports;
  #pattern: PlainPattern | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Offset of the first byte that lies in the memory; undefined before any does. */
  #loadedFrom: number | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    [this.#memory, this.#exports] = this.#instance(1);
  }

  get rows(): number {
    return this.#exports.rows.value;
  }

  learn(pattern: PlainPattern): void {
    if (pattern.head.length > maxPatternBytes || pattern.tail.length > maxPatternBytes) return;
    this.#pattern = pattern;
    this.#memory.set(pattern.head, headAt);
    this.#memory.set(pattern.tail, tailAt);
    this.#exports.learn(pattern.head.length, pattern.tail.length, Number(pattern.hasVersion));
  }

  take(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#loadedFrom = undefined;
  }

  skip(start: number): number {
    if (this.#pattern === undefined) return start;
    const bytes = this.#bytes;
    if (this.#loadedFrom === undefined || start < this.#loadedFrom) this.#load(bytes, start);
    const shift = inputAt - (this.#loadedFrom ?? 0);
    return this.#exports.skip(start + shift, bytes.length + shift) - shift;
  }

  #load(bytes: Uint8Array, start: number): void {
    const end = inputAt + bytes.length - start + slack;
    if (end > this.#memory.length) {
      [this.#memory, this.#exports] = this.#instance(2 * end);
      if (this.#pattern !== undefined) this.learn(this.#pattern);
    }
    this.#memory.set(bytes.subarray(start), inputAt);
    this.#loadedFrom = start;
  }

  #instance(end: number): [Uint8Array, Exports] {
    const memory = memoryUpTo(end);
    const { exports } = new WebAssembly.Instance(this.#module, { env: { memory } });
    return [new Uint8Array(memory.buffer), exports as unknown as Exports];
  }
}

/** What recognises plain rows fastest here. */
export function plainRowSkipper(): PlainRowSkipper {
  compiled ??= { module: tryCompile(plainRowsBase64) };
  return compiled.module === undefined ? new PlainRows() : new PlainRowKernel(compiled.module);
}

let compiled: { readonly module: WebAssembly.Module | undefined } | undefined;
