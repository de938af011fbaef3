import { countedBucket } from './countedBucket.js';
import { DuplicateIndex, type SeenIdentities } from './duplicateIndex.js';
import { type JudgedRow, judgeRow, type RowContext, tryCleanRow } from './judgeRow.js';
import { applySeverities, type LintOptions } from './lintOptions.js';
import { declaredLayout, openLayout } from './manifestLayout.js';
import { type FieldView, type RowText, rowIdentity } from './rowView.js';
import { findDuplicateRow } from './rules/duplicateRow.js';
import { findExtraColumns } from './rules/extraColumns.js';
import { findMixedBuckets } from './rules/mixedBuckets.js';
import type { Finding } from './rules/rule.js';

const none: readonly Finding[] = [];

/**
 * Everything that rows know of each other, as explicit state: columns, header, buckets seen, objects seen. Rows go through it in the
 * order of the file; each comes out with all its findings in the order of their columns, settings applied.
 */
export class ManifestState {
  readonly #options: LintOptions;
  readonly #seen: SeenIdentities | undefined;
  readonly #buckets = new Set<string>();
  #context: RowContext;
  #firstBucket: string | undefined;
  #lastBucket: string | undefined;
  #rows = 0;

  /** `seen` remembers rows in its own way. It is not asked when `duplicate-row` is off. */
  constructor(options: LintOptions, seen: SeenIdentities = new DuplicateIndex()) {
    this.#options = options;
    this.#seen = options.severities?.['duplicate-row'] === 'off' ? undefined : seen;
    this.#context = {
      layout: options.fields === undefined ? openLayout : declaredLayout(options.fields),
      canBeHeader: true,
    };
  }

  /** Rows so far: all lines but blank ones, header rows included (the service takes them for objects). */
  get rows(): number {
    return this.#rows;
  }

  get bucketCount(): number {
    return this.#buckets.size;
  }

  /** `line` is the 0-based line that the row begins on. */
  next(row: RowText, line: number): readonly Finding[] {
    const clean = tryCleanRow(row, this.#context);
    if (clean !== undefined) {
      this.#rows += 1;
      const isKnown = clean.bucket === this.#lastBucket;
      if (isKnown && this.#seen === undefined) return none;
      const findings: Finding[] = [];
      if (!isKnown) {
        this.#addBucket({ value: clean.bucket, start: 0, end: clean.bucket.length, isQuoted: false, index: 0 }, findings);
      }
      this.#addIdentity(clean.identity, row, line, findings);
      return applySeverities(findings, this.#options.severities);
    }
    return this.#finish(judgeRow(row, this.#context), row, line);
  }

  #finish(judged: JudgedRow, row: RowText, line: number): readonly Finding[] {
    if (judged.kind !== 'blank') this.#rows += 1;
    const findings = [...judged.findings];
    if (judged.kind === 'data') {
      const { view } = judged;
      this.#context = { layout: judged.layout, canBeHeader: false };
      const extra = judged.decidesLayout ? findExtraColumns(view) : undefined;
      if (extra !== undefined) findings.push(extra);
      const bucket = countedBucket(view);
      if (bucket !== undefined) this.#addBucket(bucket, findings);
      const identity = rowIdentity(view);
      if (identity !== undefined) this.#addIdentity(identity, row, line, findings);
    }
    if (findings.length > 1) findings.sort((a, b) => a.start - b.start);
    return applySeverities(findings, this.#options.severities);
  }

  #addBucket(bucket: FieldView, findings: Finding[]): void {
    this.#lastBucket = bucket.value;
    if (this.#buckets.has(bucket.value)) return;
    this.#buckets.add(bucket.value);
    if (this.#firstBucket === undefined) this.#firstBucket = bucket.value;
    else findings.push(findMixedBuckets(bucket, this.#firstBucket, this.#options.isOneBucketOnly === true));
  }

  #addIdentity(identity: string, row: RowText, line: number, findings: Finding[]): void {
    const firstLine = this.#seen?.add(identity, line, row.text.length);
    if (firstLine !== undefined) findings.unshift(findDuplicateRow(row.text.length, firstLine));
  }
}
