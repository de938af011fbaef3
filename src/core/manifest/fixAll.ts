import { ByteLineReader, editLineBytes } from './byteLines.js';
import type { LintOptions } from './lintOptions.js';
import { byteOrderMarkCharacter, textLines } from './manifestLine.js';
import { ManifestState } from './manifestState.js';
import { removeRow, toEdit } from './placeFinding.js';
import type { Edit } from './problem.js';
import { type AssembledRow, RowAssembler } from './rowAssembler.js';
import { byteOrderMark } from './rules/byteOrderMark.js';
import type { RowEdit, RuleId } from './rules/rule.js';

export type FixCounts = Readonly<Partial<Record<RuleId, number>>>;

export interface FixResult {
  /** The text with every certain fix applied, without a byte order mark. */
  readonly text: string;
  /** What to do to the text given (its positions do not count a byte order mark) to get `text`. Ascending, never overlapping. */
  readonly edits: readonly Edit[];
  /** Problems fixed, by rule. */
  readonly fixed: FixCounts;
}

/** One stray quote can change how the lines after it divide into rows once other quotes are encoded; a second look then settles it. */
const maxPasses = 8;
const linesPerStep = 64;

/**
 * Applies every fix whose result is certain, as "fix all" and `s3batch fix` do: byte order mark, header rows, blank lines, surrounding
 * space, raw characters, bad escapes, missing version ids. Rules that are off are left alone. Applying it twice changes nothing more.
 */
