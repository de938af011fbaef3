/**
 * Lint of a manifest that is being edited. The model keeps a few numbers of each line (never its text); an edit costs what its own lines
 * cost, and `lint` gives at any time exactly what `lintManifest` gives of the whole text.
 *
 *   const model = createManifestModel(lines, options);   // once, or in slices: new ManifestModel(…) and its build()
 *   if (!model.applyChanges(changes)) model.rebuild();   // for each edit, after `lines` shows the new text; or build() in slices
 *   const result = model.lint(options);                  // when there is time to publish; settings may differ each time
 *
 * `lines` is the text as an editor divides it (`a\n` is two lines, the second one empty). Of an edit only the line numbers are needed.
 * Declared columns are part of the model: make another one when `options.fields` changes. Rows that span lines and rows whose meaning
 * depends on others (columns of the first row, header rows, buckets, duplicates) stay right; what the first data row says is looked at
 * again only when an edit touches a line up to it, and only if it then says something else must all lines be judged anew.
 */
import type { ManifestField } from '../job/jobTypes.js';
import { hashText } from './duplicateIndex.js';
import { HashCounter } from './hashCounter.js';
import { type JudgedRow, judgeRow, type RowContext, tryCleanRow } from './judgeRow.js';
import { emptyLine, LineBlocks, type LineState } from './lineBlocks.js';
import { defaultMaxProblems, type LintOptions } from './lintOptions.js';
import type { LintResult } from './lintManifest.js';
import { declaredLayout, type ManifestLayout, openLayout } from './manifestLayout.js';
import { cutRow, type ManifestLine } from './manifestLine.js';
import { toProblem } from './placeFinding.js';
import type { Problem, Severity } from './problem.js';
import { type AssembledRow, maxRowLines, opensQuote, RowAssembler } from './rowAssembler.js';
import { isWellFormed, maxRowLength, rowIdentity, type RowText } from './rowView.js';
import { ruleOf } from './rules/allRules.js';
import { findByteOrderMark } from './rules/byteOrderMark.js';
import { findDuplicateRow } from './rules/duplicateRow.js';
import { findEmptyManifest } from './rules/emptyManifest.js';
import { findExtraColumns } from './rules/extraColumns.js';
import { findMixedBuckets } from './rules/mixedBuckets.js';
import { type Finding, type RuleId, ruleIds } from './rules/rule.js';

/** The text being edited, as it is now. */
export interface ManifestLines {
  readonly lineCount: number;
  /** Without its line end. */
  lineAt(line: number): string;
}

/**
 * One replacement, of the lines from `startLine` to `endLine` (both touched, both 0-based) by `insertedLineCount` lines. Several
 * replacements of one edit are made one after the other, each in the text that the one before left. (VS Code reports them from the last
 * to the first, so that it makes no difference.)
 */
export interface LineChange {
  readonly startLine: number;
  readonly endLine: number;
  readonly insertedLineCount: number;
}

/** Lines judged between two pauses of `build`: far less than a millisecond, unless they are very long. */
const linesPerSlice = 64;

export function createManifestModel(lines: ManifestLines, options: Pick<LintOptions, 'fields'> = {}): ManifestModel {
  const model = new ManifestModel(lines, options.fields);
  model.rebuild();
  return model;
}

interface LineRange {
  from: number;
  /** The last line, inclusive. */
  to: number;
}

export class ManifestModel {
  readonly #lines: ManifestLines;
  #declared: ManifestLayout | undefined;
  #blocks = new LineBlocks();
  #objects = new HashCounter();
  #bucketNumbers = new Map<string, number>();
  #bucketNames: string[] = [];
  #bucketRows: number[] = [];
  #bucketCount = 0;
  #rows = 0;
  #opening = 0;
  #findingCounts = new Int32Array(32);
  /** Line of the first data row: header rows come before it only. -1 if there is none. */
  #firstData = -1;
  /** Line of the row that decides the columns. -1 if there is none, or if they are declared. */
  #deciding = -1;
  #layout: ManifestLayout = openLayout;

