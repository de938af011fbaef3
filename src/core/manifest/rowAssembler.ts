import type { LineEnd, ManifestLine } from './manifestLine.js';
import { findClosingQuote, skipBlanks, splitRow } from './rowFields.js';

/** One row of a manifest: one line, or several when a quoted field holds line breaks. */
export interface AssembledRow {
  /** 0-based line that the row begins on. */
  readonly line: number;
  readonly lines: readonly ManifestLine[];
  /** Without the last line end; line breaks within are `\n`. */
  readonly text: string;
  readonly lineEnd: LineEnd;
  readonly isCut: boolean;
}

/** How far a closing quote is looked for. No key is that long, and memory and re-reading stay bounded. */
export const maxRowLines = 1024;
const maxSpanningLength = 64 * 1024;

/**
 * Puts lines together to rows. A field that opens a quote runs on over the next lines only if a proper closing quote (before a comma or a
 * line end) comes; otherwise the quote never closes, the row ends with its line, and the next line begins a row: one stray quote must
 * not hide the problems of all rows after it.
 */
export class RowAssembler {
  readonly #onRow: (row: AssembledRow) => void;
  #line = 0;
  #open: ManifestLine[] = [];
  #openLength = 0;

  /** `firstLine` is the number of the first line that will be added. */
  constructor(onRow: (row: AssembledRow) => void, firstLine = 0) {
    this.#onRow = onRow;
    this.#line = firstLine;
  }

  /** True when no line is held back: the next one begins a row. */
  get isIdle(): boolean {
    return this.#open.length === 0;
  }

  addLine(line: ManifestLine): void {
    if (this.#open.length === 0) {
      if (!line.isCut && line.text.includes('"') && opensQuote(line.text)) this.#hold(line);
      else this.#emit([line]);
      return;
    }
    const state = line.isCut ? 'never' : continueQuote(line.text);
    if (state === 'open') {
      this.#hold(line);
      if (this.#open.length >= maxRowLines || this.#openLength > maxSpanningLength) this.#giveUp();
    } else if (state === 'closed') {
      const lines = [...this.#open, line];
      this.#open = [];
      this.#openLength = 0;
      this.#emit(lines);
    } else {
      const held = line;
      this.#giveUp();
      this.addLine(held);
    }
  }

  /** For a line that someone else took for a row; no line may be held back. */
  skipLine(): void {
    this.#line += 1;
  }

  /** To be called after the last line. */
  end(): void {
    while (this.#open.length > 0) this.#giveUp();
  }

  #hold(line: ManifestLine): void {
    this.#open.push(line);
    this.#openLength += line.text.length;
    if (this.#open.length === 1 && this.#openLength > maxSpanningLength) this.#giveUp();
  }

  /** The first line held is a row of its own; the others are read again, as beginnings of rows. */
  #giveUp(): void {
    const [first, ...others] = this.#open;
    this.#open = [];
    this.#openLength = 0;
    if (first !== undefined) this.#emit([first]);
    for (const line of others) this.addLine(line);
  }

  #emit(lines: readonly ManifestLine[]): void {
    const last = lines.at(-1);
    if (last === undefined) return;
    const text = lines.length === 1 ? last.text : lines.map((line) => line.text).join('\n');
    const row = { line: this.#line, lines, text, lineEnd: last.lineEnd, isCut: last.isCut };
    this.#line += lines.length;
    this.#onRow(row);
  }
}

/** True when the text ends within quotes. */
export function opensQuote(text: string): boolean {
  return splitRow(text).error?.kind === 'unclosed-quote';
}

/** What a line does to a quote that is open before it: closes it, leaves it (or another) open, or shows that it never closes. */
export function continueQuote(text: string): 'closed' | 'open' | 'never' {
  const closing = findClosingQuote(text, 0);
  if (closing === undefined) return 'open';
  const next = skipBlanks(text, closing + 1);
  if (next >= text.length) return 'closed';
  if (text[next] !== ',') return 'never';
  return opensQuote(text.slice(next + 1)) ? 'open' : 'closed';
}
