import { applySeverities } from '../core/manifest/lintOptions.js';
import { judgeRow, type RowContext, tryCleanRow } from '../core/manifest/judgeRow.js';
import type { AssembledRow } from '../core/manifest/rowAssembler.js';
import { rowIdentity } from '../core/manifest/rowView.js';
import { countedBucket } from '../core/manifest/countedBucket.js';
import { isBucketName } from '../core/manifest/rules/bucketName.js';
import { ruleOf } from '../core/manifest/rules/allRules.js';
import { HashStore } from './hashStore.js';
import { NeedsExactLint, readInto, RowFile } from './openedFile.js';
import { addCount, countFindings, counterCount, counterOf } from './problemCounts.js';
import { readRow } from './readRow.js';
import { JsKernel } from './jsKernel.js';
import { WasmKernel } from './wasmKernel.js';
import {
  countsAt,
  type HashedObject,
  inputAt,
  kernelRules,
  marksAt,
  notesAt,
  notesLimit,
  prefixSlots,
  prefixSlotBytes,
  type ScanKernel,
  seenAt,
} from './scanKernel.js';
import type { BucketRow, ChunkResult, ScanPlan } from './scanPlan.js';

const lineFeed = 0x0a;
/** How much is read beyond a chunk for the end of its last row, at first and at most. */
const shortTail = 4 * 1024;
const longTail = 64 * 1024;
const encoder = new TextEncoder();

/** Scans chunks of a file: the kernel takes what it can, the exact rules the rest. One for each thread. */
export class ChunkScanner {
  readonly #plan: ScanPlan;
  readonly #kernel: ScanKernel;
  /** The hashes of all rows; undefined when nothing is to be known of duplicates. */
  readonly hashes: HashStore | undefined;
  readonly #file: RowFile;
  readonly #context: RowContext;
  /** Per rule bit of the kernel. */
  readonly #counters: readonly number[];
  /** Buckets of the kernel's prefix slots. */
  readonly #known: string[] = [];
  // Of the chunk at hand.
  #base = 0;
  #isRescan = false;
  #rows = 0;
  #counts: Uint32Array | undefined;
  #notes: number[] = [];
  #otherEnds: number[] = [];
  #buckets = new Map<string, number>();