  constructor(lines: ManifestLines, fields: readonly ManifestField[] | undefined) {
    this.#lines = lines;
    this.#declared = fields === undefined ? undefined : declaredLayout(fields);
  }

  /** Judges everything anew, in one go. */
  rebuild(): void {
    for (const _ of this.build());
  }

  /**
   * Judges everything anew, in slices of less than a millisecond: the caller takes one `next()` at a time and does other things in
   * between. The text must not change meanwhile; if it does, begin again. What `lint` says in between is of the lines so far.
   */
  *build(): Generator<void, void, undefined> {
    this.#blocks = new LineBlocks();
    this.#objects = new HashCounter(this.#lines.lineCount);
    this.#bucketNumbers = new Map();
    this.#bucketNames = [];
    this.#bucketRows = [];
    this.#bucketCount = 0;
    this.#rows = 0;
    this.#opening = 0;
    this.#findingCounts = new Int32Array(32);
    this.#firstData = -1;
    this.#deciding = -1;
    this.#layout = this.#declared ?? openLayout;

    const assembler = new RowAssembler((row) => {
      const judged = this.#judge(rowTextOf(row), this.#contextAt(row.line));
      if (judged.isData && this.#firstData < 0) this.#firstData = row.line;
      if (judged.decides !== undefined) {
        this.#deciding = row.line;
        this.#layout = judged.decides;
      }
      const state = { ...judged.state, rowLines: row.lines.length, opens: opens(row.lines[0]) };
      this.#blocks.append(state);
      this.#count(state, 1);
      for (const line of row.lines.slice(1)) {
        const further = { ...emptyLine, opens: opens(line) };
        this.#blocks.append(further);
        this.#count(further, 1);
      }
    });
    const lineCount = this.#rowLineCount();
    for (let line = 0; line < lineCount; line += 1) {
      assembler.addLine(this.#lineAt(line));
      if (line % linesPerSlice === linesPerSlice - 1) yield;
    }
    assembler.end();
    while (this.#blocks.lineCount < this.#lines.lineCount) this.#blocks.append(emptyLine);
  }

  /** How many lines are part of the model: all of them, but for the time of `build`. */
  get lineCount(): number {
    return this.#blocks.lineCount;
  }

  /**
   * Takes an edit over. The lines must show the text after it. False when the edit can't be followed, because it changes the meaning of
   * all rows or because the report does not fit the text: then nothing that the model says is right until it is built again.
   */
  applyChanges(changes: readonly LineChange[]): boolean {
    const hadOpening = this.#opening > 0;
    const separate = isFromLastToFirst(changes) ? changes : [joinChanges(changes)];
    let top = Number.POSITIVE_INFINITY;
    for (const change of separate) {
      if (change.startLine < 0 || change.endLine < change.startLine || change.endLine >= this.#blocks.lineCount) return false;
      top = Math.min(top, change.startLine);
      this.#replaceLines(change);
    }
    if (this.#blocks.lineCount !== this.#lines.lineCount) return false;
    const touched = touchedRanges(separate);
    for (const range of touched) for (let line = range.from; line <= range.to; line += 1) this.#noteOpening(line);
    const rows = new Map<number, AssembledRow>();
    for (const range of hadOpening || this.#opening > 0 ? joinNearRanges(touched) : touched) this.#assemble(range, rows);

    // A row that begins before the edit may have come to swallow lines, or to release them.
    for (const line of rows.keys()) top = Math.min(top, line);
    const end = this.#declared === undefined ? this.#deciding : this.#firstData;
    if ((end < 0 || top <= end) && !this.#lookAtTop(rows)) return false;
    for (const row of rows.values()) this.#setRow(row);
    return true;
  }

  /** What `lintManifest` says of the text as it is now. `options.fields` is not looked at: the model has its own. */
  lint(options: LintOptions): LintResult {
    const severityOf = (finding: { rule: RuleId; severity: Severity }): Severity | undefined => {
      const set = options.severities?.[finding.rule] ?? finding.severity;
      return set === 'off' ? undefined : set;
    };
    const counts: Partial<Record<RuleId, number>> = {};
    const bySeverity: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
    const addCount = (rule: RuleId, severity: Severity, number: number): void => {
      const shown = severityOf({ rule, severity });
      if (number === 0 || shown === undefined) return;
      counts[rule] = (counts[rule] ?? 0) + number;
      bySeverity[shown] += number;
    };
    for (const [bit, rule] of bitRules.entries()) addCount(rule.id, rule.severity, this.#findingCounts[bit] ?? 0);
    addCount('duplicate-row', ruleOf('duplicate-row').severity, this.#objects.repeated);
    const mixed = findMixedBuckets(noField, '', options.isOneBucketOnly === true);
    addCount('mixed-buckets', mixed.severity, Math.max(0, this.#bucketCount - 1));
    const ofFile: Finding[] = [];
    if (options.hasByteOrderMark === true) ofFile.push(findByteOrderMark());
    if (this.#rows === 0) ofFile.push(findEmptyManifest());
    for (const finding of ofFile) addCount(finding.rule, finding.severity, 1);

    const maxProblems = options.maxProblems ?? defaultMaxProblems;
    const problems: Problem[] = [];
    const add = (finding: Finding, place: { line: number; text: string; hasLineEnd: boolean }): void => {
      const severity = severityOf(finding);
      if (severity !== undefined && problems.length < maxProblems) problems.push(toProblem({ ...finding, severity }, place));
    };
    for (const finding of ofFile) add(finding, { line: 0, text: '', hasLineEnd: false });
    const wants = (rule: RuleId): boolean => options.severities?.[rule] !== 'off';
    this.#visitFindings(
      {
        duplicates: wants('duplicate-row') && this.#objects.repeated > 0,
        buckets: wants('mixed-buckets') && this.#bucketCount > 1,
        isOneBucketOnly: options.isOneBucketOnly === true,
      },
      (findings, row) => {
        const place = { line: row.line, text: row.text, hasLineEnd: row.lineEnd !== '' };
        for (const finding of findings) add(finding, place);
        return problems.length >= maxProblems;
      },
    );
    const total = bySeverity.error + bySeverity.warning + bySeverity.information;
    return {
      rows: this.#rows,
      bucketCount: this.#bucketCount,
      errors: bySeverity.error,
      warnings: bySeverity.warning,
      information: bySeverity.information,
      counts,
      problems,
      isTruncated: total > problems.length,
    };
  }

  /** Goes through the rows that have findings, in order, until `visit` returns true. Findings are made anew: only their number is kept. */
  #visitFindings(
    wanted: { duplicates: boolean; buckets: boolean; isOneBucketOnly: boolean },
    visit: (findings: readonly Finding[], row: AssembledRow) => boolean,
  ): void {
    /** By the object's slot: the first line that names it, plus 1. */
    const firstLines = wanted.duplicates ? new Uint32Array(this.#objects.slotCount) : undefined;
    const seenBuckets = new Set<number>();
    let firstBucket = '';
    this.#blocks.visitBlocks((firstLine, block) => {
      const hasNewBucket = wanted.buckets && [...block.buckets.keys()].some((bucket) => !seenBuckets.has(bucket));
      if (block.faulty === 0 && firstLines === undefined && !hasNewBucket) return false;
      for (let index = 0; index < block.count; index += 1) {
        const low = block.low[index] ?? 0;
        const high = block.high[index] ?? 0;
        const bucket = block.bucket[index] ?? -1;
        let isMixed = false;
        if (hasNewBucket && bucket >= 0 && !seenBuckets.has(bucket)) {
          if (seenBuckets.size === 0) firstBucket = this.#bucketNames[bucket] ?? '';
          else isMixed = true;
          seenBuckets.add(bucket);
        }
        let earlier: number | undefined;
        const slot = firstLines === undefined || (low === 0 && high === 0) ? -1 : this.#objects.repeatedSlot(low, high);
        if (firstLines !== undefined && slot >= 0) {
          const first = firstLines[slot] ?? 0;
          if (first === 0) firstLines[slot] = firstLine + index + 1;
          else earlier = first - 1;
        }
        if (block.findings[index] === 0 && !isMixed && earlier === undefined) continue;
        const line = firstLine + index;
        const row = this.#rowAt(line, block.rowLines[index] ?? 1);
        const judged = judgeRow(rowTextOf(row), this.#contextAt(line));
        const findings = ownFindings(judged);
        if (isMixed && judged.view.bucket !== undefined) {
          findings.push(findMixedBuckets(judged.view.bucket, firstBucket, wanted.isOneBucketOnly));
        }
        if (earlier !== undefined) findings.unshift(findDuplicateRow(row.text.length, earlier));
        findings.sort((a, b) => a.start - b.start);
        if (visit(findings, row)) return true;
      }
      return false;
    });
  }

  #replaceLines({ startLine, endLine, insertedLineCount }: LineChange): void {
    const removed = endLine - startLine + 1;
    for (let line = startLine; line <= endLine; line += 1) this.#count(this.#blocks.get(line), -1);
    this.#blocks.splice(startLine, removed, insertedLineCount);
    const delta = insertedLineCount - removed;
    if (this.#firstData > endLine) this.#firstData += delta;
    if (this.#deciding > endLine) this.#deciding += delta;
  }

  /**
   * Divides the touched lines, and those whose rows they may change, into rows again. A line that opens a quote looks for its end up to
   * `maxRowLines` further; without such a line before, the first touched line begins a row. Rows that are what they were are left out.
   */
  #assemble(range: LineRange, rows: Map<number, AssembledRow>): void {
    const lineCount = this.#rowLineCount();
    let from = range.from;
    if (this.#opening > 0) {
      from = this.#blocks.firstOpening(Math.max(0, range.from - maxRowLines), range.from) ?? from;
      while (from > 0 && from < range.from && this.#blocks.get(from).rowLines === 0) from -= 1;
    }
    const assembler = new RowAssembler((row) => {
      const isTouched = row.line <= range.to && row.line + row.lines.length > range.from;
      if (isTouched || this.#blocks.get(row.line).rowLines !== row.lines.length) rows.set(row.line, row);
    }, from);
    for (let line = from; line < lineCount; line += 1) {
      // From the first old beginning of a row after the touched lines on, everything divides as before.
      if (line > range.to && assembler.isIdle && this.#blocks.get(line).rowLines > 0) break;
      assembler.addLine(this.#lineAt(line));
    }
    assembler.end();
  }

  #noteOpening(line: number): void {
    const before = this.#blocks.get(line);
    const after = { ...before, opens: opens(this.#lineAt(line)) };
    if (after.opens === before.opens) return;
    this.#opening += after.opens - before.opens;
    this.#blocks.set(line, after);
  }

  /**
   * Finds the first data row and the row that decides the columns again. False when the columns have changed, so that every row must be
   * judged anew; else the rows up to the deciding one are among `rows`.
   */
  #lookAtTop(rows: Map<number, AssembledRow>): boolean {
    const wasUndecided = this.#declared === undefined && this.#deciding < 0;
    const oldEnd = Math.max(this.#firstData, this.#deciding);
    const lineCount = this.#rowLineCount();
    let firstData = -1;
    let deciding = -1;
    let layout = this.#declared ?? openLayout;
    for (let line = 0; line < lineCount;) {
      const row = rows.get(line) ?? this.#rowAt(line, this.#blocks.get(line).rowLines);
      rows.set(line, row);
      const judged = judgeRow(rowTextOf(row), { layout, canBeHeader: firstData < 0 });
      if (judged.kind === 'data' && firstData < 0) firstData = line;
      if (judged.decidesLayout) {
        deciding = line;
        layout = judged.layout;
      }
      line += row.lines.length;
      const isFound = firstData >= 0 && (deciding >= 0 || this.#declared !== undefined || wasUndecided);
      if (isFound && line > oldEnd) break;
    }
    if (wasUndecided && deciding < 0) {
      // No row had decided before, so only a touched one can now.
      const decides = [...rows.values()].some((row) => judgeRow(rowTextOf(row), { layout, canBeHeader: false }).decidesLayout);
      if (decides) return false;
    }
    if (layout.columnCount !== this.#layout.columnCount || layout.versionId !== this.#layout.versionId) return false;
    this.#firstData = firstData;
    this.#deciding = deciding;
    return true;
  }

  #setRow(row: AssembledRow): void {
    const { state } = this.#judge(rowTextOf(row), this.#contextAt(row.line));
    row.lines.forEach((line, index) => {
      const opening = opens(line);
      this.#replace(
        row.line + index,
        index === 0 ? { ...state, rowLines: row.lines.length, opens: opening } : { ...emptyLine, opens: opening },
      );
    });
  }

  #replace(line: number, state: LineState): void {
    this.#count(this.#blocks.get(line), -1);
    this.#blocks.set(line, state);
    this.#count(state, 1);
  }

  #count(state: LineState, sign: 1 | -1): void {
    this.#opening += sign * state.opens;
    if (state.rowLines === 0) return;
    if ((state.findings & blankBit) === 0) this.#rows += sign;
    for (let bits = state.findings; bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      this.#findingCounts[bit] = (this.#findingCounts[bit] ?? 0) + sign;
    }
    if (state.low !== 0 || state.high !== 0) {
      if (sign === 1) this.#objects.add(state.low, state.high);
      else this.#objects.remove(state.low, state.high);
    }
    if (state.bucket >= 0) {
      const rows = (this.#bucketRows[state.bucket] ?? 0) + sign;
      this.#bucketRows[state.bucket] = rows;
      if (sign === 1 && rows === 1) this.#bucketCount += 1;
      if (sign === -1 && rows === 0) this.#bucketCount -= 1;
    }
  }

  #contextAt(line: number): RowContext {
    const isBeforeData = this.#firstData < 0 || line <= this.#firstData;
    if (this.#declared !== undefined) return { layout: this.#declared, canBeHeader: isBeforeData };
    const isBeforeDecision = this.#deciding < 0 || line <= this.#deciding;
    return { layout: isBeforeDecision ? openLayout : this.#layout, canBeHeader: isBeforeData };
  }

  #judge(row: RowText, context: RowContext): { state: LineState; isData: boolean; decides: ManifestLayout | undefined } {
    const clean = tryCleanRow(row, context);
    if (clean !== undefined) {
      const { low, high } = hashText(clean.identity);
      const state = { rowLines: 1, findings: 0, low, high, bucket: this.#bucketNumber(clean.bucket), opens: 0 };
      return { state, isData: true, decides: undefined };
    }
    const judged = judgeRow(row, context);
    const { view } = judged;
    const isData = judged.kind === 'data';
    const identity = isData ? rowIdentity(view) : undefined;
    const hasBucket = isData && view.bucket !== undefined && view.bucket.value !== '' && view.bucketUri === undefined;
    let findings = 0;
    for (const finding of ownFindings(judged)) findings |= bitOf(finding);
    const { low, high } = identity === undefined ? emptyLine : hashText(identity);
    const bucket = hasBucket && isWellFormed(view) ? this.#bucketNumber(view.bucket.value) : -1;
    const state = { rowLines: 1, findings: findings >>> 0, low, high, bucket, opens: 0 };
    return { state, isData, decides: judged.decidesLayout ? judged.layout : undefined };
  }

  #bucketNumber(name: string): number {
    const known = this.#bucketNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#bucketNames.length;
    this.#bucketNumbers.set(name, number);
    this.#bucketNames.push(name);
    this.#bucketRows.push(0);
    return number;
  }

  /** Lines that can be rows: the empty rest after the last line end is none. */
  #rowLineCount(): number {
    const { lineCount } = this.#lines;
    return lineCount > 0 && this.#lines.lineAt(lineCount - 1) === '' ? lineCount - 1 : lineCount;
  }

  #lineAt(line: number): ManifestLine {
    const text = this.#lines.lineAt(line);
    // Which line end it is matters to nobody here, only whether there is one.
    const lineEnd = line < this.#lines.lineCount - 1 ? '\n' : '';
    return { text: cutRow(text), lineEnd, isCut: text.length > maxRowLength };
  }

  #rowAt(line: number, rowLines: number): AssembledRow {
    const lines = Array.from({ length: Math.max(1, rowLines) }, (_, index) => this.#lineAt(line + index));
    const last = lines.at(-1);
    return {
      line,
      lines,
      text: lines.map((item) => item.text).join('\n'),
      lineEnd: last?.lineEnd ?? '',
      isCut: last?.isCut ?? false,
    };
  }
}

/** All findings that a row has for itself, the one of the row that decides the columns included. */
function ownFindings(judged: JudgedRow): Finding[] {
  const extra = judged.decidesLayout ? findExtraColumns(judged.view) : undefined;
  return extra === undefined ? [...judged.findings] : [...judged.findings, extra];
}

/** One bit for each rule and severity that a row alone can have. */
const bitRules: readonly { readonly id: RuleId; readonly severity: Severity }[] = [
  ...ruleIds
    .filter((id) => !['empty-manifest', 'byte-order-mark', 'mixed-buckets', 'duplicate-row'].includes(id))
    .map((id) => ({ id, severity: ruleOf(id).severity })),
  ...ruleIds.flatMap((id) => {
    const { otherSeverity } = ruleOf(id);
    return otherSeverity === undefined || id === 'mixed-buckets' ? [] : [{ id, severity: otherSeverity }];
  }),
];

const bits = new Map(bitRules.map((rule, bit) => [`${rule.id} ${rule.severity}`, 1 << bit]));
const blankBit = bitOf({ rule: 'blank-line', severity: 'error' });

function bitOf(finding: { readonly rule: RuleId; readonly severity: Severity }): number {
  const bit = bits.get(`${finding.rule} ${finding.severity}`);
  if (bit === undefined) throw new Error(`No bit for ${finding.rule} as ${finding.severity}`);
  return bit;
}

const noField = { value: '', start: 0, end: 0, isQuoted: false, index: 0 };

function rowTextOf(row: AssembledRow): RowText {
  return { text: row.text, isCut: row.isCut, isDecodedElsewhere: true };
}

function opens(line: ManifestLine | undefined): number {
  return line !== undefined && !line.isCut && line.text.includes('"') && opensQuote(line.text) ? 1 : 0;
}

function isFromLastToFirst(changes: readonly LineChange[]): boolean {
  return changes.every((change, index) => {
    const before = changes[index - 1];
    return before === undefined || change.endLine <= before.startLine;
  });
}

/** One change that covers all of them, made one after the other. */
function joinChanges(changes: readonly LineChange[]): LineChange {
  let from = Number.POSITIVE_INFINITY;
  /** The last line touched, as numbered after the changes so far. */
  let to = -1;
  let delta = 0;
  for (const { startLine, endLine, insertedLineCount } of changes) {
    const change = insertedLineCount - (endLine - startLine + 1);
    to = Math.max(to > endLine ? to + change : 0, startLine + insertedLineCount - 1);
    from = Math.min(from, startLine);
    delta += change;
  }
  return { startLine: from, endLine: to - delta, insertedLineCount: to - from + 1 };
}

/** The lines that are new, in the numbers that hold after all changes, which come from the last to the first. */
function touchedRanges(changes: readonly LineChange[]): LineRange[] {
  const ranges: LineRange[] = [];
  let delta = 0;
  for (const { startLine, endLine, insertedLineCount } of changes.toReversed()) {
    const range = { from: startLine + delta, to: startLine + delta + insertedLineCount - 1 };
    delta += insertedLineCount - (endLine - startLine + 1);
    const last = ranges.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else ranges.push(range);
  }
  return ranges;
}

/** Joins ranges so near that a row, or the search for the end of one, could reach from one to the next. */
function joinNearRanges(ranges: readonly LineRange[]): LineRange[] {
  const joined: LineRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.from - last.to <= 2 * maxRowLines + 2) last.to = range.to;
    else joined.push({ ...range });
  }
  return joined;
}
