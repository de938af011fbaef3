import { concatBytes } from '../../base/bytes.js';
import { BatchError } from '../../base/errors.js';
import { cutRow, type LineEnd, type ManifestLine, textLines } from './manifestLine.js';
import { maxRowLength } from './rowView.js';
import { refuseUtf16 } from './utf16.js';
import { byteOffsetOfColumn, decodeMarkingInvalid, decodeUtf8 } from './utf8.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const noBytes = new Uint8Array(0);

/** A UTF-16 unit takes 3 bytes at most: a line of more bytes than this is surely longer than a row may be. */
const maxHeldBytes = 3 * maxRowLength + 4;

export interface ByteLineOptions {
  /** What to do with a line longer than `maxRowLength`: hand on its beginning, or throw `RowTooLong`. Who rejects them writes what is read, and rejects `Utf16` too. */
  readonly longLines: 'cut' | 'reject';
}

/**
 * Cuts a stream of bytes into lines, the same lines for any division into chunks. Holds one chunk and one line at most, however large
 * the file and however long its lines. Chunks are decoded as a whole while they are UTF-8; in others each line is decoded for itself.
 */
export class ByteLineReader {
  readonly #onLine: (line: ManifestLine) => void;
  readonly #options: ByteLineOptions;
  #rest: Uint8Array = noBytes;
  #isAtStart = true;
  #hasByteOrderMark = false;
  /** The beginning of an over-long line whose end has not come yet. */
  #cutText: string | undefined;

  constructor(onLine: (line: ManifestLine) => void, options: ByteLineOptions) {
    this.#onLine = onLine;
    this.#options = options;
  }

  /** Known from the first line on. The mark is not part of that line. */
  get hasByteOrderMark(): boolean {
    return this.#hasByteOrderMark;
  }

  push(chunk: Uint8Array): void {
    let bytes = this.#rest.length === 0 ? chunk : concatBytes([this.#rest, chunk]);
    if (this.#isAtStart) {
      // Kept bytes are copied, here and below: the chunk they lie in may be reused.
      this.#rest = copyOf(bytes);
      if (bytes.length < 3) return;
      bytes = this.#passByteOrderMark();
    }
    if (this.#cutText !== undefined) {
      const end = endOfLine(bytes, 0);
      if (end === undefined) {
        this.#rest = bytes.at(-1) === carriageReturn ? copyOf(bytes.subarray(-1)) : noBytes;
        return;
      }
      this.#deliverCut(lineEndOf(bytes.subarray(end.start, end.end)));
      bytes = bytes.subarray(end.end);
    }
    const whole = endOfLastLine(bytes);
    if (whole > 0) this.#deliverAll(bytes.subarray(0, whole));
    this.#rest = whole < bytes.length ? copyOf(bytes.subarray(whole)) : noBytes;
    if (this.#rest.length > maxHeldBytes) this.#beginCut();
  }

  /** Hands on what is left; nothing may be pushed afterwards. */
  end(): void {
    const bytes = this.#isAtStart ? this.#passByteOrderMark() : this.#rest;
    this.#rest = noBytes;
    if (this.#cutText !== undefined) this.#deliverCut(lineEndOf(bytes));
    else if (bytes.length > 0) this.#deliverAll(bytes);
  }

  #passByteOrderMark(): Uint8Array {
    const bytes = this.#rest;
    this.#isAtStart = false;
    if (this.#options.longLines === 'reject') refuseUtf16(bytes, 'The file');
    this.#hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return this.#hasByteOrderMark ? bytes.subarray(3) : bytes;
  }

  #beginCut(): void {
    if (this.#options.longLines === 'reject') throw rowTooLong();
    const isReturnLast = this.#rest.at(-1) === carriageReturn;
    this.#cutText = cutRow(decodeMarkingInvalid(this.#rest.subarray(0, maxHeldBytes)));
    this.#rest = isReturnLast ? copyOf(this.#rest.subarray(-1)) : noBytes;
  }

  #deliverCut(lineEnd: LineEnd): void {
    const text = this.#cutText ?? '';
    this.#cutText = undefined;
    this.#onLine({ text, lineEnd, isCut: true });
  }

  #deliverAll(bytes: Uint8Array): void {
    const text = decodeUtf8(bytes);
    if (text !== undefined) {
      for (const line of textLines(text)) this.#deliver(line);
      return;
    }
    for (let start = 0; start < bytes.length;) {
      const end = endOfLine(bytes, start) ?? endOfBytes(bytes);
      this.#deliverOne(bytes.subarray(start, end.start), lineEndOf(bytes.subarray(end.start, end.end)));
      start = end.end;
    }
  }

  #deliverOne(bytes: Uint8Array, lineEnd: LineEnd): void {
    const valid = decodeUtf8(bytes);
    const text = valid ?? decodeMarkingInvalid(bytes);
    const isCut = text.length > maxRowLength;
    this.#deliver({ text: cutRow(text), lineEnd, isCut, ...(valid === undefined && { bytes: copyOf(bytes) }) });
  }

  #deliver(line: ManifestLine): void {
    if (line.isCut && this.#options.longLines === 'reject') throw rowTooLong();
    this.#onLine(line);
  }
}

/** The line with the given replacements (UTF-16 columns, ascending, not overlapping), all other bytes as they were. */
export function editLineBytes(
  bytes: Uint8Array,
  edits: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const edit of edits) {
    parts.push(bytes.subarray(from, byteOffsetOfColumn(bytes, edit.start)), encoder.encode(edit.text));
    from = byteOffsetOfColumn(bytes, edit.end);
  }
  parts.push(bytes.subarray(from));
  return concatBytes(parts);
}

function rowTooLong(): BatchError {
  return new BatchError('RowTooLong', `A line of the file is longer than ${maxRowLength.toLocaleString('en')} characters.`, {
    hint: 'A row holds a bucket, a key and perhaps a version, so this is not a manifest.',
  });
}

/** Not `slice`, which Node's Buffer overrides with one that does not copy. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function lineEndOf(bytes: Uint8Array): LineEnd {
  if (bytes.length === 2) return '\r\n';
  return bytes[0] === lineFeed ? '\n' : bytes[0] === carriageReturn ? '\r' : '';
}

/** A carriage return at the end of all bytes is a line end of its own. */
function endOfBytes(bytes: Uint8Array): { start: number; end: number } {
  return { start: bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length, end: bytes.length };
}

/** The first line end at or after `from` that is surely whole: a carriage return as the last byte may be half of one. */
function endOfLine(bytes: Uint8Array, from: number): { start: number; end: number } | undefined {
  for (let index = from; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === lineFeed) return { start: index, end: index + 1 };
    if (byte !== carriageReturn || index + 1 >= bytes.length) continue;
    return { start: index, end: bytes[index + 1] === lineFeed ? index + 2 : index + 1 };
  }
  return undefined;
}

/** Offset behind the last line end that is surely whole; 0 if there is none. */
function endOfLastLine(bytes: Uint8Array): number {
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    if (bytes[index] === lineFeed) return index + 1;
    if (bytes[index] === carriageReturn && index + 1 < bytes.length) return index + 1;
  }
  return 0;
}
