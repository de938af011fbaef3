import { ByteLineReader } from './byteLines.js';
import type { SeenIdentities } from './duplicateIndex.js';
import { applySeverities, defaultMaxProblems, type LintOptions } from './lintOptions.js';
import { byteOrderMarkCharacter, type ManifestLine, textLines } from './manifestLine.js';
import { ManifestState } from './manifestState.js';
import { type Position, toProblem } from './placeFinding.js';
import type { Problem, Severity } from './problem.js';
import { type AssembledRow, RowAssembler } from './rowAssembler.js';
import type { RowText } from './rowView.js';
import { findByteOrderMark } from './rules/byteOrderMark.js';
import { findEmptyManifest } from './rules/emptyManifest.js';
import { findForeignEncoding } from './rules/notUtf8.js';
import type { Finding, RuleId } from './rules/rule.js';

export interface LintResult {
  /** All lines but blank ones. */
  readonly rows: number;
  /** Different bucket names. */
  readonly bucketCount: number;
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
  /** Problems of each rule that has any: exact, even when the list is cut. */
  readonly counts: Readonly<Partial<Record<RuleId, number>>>;
  /** In the order of the file, at most `maxProblems`. */
  readonly problems: readonly Problem[];
  readonly isTruncated: boolean;
}

/** Lints a manifest that is in memory. Of a string, U+FFFD is taken for bytes that were not UTF-8 when it was decoded. */
export function lintManifest(source: string | Uint8Array, options: LintOptions = {}): LintResult {
  if (typeof source !== 'string') {
    const linter = new ManifestByteLinter(options);
    linter.push(source);
    return linter.end();
  }
  const hasMark = source.startsWith(byteOrderMarkCharacter);
  const linter = new ManifestLineLinter(options, { isDecodedElsewhere: true, isForeign: options.foreignEncoding !== undefined });
  if (hasMark || options.hasByteOrderMark === true) linter.noteByteOrderMark();
  linter.noteEncoding(options.foreignEncoding);
  for (const line of textLines(source, hasMark ? 1 : 0)) linter.addLine(line);
  return linter.end();
}

/**
 * Lints a manifest that comes in chunks; memory does not grow with its size but for 12-32 bytes a row when `duplicate-row` is on, unless
 * `seen` remembers rows in another way.
 */
export class ManifestByteLinter {
  readonly #linter: ManifestLineLinter;
  readonly #reader: ByteLineReader;
  #isMarkNoted = false;

  constructor(options: LintOptions, seen?: SeenIdentities) {
    this.#linter = new ManifestLineLinter(options, { isDecodedElsewhere: false, seen });
    this.#reader = new ByteLineReader(
      (line) => {
        this.#noteMark();
        this.#linter.addLine(line);
      },
      { longLines: 'cut' },
    );
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** The result so far. A row that has not ended yet is not part of it. */
  snapshot(): LintResult {
    return this.#linter.snapshot();
  }

  end(): LintResult {
    this.#reader.end();
    this.#noteMark();
    return this.#linter.end();
  }

  /** After the end: the line of the last row when no line end follows it. */
  get unendedLine(): number | undefined {
    return this.#linter.unendedLine;
  }

  #noteMark(): void {
    if (this.#isMarkNoted) return;
    this.#isMarkNoted = true;
    if (this.#reader.hasByteOrderMark) this.#linter.noteByteOrderMark();
  }
}

interface LineSource extends Pick<RowText, 'isDecodedElsewhere' | 'isForeign'> {
  readonly seen?: SeenIdentities | undefined;
}

/** Lints line by line, for those who have lines or take their time; counts everything and keeps the first problems. */
export class ManifestLineLinter {
  readonly #options: LintOptions;
  readonly #source: LineSource;
  readonly #state: ManifestState;
  readonly #rows = new RowAssembler((row) => this.#addRow(row));
  readonly #maxProblems: number;
  readonly #problems: Problem[] = [];
  readonly #counts: Partial<Record<RuleId, number>> = {};
  readonly #bySeverity: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
  #problemsOfFile = 0;
  #unendedLine: number | undefined;

  constructor(options: LintOptions, source: LineSource) {
    this.#options = options;
    this.#source = source;
    this.#state = new ManifestState(options, source.seen);
    this.#maxProblems = options.maxProblems ?? defaultMaxProblems;
  }

  get unendedLine(): number | undefined {
    return this.#unendedLine;
  }

  noteByteOrderMark(): void {
    this.#addOfFile(findByteOrderMark());
  }

  /** How an editor read the file, if not as UTF-8. To be called before the first line. */
  noteEncoding(foreign: string | undefined): void {
    const found = findForeignEncoding(foreign);
    if (found !== undefined) this.#addOfFile(found);
  }

  addLine(line: ManifestLine): void {
    this.#rows.addLine(line);
  }

  end(): LintResult {
    this.#rows.end();
    if (this.#state.rows === 0) this.#addEmptyManifest();
    return this.snapshot();
  }

  /** The result so far. A row that has not ended yet is not part of it. */
  snapshot(): LintResult {
    const total = this.#bySeverity.error + this.#bySeverity.warning + this.#bySeverity.information;
    return {
      rows: this.#state.rows,
      bucketCount: this.#state.bucketCount,
      errors: this.#bySeverity.error,
      warnings: this.#bySeverity.warning,
      information: this.#bySeverity.information,
      counts: { ...this.#counts },
      problems: [...this.#problems],
      isTruncated: total > this.#problems.length,
    };
  }

  #addRow(row: AssembledRow): void {
    const { isDecodedElsewhere, isForeign = false } = this.#source;
    const text = { text: row.text, isCut: row.isCut, isDecodedElsewhere, isForeign };
    const findings = this.#state.next(text, row.line);
    if (row.lineEnd === '') this.#unendedLine = row.line;
    if (findings.length > 0) this.#add(findings, { line: row.line, text: row.text, hasLineEnd: row.lineEnd !== '' });
  }

  #addOfFile(finding: Finding): void {
    this.#add(applySeverities([finding], this.#options.severities), fileStart);
    this.#problemsOfFile = this.#problems.length;
  }

  /** Known only at the end, but its place is the beginning: before all blank lines, after what is wrong with the file as a whole. */
  #addEmptyManifest(): void {
    const later = this.#problems.splice(this.#problemsOfFile);
    this.#add(applySeverities([findEmptyManifest()], this.#options.severities), fileStart);
    this.#problems.push(...later.slice(0, this.#maxProblems - this.#problems.length));
  }

  #add(findings: readonly Finding[], place: Position): void {
    for (const finding of findings) {
      this.#counts[finding.rule] = (this.#counts[finding.rule] ?? 0) + 1;
      this.#bySeverity[finding.severity] += 1;
      if (this.#problems.length < this.#maxProblems) this.#problems.push(toProblem(finding, place));
    }
  }
}

const fileStart: Position = { line: 0, text: '', hasLineEnd: false };
