import { ByteLineReader, editLineBytes } from './byteLines.js';
import { EditList, type Edits } from './editList.js';
import type { LintOptions } from './lintOptions.js';
import { byteOrderMarkCharacter, type ManifestLine, manifestLine, textLines } from './manifestLine.js';
import { ManifestState } from './manifestState.js';
import { removeRow, toEdit } from './placeFinding.js';
import type { Edit } from './problem.js';
import { type AssembledRow, RowAssembler } from './rowAssembler.js';
import type { RowText } from './rowView.js';
import { byteOrderMark } from './rules/byteOrderMark.js';
import type { RowEdit, RuleId } from './rules/rule.js';

type Counts = Partial<Record<RuleId, number>>;
export type FixCounts = Readonly<Counts>;

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
  const hasMark = text.startsWith(byteOrderMarkCharacter);
  const removesMark = hasMark && options.severities?.[byteOrderMark.id] !== 'off';
  const lines: ManifestLine[] = [];
  const steps = fixLines(() => textLines(text, hasMark ? 1 : 0), options, lines);
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    const { edits, fixed } = step.value;
    return {
      text: (hasMark && !removesMark ? byteOrderMarkCharacter : '') + joinLines(lines),
      edits: edits instanceof EditList ? edits.toArray() : edits,
      fixed: removesMark ? { [byteOrderMark.id]: 1, ...fixed } : fixed,
    };
  }
}

export interface LineFixResult<E extends Edits = Edits> {
  /** What to do to the lines given to get them fixed. Ascending, never overlapping. */
  readonly edits: E;
  /** Problems fixed, by rule. */
  readonly fixed: FixCounts;
}

/**
 * As `fixAll`, of the lines behind a byte order mark, in slices of less than a millisecond for those who must not be kept busy. Of a large
 * file neither the text nor the lines are kept, only the edits. `given` may be asked for the lines twice.
 */
export function fixLinesInSteps(
  given: () => Iterable<ManifestLine>,
  options: LintOptions = {},
): Generator<void, LineFixResult, undefined> {
  return fixLines(given, options, undefined);
}

/** `kept`, when given, gets the fixed lines. */
function* fixLines(
  given: () => Iterable<ManifestLine>,
  options: LintOptions,
  kept: ManifestLine[] | undefined,
): Generator<void, LineFixResult<EditList | readonly Edit[]>, undefined> {
  const edits = new EditList();
  const fixed: Counts = {};
  let isSettled = true;
  // The second look follows the first line by line, so that nothing but edits is kept for it.
  const second = new LineFixer(options, {}, { onLine: () => undefined, onEdit: () => (isSettled = false) });
  const first = new LineFixer(options, fixed, {
    onLine: (line) => {
      kept?.push(line);
      second.addLine(line);
    },
    onEdit: (edit) => edits.push(edit),
  });
  let count = 0;
  for (const line of given()) {
    first.addLine(line);
    count += 1;
    if (count % linesPerStep === 0) yield;
    if (!isSettled) break;
  }
  if (isSettled) {
    first.end();
    second.end();
  }
  yield;
  if (isSettled) return { edits, fixed };
  kept?.splice(0);
  return yield* fixUntilSettled(given, options, kept);
}

/** What a later pass changed has positions of its own: the edit is that of the whole text. */
function* fixUntilSettled(
  given: () => Iterable<ManifestLine>,
  options: LintOptions,
  kept: ManifestLine[] | undefined,
): Generator<void, LineFixResult<readonly Edit[]>, undefined> {
  const fixed: Counts = {};
  const before: ManifestLine[] = [];
  for (const line of given()) {
    before.push(line);
    if (before.length % linesPerStep === 0) yield;
  }
  let lines: readonly ManifestLine[] = before;
  let isSettled = false;
  for (let pass = 0; pass < maxPasses && !isSettled; pass += 1) {
    const after: ManifestLine[] = [];
    isSettled = true;
    const fixer = new LineFixer(options, fixed, { onLine: (line) => after.push(line), onEdit: () => (isSettled = false) });
    for (const [index, line] of lines.entries()) {
      fixer.addLine(line);
      if (index % linesPerStep === 0) yield;
    }
    fixer.end();
    lines = after;
    yield;
  }
  for (const line of lines) kept?.push(line);
  return { edits: [replaceAll(before, lines)], fixed };
}

