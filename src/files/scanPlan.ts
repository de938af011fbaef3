import type { LintOptions } from '../core/manifest/lintOptions.js';
import type { ManifestLayout } from '../core/manifest/manifestLayout.js';
import type { KernelMode } from './scanKernel.js';

/** What every thread needs to know to scan pieces of one file; can be posted. */
export interface ScanPlan {
  /** Descriptors are of the process, so all threads read through the same one. */
  readonly fd: number;
  readonly sizeBytes: number;
  /** Where the rows behind the head begin. */
  readonly firstRow: number;
  readonly chunkBytes: number;
  readonly chunkCount: number;
  readonly layout: ManifestLayout;
  readonly mode: KernelMode;
  readonly lint: LintOptions;
  readonly maxProblems: number;
  /** The compiled kernel, undefined for the one in JavaScript. */
  readonly kernel: WebAssembly.Module | undefined;
  /** Bytes of hashes that one thread may keep in memory; undefined when nothing is to be known of duplicates. */
  readonly hashBytes: number | undefined;
  /** Where hashes go that have no room in memory. It is made when it is needed. */
  readonly spillFolder: string;
}

/** What the scan of one chunk found. Offsets are of the file. */
export interface ChunkResult {
  readonly index: number;
  /** The first row that begins in it, and the offset behind its last one; -1 both when none begins in it. */
  readonly start: number;
  readonly end: number;
  /** All of its rows begin before this, all rows of the next chunk at or behind it. */
  readonly border: number;
  /** Line feeds from `start` to `end`. */
  readonly feeds: number;
  /** Offsets behind the line ends that are no line feeds. */
  readonly otherEnds: readonly number[];
  /** All lines but blank ones. */
  readonly rows: number;
  /** Problems by rule and severity, see `counterOf`; undefined when there are none. */
  readonly counts: Uint32Array | undefined;
  /** Rows with problems, in their order: the first `maxProblems`, or none once enough are known. */
  readonly notes: Float64Array;
  /** Pairs: a row, relative to `marksFrom`, and the line feeds from `start` to it. */
  readonly marks: Uint32Array;
  readonly marksFrom: number;
  /** The first row of each bucket in this chunk, in their order. */
  readonly buckets: readonly BucketRow[];
}

export interface BucketRow {
  readonly bucket: string;
  readonly offset: number;
}

/** Words of the memory that all threads of a scan share. */
export const shared = { nextChunk: 0, isStopped: 1, isEnough: 2, chunksDone: 3, nextPartition: 4, words: 5 } as const;