  constructor(plan: ScanPlan) {
    this.#plan = plan;
    this.#file = new RowFile(plan.fd, plan.sizeBytes);
    this.#context = { layout: plan.layout, canBeHeader: false };
    const size = { inputBytes: plan.chunkBytes + longTail + 2, hashBytes: plan.hashBytes, fileBytes: plan.sizeBytes };
    this.#kernel = plan.kernel === undefined ? new JsKernel(size) : new WasmKernel(plan.kernel, size);
    this.#kernel.configure(plan.mode);
    if (this.#kernel.store !== undefined) this.hashes = new HashStore(this.#kernel.store, plan.spillFolder);
    this.#counters = kernelRules.map(({ rule, isOtherSeverity }) => {
      const info = ruleOf(rule);
      const own = isOtherSeverity ? (info.otherSeverity ?? info.severity) : info.severity;
      const asked = plan.lint.severities?.[rule];
      return counterOf(rule, asked === undefined || asked === 'off' ? own : asked);
    });
  }

  /** `start`, when given, is the row to begin with: the chunk is scanned again because the rows before it end elsewhere. */
  scan(index: number, isNoting: boolean, start?: number): ChunkResult {
    const { fd, sizeBytes, chunkBytes, firstRow } = this.#plan;
    const from = firstRow + index * chunkBytes;
    const to = Math.min(from + chunkBytes, sizeBytes);
    // One byte earlier, which tells whether a row begins with the first byte.
    const readFrom = start ?? (index === 0 ? from : from - 1);
    const { bytes } = this.#kernel;
    const wanted = to - readFrom;
    let length = readInto(fd, bytes, inputAt, Math.min(wanted + shortTail, sizeBytes - readFrom), readFrom);
    if (length < wanted) throw new NeedsExactLint('the file became shorter');
    // Behind the last row that begins here: behind the first line feed at or after the last byte.
    let last = bytes.subarray(0, inputAt + length).indexOf(lineFeed, inputAt + wanted - 1);
    if (last < 0 && readFrom + length < sizeBytes) {
      length += readInto(
        fd,
        bytes,
        inputAt + length,
        Math.min(longTail - shortTail, sizeBytes - readFrom - length),
        readFrom + length,
      );
      last = bytes.subarray(0, inputAt + length).indexOf(lineFeed, inputAt + wanted - 1);
      if (last < 0 && readFrom + length < sizeBytes) throw new NeedsExactLint('a line without an end in sight');
    }
    this.#base = readFrom - inputAt;
    this.#isRescan = start !== undefined;
    let first = inputAt;
    if (start === undefined && index > 0) {
      const feed = bytes.subarray(0, inputAt + length).indexOf(lineFeed, inputAt);
      first = feed < 0 ? inputAt + wanted : feed + 1;
    }
    const stop = last < 0 ? inputAt + length : last + 1;
    this.#begin();
    if (first >= inputAt + wanted) return this.#result(index, { start: -1, end: -1, border: -1 });
    // A file may end without a line feed; the kernel needs one.
    if (last < 0) bytes[stop] = lineFeed;
    const isWhole = readFrom + length >= sizeBytes;
    const end = this.#scanRows(
      first,
      { stop, kernelStop: last < 0 ? stop + 1 : stop, isWhole, filled: inputAt + length },
      isNoting,
    );
    const base = this.#base;
    return this.#result(index, { start: first + base, end: end + base, border: stop + base });
  }

  #begin(): void {
    this.#kernel.begin(this.#base, this.#isRescan);
    this.#rows = 0;
    this.#counts = undefined;
    this.#notes = [];
    this.#otherEnds = [];
    this.#buckets = new Map();
  }

  /** Scans from the row at `first`; returns the address behind the last row, which begins before `stop`. */
  #scanRows(
    first: number,
    input: { readonly stop: number; readonly kernelStop: number; readonly isWhole: boolean; readonly filled: number },
    isNoting: boolean,
  ): number {
    const kernel = this.#kernel;
    let at = first;
    let skipped = 0;
    let kernelLines = 0;
    while (at < input.stop) {
      const linesBefore = kernel.lines + skipped;
      const isNotingStill = isNoting && this.#notes.length < this.#plan.maxProblems;
      kernel.scan(at, input.kernelStop, skipped, isNotingStill);
      kernelLines += kernel.lines - linesBefore;
      skipped = 0;
      const isFull = isNotingStill && kernel.notes === notesLimit;
      this.#drain();
      at = kernel.stoppedAt;
      if (isFull || at >= input.stop || this.#makeRoom()) continue;
      const read = this.#readRow(at, input.filled, input.isWhole);
      this.#judge(read.row, at + this.#base, isNoting);
      for (const end of read.otherEnds) this.#otherEnds.push(end + this.#base);
      skipped = read.feeds;
      at = read.end;
    }
    // Lines that were skipped last are still to be counted.
    if (skipped > 0) kernel.scan(at, at, skipped, false);
    this.#rows += kernelLines;
    // The line feed that a file lacks at its end is none of its bytes.
    return input.kernelStop > input.stop ? Math.min(at, input.stop) : at;
  }

  /** The row at an address of the input; the addresses in the result may lie behind the input. */
  #readRow(at: number, filled: number, isWhole: boolean): ReturnType<RowFile['rowAt']> {
    const found = readRow(this.#kernel.bytes.subarray(0, filled), at, isWhole);
    if (typeof found === 'object') return found;
    if (found === 'tooLong') throw new NeedsExactLint('a line that is too long');
    const read = this.#file.rowAt(at + this.#base);
    return { ...read, end: read.end - this.#base, otherEnds: read.otherEnds.map((end) => end - this.#base) };
  }

  #drain(): void {
    const kernel = this.#kernel;
    for (let note = 0; note < kernel.notes; note += 1) this.#notes.push((kernel.words[notesAt / 4 + note] ?? 0) + this.#base);
    kernel.drain();
  }

  /** True when the kernel had no more room for hashes. */
  #makeRoom(): boolean {
    if (this.#kernel.store?.hasRoom() !== false) return false;
    this.hashes?.spill();
    return true;
  }

  /** The exact rules, for a row that the kernel left. */
  #judge(row: AssembledRow, offset: number, isNoting: boolean): void {
    const text = { text: row.text, isCut: false, isDecodedElsewhere: false };
    const clean = tryCleanRow(text, this.#context);
    if (clean !== undefined) {
      this.#rows += 1;
      this.#addBucket(clean.bucket, offset);
      this.#addIdentity(clean.identity, offset);
      return;
    }
    const judged = judgeRow(text, this.#context);
    const findings = applySeverities(judged.findings, this.#plan.lint.severities);
    if (findings.length > 0) {
      this.#counts ??= new Uint32Array(counterCount);
      countFindings(this.#counts, findings);
      if (isNoting) this.#notes.push(offset);
    }
    if (judged.kind === 'blank') return;
    this.#rows += 1;
    const bucket = countedBucket(judged.view);
    if (bucket !== undefined) this.#addBucket(bucket.value, offset);
    const identity = rowIdentity(judged.view);
    if (identity !== undefined) this.#addIdentity(identity, offset);
  }

  #addBucket(bucket: string, offset: number): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, offset);
    if (this.#known.length < prefixSlots && !this.#known.includes(bucket) && isBucketName(bucket)) this.#learn(bucket);
  }

  #learn(bucket: string): void {
    const text = this.#plan.mode.isQuoted ? `"${bucket}","` : `${bucket},`;
    const bytes = encoder.encode(text);
    if (bytes.length > prefixSlotBytes - 16) return;
    this.#kernel.learn(this.#known.length, { bytes, bucketFrom: this.#plan.mode.isQuoted ? 1 : 0, bucketBytes: bucket.length });
    this.#known.push(bucket);
  }

  #addIdentity(identity: string, offset: number): void {
    if (this.hashes === undefined) return;
    this.#makeRoom();
    this.#kernel.keep(offset - this.#base, objectOf(identity));
  }

  /** Adds the row of the head, which was judged before. */
  addHeadIdentity(identity: string, offset: number): void {
    this.#base = 0;
    this.#isRescan = true;
    this.#begin();
    this.#addIdentity(identity, offset);
  }

  #result(index: number, place: { readonly start: number; readonly end: number; readonly border: number }): ChunkResult {
    const kernel = this.#kernel;
    return {
      index,
      ...place,
      feeds: kernel.lines,
      otherEnds: this.#otherEnds,
      rows: this.#rows,
      counts: this.#allCounts(),
      notes: Float64Array.from(this.#notes.slice(0, this.#plan.maxProblems)),
      marks: kernel.words.slice(marksAt / 4, marksAt / 4 + kernel.marks * 2),
      marksFrom: this.#base,
      buckets: this.#bucketRows(),
    };
  }

  /** Those of the kernel, and of the rows that it left. */
  #allCounts(): Uint32Array | undefined {
    const { words } = this.#kernel;
    for (let bit = 0; bit < this.#counters.length; bit += 1) {
      const count = words[countsAt / 4 + bit] ?? 0;
      if (count === 0) continue;
      this.#counts ??= new Uint32Array(counterCount);
      addCount(this.#counts, this.#counters[bit] ?? 0, count);
    }
    return this.#counts;
  }

  #bucketRows(): BucketRow[] {
    for (let slot = 0; slot < this.#known.length; slot += 1) {
      const address = this.#kernel.words[seenAt / 4 + slot] ?? 0;
      const bucket = this.#known[slot];
      if (address === 0 || bucket === undefined) continue;
      const before = this.#buckets.get(bucket);
      const offset = address + this.#base;
      if (before === undefined || offset < before) this.#buckets.set(bucket, offset);
    }
    return [...this.#buckets].map(([bucket, offset]) => ({ bucket, offset })).toSorted((a, b) => a.offset - b.offset);
  }
}

/** An identity is the bucket, the decoded key and the version, with line feeds between; only the key may hold more of them. */
function objectOf(identity: string): HashedObject {
  const afterBucket = identity.indexOf('\n');
  const beforeVersion = identity.lastIndexOf('\n');
  return {
    bucket: encoder.encode(identity.slice(0, afterBucket)),
    key: encoder.encode(identity.slice(afterBucket + 1, beforeVersion)),
    version: encoder.encode(identity.slice(beforeVersion + 1)),
  };
}
