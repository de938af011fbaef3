import { countedBucket } from '../core/manifest/countedBucket.js';
import { type JudgedRow, judgeRow } from '../core/manifest/judgeRow.js';
import type { LintResult } from '../core/manifest/lintManifest.js';
import { applySeverities } from '../core/manifest/lintOptions.js';
import { type Position, toProblem } from '../core/manifest/placeFinding.js';
import type { Problem } from '../core/manifest/problem.js';
import type { AssembledRow } from '../core/manifest/rowAssembler.js';
import { rowIdentity } from '../core/manifest/rowView.js';
import { findByteOrderMark } from '../core/manifest/rules/byteOrderMark.js';
import { duplicateRow, findDuplicateRow } from '../core/manifest/rules/duplicateRow.js';
import { findExtraColumns } from '../core/manifest/rules/extraColumns.js';
import { findMixedBuckets } from '../core/manifest/rules/mixedBuckets.js';
import type { Finding } from '../core/manifest/rules/rule.js';
import type { ChunkScanner } from './chunkScanner.js';
import type { Duplicates } from './duplicateSearch.js';
import type { StaleRanges } from './hashBlocks.js';
import { LineIndex } from './lineIndex.js';
import type { HeadRow, ManifestHead } from './manifestHead.js';
import { RowFile } from './openedFile.js';
import { addCount, countFindings, counterCount, counterOf, summarise } from './problemCounts.js';
import type { ChunkResult, ScanPlan } from './scanPlan.js';

/** Puts the results of chunks together in the order of the file, and then looks at the rows that the list of problems needs. */
export class ResultMerger {
  readonly #head: ManifestHead;
  readonly #plan: ScanPlan;
  readonly #scanner: ChunkScanner;
  readonly #onEnough: () => void;
  readonly #file: RowFile;
  readonly #index: LineIndex;
  readonly #waiting = new Map<number, ChunkResult>();
  #nextChunk = 0;
  /** Where the next row should begin. */
  #expected: number;
  #line: number;
  #rows = 0;
  readonly #counts = new Float64Array(counterCount);
  readonly #buckets = new Set<string>();
  #firstBucket: string | undefined;
  /** Rows with problems of their own, in order: as many as the list can need. */
  readonly #notes: number[] = [];
  /** First rows of further buckets: likewise. */
  readonly #mixed = new Set<number>();
  readonly #stale: { from: number; to: number }[] = [];

  /** `onEnough` is called when no more rows need to be noted. `scanner` is this thread's own. */
  constructor(head: ManifestHead, plan: ScanPlan, scanner: ChunkScanner, onEnough: () => void) {
    this.#head = head;
    this.#plan = plan;
    this.#scanner = scanner;
    this.#onEnough = onEnough;
    this.#file = new RowFile(plan.fd, plan.sizeBytes);
    this.#index = new LineIndex(this.#file);
    this.#expected = head.end;
    this.#line = head.lines;
    for (const row of head.rows) this.#addHeadRow(row);
  }

  /** Ranges whose rows were scanned a second time. */
  get stale(): StaleRanges {
    return this.#stale;
  }

  add(result: ChunkResult): void {
    this.#waiting.set(result.index, result);
    for (let next = this.#waiting.get(this.#nextChunk); next !== undefined; next = this.#waiting.get(this.#nextChunk)) {
      this.#waiting.delete(this.#nextChunk);
      this.#nextChunk += 1;
      this.#addNext(next);
    }
  }

  #addNext(scanned: ChunkResult): void {
    const { firstRow, chunkBytes, sizeBytes } = this.#plan;
    const from = firstRow + scanned.index * chunkBytes;
    const to = Math.min(from + chunkBytes, sizeBytes);
    let result = scanned;
    if (this.#expected >= to) {
      // A row of an earlier chunk reaches over all of this one.
      this.#addStale(scanned);
      return;
    }
    if (scanned.start !== this.#expected) {
      // A row that spans lines ended in this chunk, which was scanned as if a row began behind each line end.
      this.#addStale(scanned);
      result = this.#scanner.scan(scanned.index, true, this.#expected);
    }
    this.#expected = result.end;
    this.#rows += result.rows;
    if (result.counts !== undefined) {
      for (const [counter, count] of result.counts.entries()) addCount(this.#counts, counter, count);
    }
    const { maxProblems } = this.#plan;
    for (const note of result.notes) if (this.#notes.length < maxProblems) this.#notes.push(note);
    if (this.#notes.length >= maxProblems) this.#onEnough();
    for (const { bucket, offset } of result.buckets) this.#addBucket(bucket, offset);
    this.#index.add({
      start: result.start,
      line: this.#line,
      marks: result.marks,
      marksFrom: result.marksFrom,
      otherEnds: result.otherEnds,
    });
    this.#line += result.feeds + result.otherEnds.length;
  }

