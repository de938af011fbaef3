import kernelBase64 from '../assembly/manifestScan.wasm';
import { type KernelStore, planStore, type StorePlan } from './hashBlocks.js';
import {
  type HashedObject,
  inputAt,
  inputSlack,
  type KernelMode,
  type KernelSize,
  maxHashedBytes,
  type Prefix,
  prefixesAt,
  prefixSlotBytes,
  type ScanKernel,
} from './scanKernel.js';
import { sharedMemory, tryCompile } from './wasmModule.js';

/** Can be posted to other threads. Undefined where WebAssembly has no SIMD: the kernel in JavaScript then does the same. */
export function compileKernel(): WebAssembly.Module | undefined {
  return tryCompile(kernelBase64);
}

interface KernelExports {
  configure(columns: number, isCrlf: number, isQuoted: number, rules: number, isHashing: number, escaped: number): void;
  learn(slot: number, prefixBytes: number, bucketFrom: number, bucketBytes: number): void;
  begin(): void;
  openStore(next: number, owners: number, free: number, blocks: number, count: number, isWide: number): void;
  keepFrom(addressToOffset: number, isRescan: number): void;
  hasRoom(): number;
  releaseBlock(block: number): void;
  drain(): void;
  scan(start: number, end: number, skipped: number, isNoting: number): void;
  keepObject(row: number, at: number, bucketBytes: number, keyBytes: number, versionBytes: number): void;
  readonly lines: { readonly value: number };
  readonly stoppedAt: { readonly value: number };
  readonly notes: { readonly value: number };
  readonly marks: { readonly value: number };
  readonly takenBlocks: { readonly value: number };
}

/** The kernel in WebAssembly. */
export class WasmKernel implements ScanKernel {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly store: KernelStore | undefined;
  /** Room for an object of three parts, and for its key once more in escapes alone. */
  readonly #objectAt: number;
  readonly #exports: KernelExports;

  constructor(module: WebAssembly.Module, { inputBytes, hashBytes, fileBytes }: KernelSize) {
    this.#objectAt = inputAt + ((inputBytes + inputSlack + 63) & ~63);
    const tablesEnd = this.#objectAt + 8 * maxHashedBytes;
    const plan = hashBytes === undefined ? undefined : planStore(tablesEnd, { bytes: hashBytes, fileBytes });
    const memory = sharedMemory(plan?.end ?? tablesEnd);
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
    if (plan !== undefined) this.store = openStore(this.#exports, memory.buffer, plan);
  }

  configure(mode: KernelMode): void {
    const { columns, isCrlf, isQuoted, rules, escaped } = mode;
    this.#exports.configure(columns, Number(isCrlf), Number(isQuoted), rules, Number(this.store !== undefined), escaped);
  }

  learn(slot: number, prefix: Prefix): void {
    const at = prefixesAt + slot * prefixSlotBytes;
    this.bytes.fill(0, at, at + prefixSlotBytes);
    this.bytes.set(prefix.bytes, at);
    this.#exports.learn(slot, prefix.bytes.length, prefix.bucketFrom, prefix.bucketBytes);
  }

  begin(base: number, isRescan: boolean): void {
    this.#exports.begin();
    this.#exports.keepFrom(base, Number(isRescan));
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

  keep(row: number, { bucket, key, version }: HashedObject): void {
    const parts = [bucket, key, version].map((part) => part.subarray(0, maxHashedBytes));
    let at = this.#objectAt;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
    this.#exports.keepObject(row, this.#objectAt, parts[0]?.length ?? 0, parts[1]?.length ?? 0, parts[2]?.length ?? 0);
  }
}

function openStore(exports: KernelExports, memory: SharedArrayBuffer, plan: StorePlan): KernelStore {
  exports.openStore(plan.nextAt, plan.ownersAt, plan.freeAt, plan.blocksAt, plan.blockCount, Number(plan.entryWords === 4));
  return {
    memory,
    plan,
    get takenBlocks() {
      return exports.takenBlocks.value;
    },
    hasRoom: () => exports.hasRoom() !== 0,
    releaseBlock: (block) => exports.releaseBlock(block),
  };
}
