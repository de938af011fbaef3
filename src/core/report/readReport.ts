import { PlainRows, plainPattern, type PlainRowSkipper } from './plainRows.js';
import {
  carriageReturn,
  ChunkJoiner,
  FieldSpans,
  fieldText,
  latin1,
  lineFeed,
  noBytes,
  quote,
  readRow,
  unfinished,
} from './rowBytes.js';

/**
 * One row of a result file while it is read. The bytes, and this object itself, are valid during the callback only. Offsets of fields
 * are those in `bytes`, quotes included.
 */
export interface ScannedRow {
  readonly bytes: Uint8Array;
  readonly bucketStart: number;
  readonly bucketEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The same as `versionEnd` when the row has no version. */
  readonly versionStart: number;
  readonly versionEnd: number;
  readonly isFailed: boolean;
  /** 0 when the row has none. */
  readonly httpStatus: number;
  readonly codeStart: number;
  readonly codeEnd: number;
  readonly messageStart: number;
  readonly messageEnd: number;
}

/** A line that is no row of a report. */
export interface UnreadableLine {
  /** 1-based, in its file. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
}

const keptUnreadable = 20;

/** A row that is longer is taken for one whose quote never closes. Real messages have 1,024 characters at most. */
const longestRowBytes = 1024 * 1024;

/**
 * Reads result files of completion reports, a chunk at a time. Takes both orders of HTTPStatusCode and ErrorCode (the number of three
 * digits is the status), rows without a version column, CRLF and LF. What is valid CSV is read strictly by RFC 4180; a row with broken
 * quoting, as AWS's own samples have them, ends where the next line looks like a row.
 */
export class ReportScanner {
  readonly #onRow: (row: ScannedRow) => void;
  readonly #onSucceeded: ((rows: number) => void) | undefined;
  readonly #plainRows: PlainRowSkipper;
  /** Where the status of the row in the spans begins. */
  #statusStart = 0;
  readonly #spans = new FieldSpans();
  readonly #row: Mutable<ScannedRow> = {
    bytes: new Uint8Array(0),
    bucketStart: 0,
    bucketEnd: 0,
    keyStart: 0,
    keyEnd: 0,
    versionStart: 0,
    versionEnd: 0,
    isFailed: false,
    httpStatus: 0,
    codeStart: 0,
    codeEnd: 0,
    messageStart: 0,
    messageEnd: 0,
  };
  readonly #joiner = new ChunkJoiner();
  #line = 1;
  #rows = 0;
  #hasOpenEnd = false;
  #unreadableCount = 0;
  readonly #unreadable: UnreadableLine[] = [];

  /**
   * `onRow` gets every row. With `onSucceeded`, tasks that succeeded may be told to that one instead, as a number of rows: much faster for
   * those who only count them. `plainRows` recognises these.
   */
  constructor(
    onRow: (row: ScannedRow) => void,
    onSucceeded?: (rows: number) => void,
    plainRows: PlainRowSkipper = new PlainRows(),
  ) {
    this.#onRow = onRow;
    this.#onSucceeded = onSucceeded;
    this.#plainRows = plainRows;
  }

  /** Rows that were read. */
  get rows(): number {
    return this.#rows;
  }

  /** After `end`: the last line had no line end. The service writes one, so the rest of the file may be missing. */
  get hasOpenEnd(): boolean {
    return this.#hasOpenEnd;
  }

  /** The first of the lines that are no rows. */
  get unreadable(): readonly UnreadableLine[] {
    return this.#unreadable;
  }

  get unreadableCount(): number {
    return this.#unreadableCount;
  }

  push(chunk: Uint8Array): void {
    this.#read(this.#joiner.join(chunk), false);
  }

  /** Reads what is left. The next `push` begins another file. */
  end(): void {
    this.#read(this.#joiner.join(noBytes), true);
    this.#line = 1;
  }