  #addStale({ start, border }: ChunkResult): void {
    if (start >= 0) this.#stale.push({ from: start, to: border });
  }

  #addHeadRow({ judged, offset }: HeadRow): void {
    const findings = applySeverities(ownFindings(judged), this.#plan.lint.severities);
    countFindings(this.#counts, findings);
    if (findings.length > 0) this.#notes.push(offset);
    if (judged.kind === 'blank') return;
    this.#rows += 1;
    if (judged.kind === 'header') return;
    const bucket = countedBucket(judged.view);
    if (bucket !== undefined) this.#addBucket(bucket.value, offset);
    const identity = rowIdentity(judged.view);
    if (identity !== undefined) this.#scanner.addHeadIdentity(identity, offset);
  }

  #addBucket(bucket: string, offset: number): void {
    if (this.#buckets.has(bucket)) return;
    this.#buckets.add(bucket);
    if (this.#firstBucket === undefined) {
      this.#firstBucket = bucket;
      return;
    }
    const place = { value: bucket, start: 0, end: 0, isQuoted: false, index: 0 };
    countFindings(this.#counts, this.#settled([this.#mixedBuckets(place, this.#firstBucket)]));
    if (this.#mixed.size < this.#plan.maxProblems) this.#mixed.add(offset);
  }

  #mixedBuckets(bucket: Parameters<typeof findMixedBuckets>[0], firstBucket: string): Finding {
    return findMixedBuckets(bucket, firstBucket, this.#plan.lint.isOneBucketOnly === true);
  }

  #settled(findings: readonly Finding[]): readonly Finding[] {
    return applySeverities(findings, this.#plan.lint.severities);
  }

  /** Problems of the rows that were added so far, without those that repeat an earlier row. */
  partialProblems(): readonly Problem[] {
    return this.#listProblems(new Map());
  }

  /** To be called when all chunks were added. */
  finish(duplicates: Duplicates | undefined): LintResult {
    if (this.#nextChunk !== this.#plan.chunkCount) throw new Error('Not all chunks were scanned.');
    if (this.#head.hasByteOrderMark) countFindings(this.#counts, this.#settled([findByteOrderMark()]));
    const firsts = new Map<number, number>();
    if (duplicates !== undefined && duplicates.count > 0) {
      const severity = this.#settled([findDuplicateRow(0, 0)])[0]?.severity ?? duplicateRow.severity;
      addCount(this.#counts, counterOf(duplicateRow.id, severity), duplicates.count);
      for (let pair = 0; pair < duplicates.pairs.length; pair += 2) {
        firsts.set(duplicates.pairs[pair] ?? 0, duplicates.pairs[pair + 1] ?? 0);
      }
    }
    const problems = this.#listProblems(firsts);
    const { counts, bySeverity } = summarise(this.#counts);
    const total = bySeverity.error + bySeverity.warning + bySeverity.information;
    return {
      rows: this.#rows,
      bucketCount: this.#buckets.size,
      errors: bySeverity.error,
      warnings: bySeverity.warning,
      information: bySeverity.information,
      counts,
      problems,
      isTruncated: total > problems.length,
    };
  }

  /** In the order of the file. `firsts`: for each row that repeats another, where that is. */
  #listProblems(firsts: ReadonlyMap<number, number>): Problem[] {
    const problems: Problem[] = [];
    const { maxProblems } = this.#plan;
    const add = (findings: readonly Finding[], place: Position): void => {
      for (const finding of findings) if (problems.length < maxProblems) problems.push(toProblem(finding, place));
    };
    if (this.#head.hasByteOrderMark) add(this.#settled([findByteOrderMark()]), { line: 0, text: '', hasLineEnd: false });
    const offsets = [...new Set([...this.#notes, ...this.#mixed, ...firsts.keys()])].toSorted((a, b) => a - b);
    for (const offset of offsets) {
      if (problems.length >= maxProblems) break;
      const { row, judged, line } = this.#rowAt(offset);
      const place = { line, text: row.text, hasLineEnd: row.lineEnd !== '' };
      add(this.#settled(this.#allFindings(judged, offset, firsts.get(offset))), place);
    }
    return problems;
  }

  #rowAt(offset: number): { row: AssembledRow; judged: JudgedRow; line: number } {
    const known = offset < this.#head.end ? this.#head.rows.find((row) => row.offset === offset) : undefined;
    if (known !== undefined) return known;
    const { row } = this.#file.rowAt(offset);
    const text = { text: row.text, isCut: false, isDecodedElsewhere: false };
    const judged = judgeRow(text, { layout: this.#plan.layout, canBeHeader: false });
    return { row, judged, line: this.#lineOf(offset) };
  }

  /** As ManifestState has them. */
  #allFindings(judged: JudgedRow, offset: number, first: number | undefined): readonly Finding[] {
    const findings = [...ownFindings(judged)];
    if (this.#mixed.has(offset) && this.#firstBucket !== undefined) {
      const bucket = countedBucket(judged.view);
      if (bucket !== undefined) findings.push(this.#mixedBuckets(bucket, this.#firstBucket));
    }
    if (first !== undefined) findings.unshift(findDuplicateRow(judged.view.text.length, this.#lineOf(first)));
    return findings.length > 1 ? findings.toSorted((a, b) => a.start - b.start) : findings;
  }

  #lineOf(offset: number): number {
    const known = offset < this.#head.end ? this.#head.rows.find((row) => row.offset === offset) : undefined;
    return known?.line ?? this.#index.lineOf(offset);
  }
}

/** What a row has by itself. */
function ownFindings(judged: JudgedRow): readonly Finding[] {
  const extra = judged.kind === 'data' && judged.decidesLayout ? findExtraColumns(judged.view) : undefined;
  return extra === undefined ? judged.findings : [...judged.findings, extra];
}
