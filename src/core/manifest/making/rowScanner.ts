import { BatchError } from '../../../base/errors.js';
import { ChunkJoiner, FieldSpans, noBytes } from '../../report/rowBytes.js';
import { maxRowLength } from '../rowView.js';
import { refuseUtf16 } from '../utf16.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const comma = 0x2c;
const unfinished = -1;

/** A UTF-16 unit takes 3 bytes at most: a row of more bytes than this is surely longer than a row may be. */
const maxHeldBytes = 3 * maxRowLength + 4;

/** One row as bytes. The scanner reuses it, and its bytes, for the next one. Offsets are in `bytes`. */
export interface ScannedRow {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** With the line end; equals `end` in a last row that has none. */
  readonly next: number;
  /** Fields with their quotes. */
  readonly spans: FieldSpans;
  /** 1-based, of the row's first line. */
  readonly line: number;
}

export interface RowScannerOptions {
  /** What errors call the file. */
  readonly name: string;
  /** Byte between fields; a comma when left out. */
  readonly separator?: number;
  /** Hand the byte order mark on as part of the first row, for those who keep every byte. */
  readonly keepsByteOrderMark?: boolean;
}

/**
 * Cuts a stream of bytes into rows and fields by RFC 4180, at LF, CRLF and lone CR, with one chunk and one row in memory. Blank lines are
 * rows too, with a single empty field. Throws `BadManifest` for rows whose quotes are broken and for rows longer than 1 MiB.
 */
export class RowScanner {
  readonly #onRow: (row: ScannedRow) => void;
  readonly #name: string;
  readonly #separator: number;
  readonly #keepsMark: boolean;
  readonly #row: { bytes: Uint8Array; start: number; end: number; next: number; spans: FieldSpans; line: number };
  readonly #joiner = new ChunkJoiner();
  #isAtStart = true;
  #lineBreaks = 0;

  constructor(onRow: (row: ScannedRow) => void, options: RowScannerOptions) {
    this.#onRow = onRow;
    this.#name = options.name;
    this.#separator = options.separator ?? comma;
    this.#keepsMark = options.keepsByteOrderMark === true;
    this.#row = { bytes: noBytes, start: 0, end: 0, next: 0, spans: new FieldSpans(), line: 1 };
  }

  push(chunk: Uint8Array): void {
    this.#read(this.#joiner.join(chunk), false);
  }

  /** Hands on the last row; nothing may be pushed afterwards. */
  end(): void {
    this.#read(this.#joiner.join(noBytes), true);
  }

  #read(bytes: Uint8Array, isLast: boolean): void {
    const row = this.#row;
    let start = 0;
    let markLength = 0;
    if (this.#isAtStart) {
      if (bytes.length < 3 && !isLast) {
        this.#joiner.keep(bytes, 0);
        return;
      }
      refuseUtf16(bytes, this.#name);
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) markLength = 3;
      start = markLength;
    }
    row.bytes = bytes;
    if (isLast && markLength > 0 && bytes.length === markLength && this.#keepsMark) this.#deliverMark(bytes);
    while (start < bytes.length) {
      this.#lineBreaks = 0;
      const end = this.#scan(bytes, start, isLast);
      if (end === unfinished) break;
      row.start = this.#isAtStart && this.#keepsMark ? 0 : start;
      row.end = end;
      row.next = afterLineEnd(bytes, end);
      this.#isAtStart = false;
      start = row.next;
      this.#onRow(row);
      row.line += this.#lineBreaks + 1;
    }
    // A mark is looked for again while no row was whole.
    this.#joiner.keep(bytes, this.#isAtStart ? start - markLength : start);
    if (this.#joiner.restLength > maxHeldBytes) {
      throw this.#unreadable(`it is longer than ${maxRowLength.toLocaleString('en')} characters, or a quote never closes`);
    }
  }

  /** A file of nothing but a byte order mark. */
  #deliverMark(bytes: Uint8Array): void {
    this.#row.spans.clear();
    this.#row.spans.add(0, bytes.length);
    this.#row.start = 0;
    this.#row.end = bytes.length;
    this.#row.next = bytes.length;
    this.#onRow(this.#row);
  }

  /** Notes the fields of one row and returns the offset of its line end, or `unfinished`. */
  #scan(bytes: Uint8Array, start: number, isLast: boolean): number {
    const spans = this.#row.spans;
    const separator = this.#separator;
    const length = bytes.length;
    spans.clear();
    let fieldStart = start;
    for (;;) {
      let at = bytes[fieldStart] === quote ? this.#closeQuote(bytes, fieldStart, isLast) : fieldStart;
      if (at === unfinished) return unfinished;
      if (at === fieldStart) {
        while (at < length) {
          const byte = bytes[at];
          if (byte === separator || byte === lineFeed || byte === carriageReturn) break;
          at += 1;
        }
      }
      // A carriage return as the last byte may be half of a line end.
      if (!isLast && (at >= length || (bytes[at] === carriageReturn && at + 1 >= length))) return unfinished;
      spans.add(fieldStart, at);
      if (at >= length || bytes[at] !== separator) return at;
      fieldStart = at + 1;
    }
  }

  /** Offset behind the quote that closes the field. */
  #closeQuote(bytes: Uint8Array, start: number, isLast: boolean): number {
    let at = start + 1;
    for (;;) {
      const closing = bytes.indexOf(quote, at);
      if (closing < 0) {
        if (isLast) throw this.#unreadable('a quote never closes');
        return unfinished;
      }
      for (let index = at; index < closing; index += 1) if (bytes[index] === lineFeed) this.#lineBreaks += 1;
      if (bytes[closing + 1] !== quote) {
        const after = closing + 1;
        if (after >= bytes.length) return isLast ? after : unfinished;
        const next = bytes[after];
        if (next !== this.#separator && next !== lineFeed && next !== carriageReturn) {
          throw this.#unreadable('there is text after a closing quote');
        }
        return after;
      }
      at = closing + 2;
    }
  }

  #unreadable(reason: string): BatchError {
    return badRow(this.#name, this.#row.line, reason);
  }
}

/** The error of a row that can't be worked with. */
export function badRow(
  name: string,
  line: number,
  reason: string,
  options: { readonly hint?: string } = { hint: "Check the file with 's3batch lint'." },
): BatchError {
  return new BatchError('BadManifest', `Line ${line.toLocaleString('en')} of ${name} can't be read: ${reason}.`, options);
}

function afterLineEnd(bytes: Uint8Array, end: number): number {
  if (end >= bytes.length) return bytes.length;
  return bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? end + 2 : end + 1;
}
