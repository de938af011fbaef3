import kernelBase64 from '../assembly/manifestScan.wasm';
import {
  hashListBytes,
  inputAt,
  inputSlack,
  type KernelMode,
  maxHashedBytes,
  type ObjectHash,
  type Prefix,
  prefixesAt,
  prefixSlotBytes,
  type ScanKernel,
} from './scanKernel.js';

/** Compiles the kernel; the result can be posted to other threads. Throws where WebAssembly has no SIMD. */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
}

interface KernelExports {
  configure(columns: number, isCrlf: number, isQuoted: number, rules: number, hashesAt: number, escaped: number): void;
  learn(slot: number, prefixBytes: number, bucketFrom: number, bucketBytes: number): void;
  begin(): void;
  drain(): void;
  scan(start: number, end: number, skipped: number, isNoting: number): void;
  hashObject(at: number, bucketBytes: number, keyBytes: number, versionBytes: number): void;
  readonly lines: { readonly value: number };
  readonly stoppedAt: { readonly value: number };
  readonly notes: { readonly value: number };
  readonly marks: { readonly value: number };
  readonly hashes: { readonly value: number };
  readonly hashLow: { readonly value: number };
  readonly hashHigh: { readonly value: number };
}

/** The kernel in WebAssembly, with room for `inputBytes` of rows at `inputAt`. */
export class WasmKernel implements ScanKernel {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly hashesAt: number;
  /** Room for an object of three parts, and for its key once more in escapes alone. */
  readonly #objectAt: number;
  readonly #exports: KernelExports;

  constructor(module: WebAssembly.Module, inputBytes: number) {
    this.hashesAt = inputAt + ((inputBytes + inputSlack + 63) & ~63);
    this.#objectAt = this.hashesAt + hashListBytes(inputBytes);
    const pages = Math.ceil((this.#objectAt + 8 * maxHashedBytes) / 65536);
    const memory = new WebAssembly.Memory({ initial: pages });
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  }

  configure(mode: KernelMode): void {
    const { columns, isCrlf, isQuoted, rules, wantsHashes, escaped } = mode;
    this.#exports.configure(columns, Number(isCrlf), Number(isQuoted), rules, wantsHashes ? this.hashesAt : 0, escaped);
  }

  learn(slot: number, prefix: Prefix): void {
    const at = prefixesAt + slot * prefixSlotBytes;
    this.bytes.fill(0, at, at + prefixSlotBytes);
    this.bytes.set(prefix.bytes, at);
    this.#exports.learn(slot, prefix.bytes.length, prefix.bucketFrom, prefix.bucketBytes);
  }

  begin(): void {
    this.#exports.begin();
  }

  drain(): void {
    this.#exports.drain();
  }

  scan(start: number, end: number, skipped: number, isNoting: boolean): void {
    this.#exports.scan(start, end, skipped, Number(isNoting));
  }

  get lines(): number {
    return this.#exports.lines.value;
  }

  get stoppedAt(): number {
    return this.#exports.stoppedAt.value;
  }

  get notes(): number {
    return this.#exports.notes.value;
  }

  get marks(): number {
    return this.#exports.marks.value;
  }

  get hashes(): number {
    return this.#exports.hashes.value;
  }

  hash(bucket: Uint8Array, key: Uint8Array, version: Uint8Array): ObjectHash {
    const parts = [bucket, key, version].map((part) => part.subarray(0, maxHashedBytes));
    let at = this.#objectAt;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
    this.#exports.hashObject(this.#objectAt, parts[0]?.length ?? 0, parts[1]?.length ?? 0, parts[2]?.length ?? 0);
    return { low: this.#exports.hashLow.value >>> 0, high: this.#exports.hashHigh.value >>> 0 };
  }
}
