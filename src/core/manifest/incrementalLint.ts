/**
 * Lint of a manifest that is being edited. The model keeps a few numbers of each line (never its text); an edit costs what its own lines
 * cost, and `lint` gives at any time exactly what `lintManifest` gives of the whole text.
 *
 *   const model = createManifestModel(lines, options);   // once, or in slices: new ManifestModel(…) and its build()
 *   if (!model.applyChanges(changes)) model.rebuild();   // for each edit, after `lines` shows the new text; or build() in slices
 *   const result = model.lint(options);                  // when there is time to publish; settings may differ each time
 *
 * `lines` is the text as an editor divides it (`a\n` is two lines, the second one empty). Of an edit only the line numbers are needed.
 * Declared columns and the encoding are part of the model: make another one when `options.fields` or `options.foreignEncoding` changes. Rows that span lines and rows whose meaning
 * depends on others (columns of the first row, header rows, buckets, duplicates) stay right; what the first data row says is looked at
 * again only when an edit touches a line up to it, and only if it then says something else must all lines be judged anew.
 */
import type { ManifestField } from '../job/jobTypes.js';
import { CleanRowHash } from './cleanRowHash.js';
import { hashText } from './duplicateIndex.js';
import { HashCounter } from './hashCounter.js';
import { type JudgedRow, judgeRow, type RowContext, tryCleanRow } from './judgeRow.js';
import { emptyLine, type LineBlock, LineBlocks, type LineState, rowKinds } from './lineBlocks.js';
import { applySeverities, defaultMaxProblems, type LintOptions, type RuleSeverities } from './lintOptions.js';
import type { LintResult } from './lintManifest.js';
import { declaredLayout, layoutOfFirstRow, type ManifestLayout, openLayout } from './manifestLayout.js';
import { cutRow, type ManifestLine } from './manifestLine.js';
import { toProblem } from './placeFinding.js';
import type { Problem, Severity } from './problem.js';
import { type AssembledRow, maxRowLines, opensQuote, RowAssembler } from './rowAssembler.js';
import { canDecideLayout, type FieldView, isWellFormed, maxRowLength, rowIdentity, type RowText, viewRow } from './rowView.js';
import { ruleOf } from './rules/allRules.js';
import { findByteOrderMark } from './rules/byteOrderMark.js';
import { findDuplicateRow } from './rules/duplicateRow.js';
import { findEmptyManifest } from './rules/emptyManifest.js';
import { findForeignEncoding } from './rules/notUtf8.js';
import { findExtraColumns } from './rules/extraColumns.js';
import { isBlankRow } from './rules/blankLine.js';
import { isColumnName, isHeaderRow } from './rules/headerRow.js';
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
/** How many rows may mean something else after an edit of the first ones before all are judged anew, in slices. */
const maxReread = 1000;
/** Rows judged to be listed between two pauses. */
const judgedPerSlice = 100;
/** Lists up to this long are remembered row by row. */
const maxRemembered = 10_000;

export function createManifestModel(
  lines: ManifestLines,
  options: Pick<LintOptions, 'fields' | 'foreignEncoding'> = {},
): ManifestModel {
  const model = new ManifestModel(lines, options.fields, options.foreignEncoding !== undefined);
  model.rebuild();
  return model;
}

/** What is remembered of a row that has findings or is listed for another reason, until an edit touches it. */
interface RowNote {
  readonly findings: readonly Finding[];
  readonly bucket: FieldView | undefined;
  readonly text: string;
  readonly hasLineEnd: boolean;
  /** The row's problems as they were listed last, and all that they depend on besides the row. */
  placed: { readonly at: Placement; readonly problems: readonly Problem[] } | undefined;
}

interface Placement {
  readonly line: number;
  /** The first line with the same object. */
  readonly earlier: number | undefined;
  /** The bucket that this row's is not. */
  readonly firstBucket: string | undefined;
  readonly isOneBucketOnly: boolean;
  readonly severities: RuleSeverities | undefined;
}

interface LineRange {
  from: number;
  /** The last line, inclusive. */
  to: number;
}