interface FixedLines {
  readonly onLine: (line: ManifestLine) => void;
  /** Ascending, never overlapping, in the positions of the lines given. */
  readonly onEdit: (edit: Edit) => void;
}

/** Fixes lines that come one by one. */
class LineFixer {
  readonly #rows: RowAssembler;

  constructor(options: LintOptions, counts: Counts, { onLine, onEdit }: FixedLines) {
    const fixer = new RowFixer(options, { isDecodedElsewhere: true, isForeign: options.foreignEncoding !== undefined }, counts);
    this.#rows = new RowAssembler((row) => {
      const fix = fixer.fix(row);
      const place = { line: row.line, text: row.text, hasLineEnd: row.lineEnd !== '' };
      if (fix.removesRow) {
        onEdit(removeRow(place));
        return;
      }
      for (const edit of fix.edits) onEdit(toEdit(place, edit));
      for (const [index, line] of row.lines.entries()) {
        const after = index === 0 && fix.edits.length > 0 ? fixLine(line, fix.edits) : line;
        // What follows the last line end is a line only if it is not empty.
        if (after.text !== '' || after.lineEnd !== '') onLine(after);
      }
    });
  }

  addLine(line: ManifestLine): void {
    this.#rows.addLine(line);
  }

  end(): void {
    this.#rows.end();
  }
}

function fixLine(line: ManifestLine, edits: readonly RowEdit[]): ManifestLine {
  return manifestLine(applyRowEdits(line.whole ?? line.text, edits), line.lineEnd);
}

function joinLines(lines: readonly ManifestLine[]): string {
  const parts: string[] = [];
  for (const { whole, text, lineEnd } of lines) parts.push(whole ?? text, lineEnd);
  return parts.join('');
}

function replaceAll(before: readonly ManifestLine[], after: readonly ManifestLine[]): Edit {
  const last = before.at(-1);
  const isOpen = last !== undefined && last.lineEnd === '';
  const range = {
    line: 0,
    column: 0,
    endLine: isOpen ? before.length - 1 : before.length,
    endColumn: isOpen ? (last.whole ?? last.text).length : 0,
  };
  return { range, text: joinLines(after) };
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

type RowSource = Pick<RowText, 'isDecodedElsewhere' | 'isForeign'>;

/** Collects the certain fixes of each row, in the order of the file. */
class RowFixer {
  readonly #state: ManifestState;
  readonly #source: RowSource;
  readonly #counts: Counts;

  constructor(options: LintOptions, source: RowSource, counts: Counts) {
    // Duplicates are never fixed for sure, and remembering all rows costs memory.
    this.#state = new ManifestState({ ...options, severities: { ...options.severities, 'duplicate-row': 'off' } });
    this.#source = source;
    this.#counts = counts;
  }

  fix(row: AssembledRow): RowFixes {
    const findings = this.#state.next({ text: row.text, isCut: row.isCut, ...this.#source }, row.line);
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
  readonly #counts: Counts = {};
  readonly #keepsMark: boolean;
  readonly #onOutput: (piece: string | Uint8Array) => void;
  #isMarkNoted = false;

  /** `onOutput` gets the pieces of the fixed file in order; strings are to be written as UTF-8. */
  constructor(options: LintOptions, onOutput: (piece: string | Uint8Array) => void) {
    this.#onOutput = onOutput;
    this.#keepsMark = options.severities?.[byteOrderMark.id] === 'off';
    const fixer = new RowFixer(options, { isDecodedElsewhere: false }, this.#counts);
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