  #read(bytes: Uint8Array, isLast: boolean): void {
    let start = 0;
    this.#plainRows.take(bytes);
    while (start < bytes.length) {
      start = this.#skipPlain(start);
      if (start === bytes.length) break;
      let end = readRow(bytes, start, isLast, this.#spans);
      let isPlain = true;
      if (end === unfinished && !isLast && bytes.length - start <= longestRowBytes) break;
      if (end < 0) {
        isPlain = false;
        end = brokenRowEnd(bytes, start, isLast);
        if (end === unfinished) break;
      }
      if (!isBlank(bytes, start, end) && !(isPlain ? this.#accept(bytes) : this.#acceptBroken(bytes, start, end))) {
        this.#unreadableCount += 1;
        if (this.#unreadable.length < keptUnreadable) {
          this.#unreadable.push({
            line: this.#line,
            text: fieldText(bytes, start, Math.min(lineContentEnd(bytes, start, end), start + 200)),
          });
        }
      }
      if (isPlain && this.#onSucceeded !== undefined && !this.#row.isFailed && this.#row.bytes === bytes) {
        const pattern = plainPattern(bytes, start, this.#statusStart, this.#row.messageStart || this.#row.codeEnd);
        if (pattern !== undefined) this.#plainRows.learn(pattern);
      }
      // Line breaks within quotes count too, so that the number is the one that an editor shows.
      this.#line += 1;
      if (!isPlain || this.#hasQuote(bytes)) this.#line += countLineFeeds(bytes, start, end);
      start = end + 1;
    }
    if (isLast) this.#hasOpenEnd = start > bytes.length;
    this.#joiner.keep(bytes, Math.min(start, bytes.length));
  }

  /** Counts rows that need no reading; the offset of the first one that does. */
  #skipPlain(start: number): number {
    if (this.#onSucceeded === undefined) return start;
    const next = this.#plainRows.skip(start);
    if (next > start) {
      const { rows } = this.#plainRows;
      this.#line += rows;
      this.#rows += rows;
      this.#onSucceeded(rows);
    }
    return next;
  }

  #hasQuote(bytes: Uint8Array): boolean {
    for (let index = 0; index < this.#spans.count; index += 1) if (bytes[this.#spans.start(index)] === quote) return true;
    return false;
  }

  /** Hands on the row whose fields are in the spans; false when they are no row. */
  #accept(bytes: Uint8Array): boolean {
    const spans = this.#spans;
    if (spans.count < 5) return false;
    const hasVersion = statusAt(bytes, spans, 3) !== undefined;
    const at = hasVersion ? 3 : 2;
    const isFailed = hasVersion ? statusAt(bytes, spans, 3) : statusAt(bytes, spans, 2);
    if (isFailed === undefined || spans.count < at + 3) return false;
    const first = httpStatus(bytes, spans.start(at + 1), spans.end(at + 1));
    const second = httpStatus(bytes, spans.start(at + 2), spans.end(at + 2));
    if (first === 0 && second === 0) return false;
    const row = this.#row;
    this.#statusStart = spans.start(at);
    row.bytes = bytes;
    row.bucketStart = spans.start(0);
    row.bucketEnd = spans.end(0);
    row.keyStart = spans.start(1);
    row.keyEnd = spans.end(1);
    row.versionStart = hasVersion ? spans.start(2) : 0;
    row.versionEnd = hasVersion ? spans.end(2) : 0;
    row.isFailed = isFailed;
    row.httpStatus = first === 0 ? second : first;
    const code = first === 0 ? at + 1 : at + 2;
    row.codeStart = spans.start(code);
    row.codeEnd = spans.end(code);
    // A message whose commas nobody quoted is all the rest of the row.
    row.messageStart = spans.count > at + 3 ? spans.start(at + 3) : 0;
    row.messageEnd = spans.count > at + 3 ? spans.end(spans.count - 1) : 0;
    this.#rows += 1;
    this.#onRow(row);
    return true;
  }

  #acceptBroken(bytes: Uint8Array, start: number, end: number): boolean {
    const match = rowPattern.exec(latin1(bytes, start, lineContentEnd(bytes, start, end)));
    const indices = match?.indices?.groups;
    if (match === null || indices === undefined) return false;
    const spans = this.#spans;
    spans.clear();
    for (const name of ['bucket', 'key', 'version', 'status', 'first', 'second', 'message']) {
      const [from, to] = indices[name] ?? [0, 0];
      spans.add(start + from, start + to);
    }
    return this.#accept(bytes);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A row whatever its message looks like: its first fields without commas of their own. */
const rowPattern =
  /^(?<bucket>[^,]*),(?<key>"(?:[^"]|"")*"|[^,]*),(?:(?<version>[^,]*),)?(?<status>succeeded|failed),(?:(?<first>\d{3}|[^,]*),(?<second>\d{3}|[^,]*))(?:,(?<message>[^]*))?$/d;

const rowStart =
  /^[^,\r\n]*,(?:"(?:[^"]|"")*"|[^,\r\n]*),(?:[^,\r\n]*,)?(?:succeeded|failed),(?:\d{3},|[^,\r\n]*,\d{3}(?:,|\r?\n|$))/;

/** As much of a line as shows whether it is a row: keys have 1,024 characters, three times that when encoded. */
const rowStartBytes = 8192;

/** Offset of the line feed before the next line that looks like a row, or of the end of the input. */
function brokenRowEnd(bytes: Uint8Array, start: number, isLast: boolean): number {
  let from = start;
  for (;;) {
    const feed = bytes.indexOf(lineFeed, from);
    if (feed < 0) return isLast ? bytes.length : giveUp(bytes, start);
    const next = feed + 1;
    if (next >= bytes.length) return isLast ? feed : giveUp(bytes, start);
    const isWhole = isLast || bytes.length - next >= rowStartBytes;
    if (rowStart.test(latin1(bytes, next, Math.min(next + rowStartBytes, bytes.length)))) return feed;
    if (!isWhole && bytes.indexOf(lineFeed, next) < 0) return giveUp(bytes, start);
    from = next;
  }
}

/** Waits for more, but not for ever: a first line that is far too long ends at its end. */
function giveUp(bytes: Uint8Array, start: number): number {
  if (bytes.length - start <= 2 * longestRowBytes) return unfinished;
  const feed = bytes.indexOf(lineFeed, start);
  return feed < 0 ? bytes.length : feed;
}

function statusAt(bytes: Uint8Array, spans: FieldSpans, index: number): boolean | undefined {
  if (index >= spans.count) return undefined;
  const start = spans.start(index);
  const length = spans.end(index) - start;
  if (length === 6 && equals(bytes, start, failedWord)) return true;
  if (length === 9 && equals(bytes, start, succeededWord)) return false;
  return undefined;
}

const failedWord = new TextEncoder().encode('failed');
const succeededWord = new TextEncoder().encode('succeeded');

function equals(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) if (bytes[start + index] !== word[index]) return false;
  return true;
}

/** The number of a field of three digits, 100 or more; else 0. */
function httpStatus(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === quote && end - start === 5) return httpStatus(bytes, start + 1, end - 1);
  if (end - start !== 3) return 0;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value >= 100 ? value : 0;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  return end === start || (end === start + 1 && bytes[start] === carriageReturn);
}

function lineContentEnd(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
}

function countLineFeeds(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed, start); at >= 0 && at < end; at = bytes.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}
