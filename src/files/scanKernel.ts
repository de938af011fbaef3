import type { KernelStore } from './hashBlocks.js';

/**
 * The kernel of the fast lint as the driver sees it: a block of memory and a few calls. There are two of them, which give the same
 * results: `wasmKernel.ts` (src/assembly, SIMD) and `jsKernel.ts`. Addresses are bytes from the beginning of the memory.
 */
export interface ScanKernel {
  /** All of its memory. */
  readonly bytes: Uint8Array;
  /** The same memory, 4 bytes each. */
  readonly words: Uint32Array;
  /** The hashes of rows; undefined when none are wanted. */
  readonly store: KernelStore | undefined;
  configure(mode: KernelMode): void;
  /** Teaches it one more beginning of rows, in one of `prefixSlots` slots. */
  learn(slot: number, prefix: Prefix): void;
  /**
   * Forgets all results but hashes, before the first `scan` of a piece of a file. `base`: what to add to an address for the offset in the
   * file.
   */
  begin(base: number, isRescan: boolean): void;
  /** Empties the list of notes. */
  drain(): void;
  /**
   * Scans whole rows from `start`, the beginning of one, to `end`, behind a newline. `skipped` newlines before `start` were passed
   * without it. Stops at rows that it can't judge, and where there is no room for a note while `isNoting`, or for hashes.
   */
  scan(start: number, end: number, skipped: number, isNoting: boolean): void;
  /** Newlines since `begin`, skipped ones included. */
  readonly lines: number;
  /** `end`, or the row that `scan` stopped at. */
  readonly stoppedAt: number;
  /** How many rows with problems are in the list at `notesAt`. */
  readonly notes: number;
  /** How many pairs of row address and newlines before it are in the list at `marksAt`. */
  readonly marks: number;
  /** Keeps the hash of an object for the row at this address. `key` is decoded. The store must have room. */
  keep(row: number, object: HashedObject): void;
}

export interface KernelMode {
  readonly columns: 2 | 3;
  readonly isCrlf: boolean;
  readonly isQuoted: boolean;
  /** Bits of the rules that are on, see `kernelRules`. */
  readonly rules: number;
  /** How most keys are spelled, see `escapedPunctuation`. */
  readonly escaped: number;
}

/** What rows of one bucket begin with: `bucket,` or `"bucket","`. */
export interface Prefix {
  readonly bytes: Uint8Array;
  readonly bucketFrom: number;
  readonly bucketBytes: number;
}

export interface HashedObject {
  readonly bucket: Uint8Array;
  readonly key: Uint8Array;
  readonly version: Uint8Array;
}

/** For how much a kernel has room. */
export interface KernelSize {
  /** Rows at `inputAt`. */
  readonly inputBytes: number;
  /** Hashes of rows; undefined when none are wanted. */
  readonly hashBytes: number | undefined;
  readonly fileBytes: number;
}

// The addresses of src/assembly/memoryMap.ts.
export const prefixesAt = 1024;
export const prefixSlots = 16;
export const prefixSlotBytes = 128;
/** Per rule bit: rows with a problem of it. */
export const countsAt = 4608;
/** Per prefix slot: address of the first row since `begin` that begins with it, 0 if none did. */
export const seenAt = 4672;
export const marksAt = 32768;
export const marksLimit = 1020;
export const notesAt = 40960;
export const notesLimit = 2040;
/** Free for the caller; 64 bytes before the first row may be read. */
export const inputAt = 65536;
/** Bytes behind the input that may be read. */
export const inputSlack = 256;
export const maxPlainRow = 1024;
export const markEvery = 8192;

/** An object's bytes beyond this do not count for its hash. */
export const maxHashedBytes = 8192;

/** The rules that the kernel judges, by bit. The two severities of `unencoded-key` have a bit each. */
export const kernelRules = [
  { rule: 'unencoded-key', isOtherSeverity: false },
  { rule: 'unencoded-key', isOtherSeverity: true },
  { rule: 'plus-in-key', isOtherSeverity: false },
  { rule: 'bad-escape', isOtherSeverity: false },
  { rule: 'escape-not-utf8', isOtherSeverity: false },
  { rule: 'double-encoded-key', isOtherSeverity: false },
  { rule: 'leading-slash', isOtherSeverity: false },
  { rule: 'empty-key', isOtherSeverity: false },
  { rule: 'missing-version-id', isOtherSeverity: false },
] as const;