export class ManifestModel {
  readonly #lines: ManifestLines;
  readonly #isForeign: boolean;
  #declared: ManifestLayout | undefined;
  #blocks = new LineBlocks<RowNote>();
  #objects = new HashCounter();
  #slots = new Uint32Array(0);
  readonly #cleanRow = new CleanRowHash();
  #bucketNumbers = new Map<string, number>();
  #bucketNames: string[] = [];
  #lastBucket = -1;
  #bucketRows: number[] = [];
  #bucketIsColumnName: boolean[] = [];
  #bucketCount = 0;
  #rows = 0;
  #opening = 0;
  #findingCounts = new Int32Array(32);
  /** Line of the first data row: header rows come before it only. -1 if there is none. */
  #firstData = -1;
  /** Line of the row that decides the columns. -1 if there is none, or if they are declared. */
  #deciding = -1;
  #layout: ManifestLayout = openLayout;

  constructor(lines: ManifestLines, fields: readonly ManifestField[] | undefined, isForeign = false) {
    this.#lines = lines;
    this.#isForeign = isForeign;
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
    this.#blocks = new LineBlocks<RowNote>();
    this.#objects = new HashCounter(this.#lines.lineCount);
    this.#bucketNumbers = new Map();
    this.#bucketNames = [];
    this.#lastBucket = -1;
    this.#bucketRows = [];
    this.#bucketIsColumnName = [];
    this.#bucketCount = 0;
    this.#rows = 0;
    this.#opening = 0;
    this.#findingCounts = new Int32Array(32);
    this.#firstData = -1;
    this.#deciding = -1;
    this.#layout = this.#declared ?? openLayout;

    const assembler = new RowAssembler((row) => {
      const judged = this.#judge(this.#rowTextOf(row), this.#contextAt(row.line));
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
      if (!assembler.isIdle || !this.#appendClean(line)) assembler.addLine(this.#lineAt(line));
      else assembler.skipLine();
      if (line % linesPerSlice === linesPerSlice - 1) yield;
    }
    assembler.end();
    while (this.#blocks.lineCount < this.#lines.lineCount) this.#blocks.append(emptyLine);
  }

  /** The short way for most lines of most manifests. False when the line must be looked at closer. */
  #appendClean(line: number): boolean {
    const columns = this.#cleanColumns();
    const hash = columns === undefined ? undefined : this.#cleanRow.scan(this.#lines.lineAt(line), columns);
    if (hash === undefined) return false;
    const { low, high } = hash;
    const bucket = this.#bucketNumber(this.#cleanRow.bucket);
    if (this.#bucketIsColumnName[bucket] === true) return false;
    this.#blocks.appendClean(low, high, bucket);
    this.#rows += 1;
    this.#objects.add(low, high);
    this.#countBucket(bucket, 1);
    return true;
  }

  /** Of rows behind the one that decides them: 2 or 3 when the columns are `Bucket,Key[,VersionId]`. */
  #cleanColumns(): 2 | 3 | undefined {
    const { bucket, key, versionId, columnCount } = this.#layout;
    if (this.#firstData < 0 || bucket !== 0 || key !== 1) return undefined;
    if (columnCount === 2) return 2;
    return columnCount === 3 && versionId === 2 ? 3 : undefined;
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
    const steps = this.lintInSteps(options);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** As `lint`, in slices of a few milliseconds at most. The text must not change meanwhile; if it does, begin again. */
  *lintInSteps(options: LintOptions): Generator<void, LintResult, undefined> {
    const { severities } = options;
    const maxProblems = options.maxProblems ?? defaultMaxProblems;
    const counts: Partial<Record<RuleId, number>> = {};
    const bySeverity: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
    const addCount = (rule: RuleId, severity: Severity, number: number): void => {
      const shown = severities?.[rule] ?? severity;
      if (number === 0 || shown === 'off') return;
      counts[rule] = (counts[rule] ?? 0) + number;
      bySeverity[shown] += number;
    };
    for (const [bit, rule] of bitRules.entries()) addCount(rule.id, rule.severity, this.#findingCounts[bit] ?? 0);
    addCount('duplicate-row', ruleOf('duplicate-row').severity, this.#objects.repeated);
    const mixed = findMixedBuckets(noField, '', options.isOneBucketOnly === true);
    addCount('mixed-buckets', mixed.severity, Math.max(0, this.#bucketCount - 1));
    const ofFile: Finding[] = [];
    if (options.hasByteOrderMark === true) ofFile.push(findByteOrderMark());
    const foreign = findForeignEncoding(options.foreignEncoding);
    if (foreign !== undefined) ofFile.push(foreign);
    if (this.#rows === 0) ofFile.push(findEmptyManifest());
    for (const finding of ofFile) addCount(finding.rule, finding.severity, 1);

    const problems = applySeverities(ofFile, severities)
      .slice(0, maxProblems)
      .map((finding) => toProblem(finding, { line: 0, text: '', hasLineEnd: false }));
    if (problems.length < maxProblems) yield* this.#listProblems(options, maxProblems, problems);
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

  #rowTextOf(row: AssembledRow): RowText {
    return { text: row.text, isCut: row.isCut, isDecodedElsewhere: true, isForeign: this.#isForeign };
  }

  /** Goes through the rows that have problems, in order, until there are enough. Only what has changed since the last time is judged. */
  *#listProblems(options: LintOptions, maxProblems: number, problems: Problem[]): Generator<void, void, undefined> {
    const { severities } = options;
    const isOneBucketOnly = options.isOneBucketOnly === true;
    const wanted = wantedBits(severities);
    const wantsBuckets = severities?.['mixed-buckets'] !== 'off' && this.#bucketCount > 1;
    /** By the object's slot: the first line that names it, plus 1. */
    const firstLines = severities?.['duplicate-row'] !== 'off' && this.#objects.repeated > 0 ? this.#clearedSlots() : undefined;
    const seenBuckets = new Set<number>();
    let firstBucket = '';
    let judged = 0;
    for (const { firstLine, block } of this.#blocks.blocks()) {
      const hasNewBucket = wantsBuckets && hasOther(block.buckets, seenBuckets);
      if (block.faulty === 0 && firstLines === undefined && !hasNewBucket) continue;
      for (let index = this.#nextToList(block, 0, wanted, firstLines !== undefined, hasNewBucket); index >= 0;) {
        const bucket = hasNewBucket ? (block.bucket[index] ?? -1) : -1;
        let isMixed = false;
        if (bucket >= 0 && !seenBuckets.has(bucket)) {
          if (seenBuckets.size === 0) firstBucket = this.#bucketNames[bucket] ?? '';
          else isMixed = true;
          seenBuckets.add(bucket);
        }
        const line = firstLine + index;
        const earlier = firstLines === undefined ? undefined : this.#earlierLine(block, index, line, firstLines);
        const here = index;
        index = this.#nextToList(block, index + 1, wanted, firstLines !== undefined, hasNewBucket);
        if (((block.findings[here] ?? 0) & wanted) === 0 && !isMixed && earlier === undefined) continue;
        let note = block.noteOf(here);
        if (note === undefined) {
          note = this.#judgeToList(line, block.rowLines[here] ?? 1);
          // To remember more than an editor lists would only cost memory.
          if (maxProblems <= maxRemembered) block.note(here, note);
          judged += 1;
        }
        const at = { line, earlier, firstBucket: isMixed ? firstBucket : undefined, isOneBucketOnly, severities };
        for (const problem of placedProblems(note, at)) {
          problems.push(problem);
          if (problems.length >= maxProblems) return;
        }
        if (judged >= judgedPerSlice) {
          judged = 0;
          yield;
        }
      }
      yield;
    }
  }

  /** The next line of a block that may have to be listed, -1 when there is none. */
  #nextToList(block: LineBlock<RowNote>, from: number, wanted: number, hasRepeats: boolean, hasNewBucket: boolean): number {
    const { findings, low, count } = block;
    for (let index = from; index < count; index += 1) {
      if (((findings[index] ?? 0) & wanted) !== 0 || hasNewBucket) return index;
      if (hasRepeats && this.#objects.mayRepeat(low[index] ?? 0)) return index;
    }
    return -1;
  }

  /** The first line that names the same object as this one, when that is another; notes this one when it is the first. */
  #earlierLine(block: LineBlock<RowNote>, index: number, line: number, firstLines: Uint32Array): number | undefined {
    const low = block.low[index] ?? 0;
    if (!this.#objects.mayRepeat(low)) return undefined;
    const high = block.high[index] ?? 0;
    if (low === 0 && high === 0) return undefined;
    const slot = this.#objects.repeatedSlot(low, high);
    if (slot < 0) return undefined;
    const first = firstLines[slot] ?? 0;
    if (first !== 0) return first - 1;
    firstLines[slot] = line + 1;
    return undefined;
  }

  #judgeToList(line: number, rowLines: number): RowNote {
    const row = this.#rowAt(line, rowLines);
    const judged = judgeRow(this.#rowTextOf(row), this.#contextAt(line));
    return {
      findings: ownFindings(judged),
      bucket: judged.view.bucket,
      text: row.text,
      hasLineEnd: row.lineEnd !== '',
      placed: undefined,
    };
  }

  /** One number for each slot of the objects, all 0. Kept, because making it anew costs more than clearing it. */
  #clearedSlots(): Uint32Array {
    if (this.#slots.length === this.#objects.slotCount) this.#slots.fill(0);
    else this.#slots = new Uint32Array(this.#objects.slotCount);
    return this.#slots;
  }

  #replaceLines({ startLine, endLine, insertedLineCount }: LineChange): void {
    const removed = endLine - startLine + 1;
    for (let line = startLine; line <= endLine; line += 1) this.#count(this.#blocks.get(line), -1);
    this.#blocks.splice(startLine, removed, insertedLineCount);
    const delta = insertedLineCount - removed;
    // Where such a row was taken away, the lines before and behind it have been what they were.
    const follow = (line: number): number => (line > endLine ? line + delta : Math.min(line, startLine));
    this.#firstData = follow(this.#firstData);
    this.#deciding = follow(this.#deciding);
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
   * Finds the first data row and the row that decides the columns again, and adds to `rows` those that mean something else now. False
   * when so many do, as when the columns have changed, that all had better be judged anew.
   */
  #lookAtTop(rows: Map<number, AssembledRow>): boolean {
    for (const row of rows.values()) this.#setKind(row);
    const firstData = this.#blocks.firstOfKind('data', 0) ?? -1;
    const deciding = this.#declared !== undefined || firstData < 0 ? -1 : (this.#blocks.firstOfKind('decider', firstData) ?? -1);
    if (this.#declared === undefined) {
      const layout = deciding < 0 ? openLayout : this.#layoutDecidedBy(rows.get(deciding) ?? this.#rowFrom(deciding));
      if (layout.columnCount !== this.#layout.columnCount || layout.versionId !== this.#layout.versionId) return false;
    }
    const moved = [
      { from: this.#firstData, to: firstData },
      { from: this.#deciding, to: deciding },
    ];
    this.#firstData = firstData;
    this.#deciding = deciding;
    return moved.every(({ from, to }) => this.#reread(from, to, rows));
  }

  #layoutDecidedBy(row: AssembledRow): ManifestLayout {
    return layoutOfFirstRow(viewRow(this.#rowTextOf(row), openLayout).fields.length);
  }

  /** Adds the rows behind the nearer of two lines, up to the farther one. -1 is behind all. */
  #reread(one: number, other: number, rows: Map<number, AssembledRow>): boolean {
    if (one === other) return true;
    const behind = this.#rowLineCount();
    const from = one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
    const to = one < 0 || other < 0 ? behind - 1 : Math.max(one, other);
    if (to - from > maxReread) return false;
    for (let line = from + 1; line <= to; line += 1) {
      if (!rows.has(line) && this.#blocks.get(line).rowLines > 0) rows.set(line, this.#rowFrom(line));
    }
    return true;
  }

  /** Until the row is judged. */
  #setKind(row: AssembledRow): void {
    const kind = kindOf(this.#rowTextOf(row));
    row.lines.forEach((line, index) => {
      const opening = { opens: opens(line) };
      this.#replace(
        row.line + index,
        index === 0 ? { ...emptyLine, ...opening, rowLines: row.lines.length, kind } : { ...emptyLine, ...opening },
      );
    });
  }

  #setRow(row: AssembledRow): void {
    const { state } = this.#judge(this.#rowTextOf(row), this.#contextAt(row.line));
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
    if (state.bucket >= 0) this.#countBucket(state.bucket, sign);
  }

  #countBucket(bucket: number, sign: 1 | -1): void {
    const rows = (this.#bucketRows[bucket] ?? 0) + sign;
    this.#bucketRows[bucket] = rows;
    if (sign === 1 && rows === 1) this.#bucketCount += 1;
    if (sign === -1 && rows === 0) this.#bucketCount -= 1;
  }

  #contextAt(line: number): RowContext {
    const isBeforeData = this.#firstData < 0 || line <= this.#firstData;
    if (this.#declared !== undefined) return { layout: this.#declared, canBeHeader: isBeforeData };
    const isBeforeDecision = this.#deciding < 0 || line <= this.#deciding;
    return { layout: isBeforeDecision ? openLayout : this.#layout, canBeHeader: isBeforeData };
  }

  #judge(row: RowText, context: RowContext): { state: LineState; isData: boolean; decides: ManifestLayout | undefined } {
    const clean = tryCleanRow(row, context);
    const cleanBucket = clean === undefined ? -1 : this.#bucketNumber(clean.bucket);
    // A clean row may still be one that would be a header if it came first.
    if (clean !== undefined && this.#bucketIsColumnName[cleanBucket] !== true) {
      const { low, high } = hashText(clean.identity);
      return {
        state: { rowLines: 1, findings: 0, low, high, bucket: cleanBucket, opens: 0, kind: rowKinds.data + rowKinds.decider },
        isData: true,
        decides: undefined,
      };
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
    const state = { rowLines: 1, findings: findings >>> 0, low, high, bucket, opens: 0, kind: kindOf(row) };
    return { state, isData, decides: judged.decidesLayout ? judged.layout : undefined };
  }

  #bucketNumber(name: string): number {
    if (name === this.#bucketNames[this.#lastBucket]) return this.#lastBucket;
    const known = this.#bucketNumbers.get(name);
    if (known !== undefined) {
      this.#lastBucket = known;
      return known;
    }
    const number = this.#bucketNames.length;
    this.#bucketNumbers.set(name, number);
    this.#bucketNames.push(name);
    this.#bucketRows.push(0);
    this.#bucketIsColumnName.push(isColumnName(name));
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

  #rowFrom(line: number): AssembledRow {
    return this.#rowAt(line, this.#blocks.get(line).rowLines);
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

function kindOf(row: RowText): number {
  const view = viewRow(row, openLayout);
  if (isBlankRow(view)) return 0;
  return (isHeaderRow(view) ? 0 : rowKinds.data) + (canDecideLayout(view) ? rowKinds.decider : 0);
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

/** The bits of the rules that are not off. */
function wantedBits(severities: RuleSeverities | undefined): number {
  let wanted = 0;
  for (const [bit, { id }] of bitRules.entries()) if (severities?.[id] !== 'off') wanted |= 1 << bit;
  return wanted;
}

function hasOther(buckets: ReadonlyMap<number, number>, seen: ReadonlySet<number>): boolean {
  for (const bucket of buckets.keys()) if (!seen.has(bucket)) return true;
  return false;
}

/** The problems of a row: those of the last time, when nothing has changed that they depend on. */
function placedProblems(note: RowNote, at: Placement): readonly Problem[] {
  const { placed } = note;
  if (placed !== undefined && isSamePlace(placed.at, at)) return placed.problems;
  const findings = [...note.findings];
  if (at.firstBucket !== undefined && note.bucket !== undefined) {
    findings.push(findMixedBuckets(note.bucket, at.firstBucket, at.isOneBucketOnly));
  }
  if (at.earlier !== undefined) findings.unshift(findDuplicateRow(note.text.length, at.earlier));
  if (findings.length > 1) findings.sort((a, b) => a.start - b.start);
  const place = { line: at.line, text: note.text, hasLineEnd: note.hasLineEnd };
  const problems = applySeverities(findings, at.severities).map((finding) => toProblem(finding, place));
  note.placed = { at, problems };
  return problems;
}

function isSamePlace(a: Placement, b: Placement): boolean {
  return (
    a.line === b.line &&
    a.earlier === b.earlier &&
    a.firstBucket === b.firstBucket &&
    a.severities === b.severities &&
    (a.firstBucket === undefined || a.isOneBucketOnly === b.isOneBucketOnly)
  );
}

const bits = new Map(bitRules.map((rule, bit) => [`${rule.id} ${rule.severity}`, 1 << bit]));
const blankBit = bitOf({ rule: 'blank-line', severity: 'error' });

function bitOf(finding: { readonly rule: RuleId; readonly severity: Severity }): number {
  const bit = bits.get(`${finding.rule} ${finding.severity}`);
  if (bit === undefined) throw new Error(`No bit for ${finding.rule} as ${finding.severity}`);
  return bit;
}

const noField = { value: '', start: 0, end: 0, isQuoted: false, index: 0 };

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