export function fixAll(text: string, options: LintOptions = {}): FixResult {
  const steps = fixAllInSteps(text, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `fixAll`, in slices of less than a millisecond, for those who must not be kept busy. */
export function* fixAllInSteps(text: string, options: LintOptions = {}): Generator<void, FixResult, undefined> {
  const counts: Partial<Record<RuleId, number>> = {};
  const hasMark = text.startsWith(byteOrderMarkCharacter);
  if (hasMark && options.severities?.[byteOrderMark.id] !== 'off') counts[byteOrderMark.id] = 1;
  const body = hasMark ? text.slice(1) : text;
  const kept = hasMark && counts[byteOrderMark.id] === undefined ? byteOrderMarkCharacter : '';

  let first: Pass | undefined;
  let current = body;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const result = yield* fixOnce(current, options, counts);
    first ??= result;
    if (result.edits.length === 0) break;
    current = result.text;
  }
  const edits = first === undefined || first.text === current ? (first?.edits ?? []) : [replaceAll(body, current)];
  return { text: kept + current, edits, fixed: counts };
}

interface Pass {
  readonly text: string;
  readonly edits: readonly Edit[];
}

function* fixOnce(text: string, options: LintOptions, counts: Partial<Record<RuleId, number>>): Generator<void, Pass, undefined> {
  const edits: Edit[] = [];
  const output: string[] = [];
  const parts: string[] = [];
  const fixer = new RowFixer(options, true, counts);
  const rows = new RowAssembler((row) => {
    const fix = fixer.fix(row);
    const place = { line: row.line, text: row.text, hasLineEnd: row.lineEnd !== '' };
    if (fix.removesRow) {
      edits.push(removeRow(place));
      return;
    }
    for (const edit of fix.edits) edits.push(toEdit(place, edit));
    row.lines.forEach((line, index) => {
      const whole = line.whole ?? line.text;
      output.push(index === 0 ? applyRowEdits(whole, fix.edits) : whole, line.lineEnd);
    });
  });
  let lines = 0;
  for (const line of textLines(text)) {
    rows.addLine(line);
    lines += 1;
    if (lines % linesPerStep !== 0) continue;
    // Joined as they come: to join the pieces of half a million rows at the end would take much longer than a step may.
    parts.push(output.splice(0).join(''));
    yield;
  }
  rows.end();
  parts.push(output.join(''));
  yield;
  return { text: parts.join(''), edits };
}

function replaceAll(text: string, replacement: string): Edit {
  let endLine = 0;
  let endColumn = 0;
  for (const line of textLines(text)) {
    if (line.lineEnd === '') endColumn = (line.whole ?? line.text).length;
    else endLine += 1;
  }
  return { range: { line: 0, column: 0, endLine, endColumn }, text: replacement };
}

/** Takes edits in ascending order that do not overlap. */
export function applyRowEdits(text: string, edits: readonly RowEdit[]): string {
  if (edits.length === 0) return text;
  let result = '';
  let from = 0;
  for (const edit of edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

interface RowFixes {
  readonly removesRow: boolean;
  /** All on the first line of the row: no certain fix touches a field that spans lines or one after it. */
  readonly edits: readonly RowEdit[];
}

/** Collects the certain fixes of each row, in the order of the file. */
class RowFixer {
  readonly #state: ManifestState;
  readonly #isDecodedElsewhere: boolean;
  readonly #counts: Partial<Record<RuleId, number>>;

  constructor(options: LintOptions, isDecodedElsewhere: boolean, counts: Partial<Record<RuleId, number>>) {
    // Duplicates are never fixed for sure, and remembering all rows costs memory.
    this.#state = new ManifestState({ ...options, severities: { ...options.severities, 'duplicate-row': 'off' } });
    this.#isDecodedElsewhere = isDecodedElsewhere;
    this.#counts = counts;
  }

  fix(row: AssembledRow): RowFixes {
    const findings = this.#state.next(
      { text: row.text, isCut: row.isCut, isDecodedElsewhere: this.#isDecodedElsewhere },
      row.line,
    );
    const edits: RowEdit[] = [];
    let removesRow = false;
    for (const finding of findings) {
      const fix = finding.fixes.find((item) => item.isCertain);
      if (fix === undefined) continue;
      this.#counts[finding.rule] = (this.#counts[finding.rule] ?? 0) + 1;
      if (fix.removesRow === true) removesRow = true;
      edits.push(...fix.edits);
    }
    if (edits.length > 1) edits.sort((a, b) => a.start - b.start || a.end - b.end);
    return { removesRow, edits };
  }
}

/**
 * Fixes a manifest that comes in chunks, with one row in memory at a time: bytes that no fix touches come out as they went in, even those
 * that are not UTF-8. Throws `RowTooLong` for lines that no row can be.
 */
export class ManifestByteFixer {
  readonly #reader: ByteLineReader;
  readonly #rows: RowAssembler;
  readonly #counts: Partial<Record<RuleId, number>> = {};
  readonly #keepsMark: boolean;
  readonly #onOutput: (piece: string | Uint8Array) => void;
  #isMarkNoted = false;

  /** `onOutput` gets the pieces of the fixed file in order; strings are to be written as UTF-8. */
  constructor(options: LintOptions, onOutput: (piece: string | Uint8Array) => void) {
    this.#onOutput = onOutput;
    this.#keepsMark = options.severities?.[byteOrderMark.id] === 'off';
    const fixer = new RowFixer(options, false, this.#counts);
    this.#rows = new RowAssembler((row) => this.#write(row, fixer.fix(row)));
    this.#reader = new ByteLineReader(
      (line) => {
        this.#noteMark();
        this.#rows.addLine(line);
      },
      { longLines: 'reject' },
    );
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** Problems fixed, by rule. */
  end(): FixCounts {
    this.#reader.end();
    this.#noteMark();
    this.#rows.end();
    return this.#counts;
  }

  #noteMark(): void {
    if (this.#isMarkNoted) return;
    this.#isMarkNoted = true;
    if (!this.#reader.hasByteOrderMark) return;
    if (this.#keepsMark) this.#onOutput(byteOrderMarkCharacter);
    else this.#counts[byteOrderMark.id] = 1;
  }

  #write(row: AssembledRow, fix: RowFixes): void {
    if (fix.removesRow) return;
    row.lines.forEach((line, index) => {
      const edits = index === 0 ? fix.edits : [];
      if (line.bytes === undefined) {
        this.#onOutput(applyRowEdits(line.text, edits) + line.lineEnd);
        return;
      }
      this.#onOutput(edits.length === 0 ? line.bytes : editLineBytes(line.bytes, edits));
      this.#onOutput(line.lineEnd);
    });
  }
}
