/** Bytes of CSV rows, shared by the reader of reports and the filter of manifests. A row is never turned into text as a whole. */

export const comma = 0x2c;
export const quote = 0x22;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;

/**
 * Where the fields of one row are: `starts[i]` to `ends[i]`, quotes included. Reused from row to row, so that reading millions of rows
 * allocates nothing.
 */
export class FieldSpans {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count += 1;
  }

  start(index: number): number {
    return this.starts[index] ?? 0;
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }
}

/** The end of the input was met before the row was over. */
export const unfinished = -1;
/** A quoted field is followed by something else than a comma or the end of the row. */
export const broken = -2;

/**
 * Reads the fields of one row by RFC 4180, line breaks in quotes included. Returns the offset of the row's line feed (or of the end of
 * the input when `isLast`), `unfinished` or `broken`. A carriage return before the line feed belongs to no field.
 */
export function readRow(bytes: Uint8Array, start: number, isLast: boolean, spans: FieldSpans): number {
  spans.clear();
  const length = bytes.length;
  let fieldStart = start;
  for (;;) {
    if (bytes[fieldStart] === quote) {
      let at = fieldStart + 1;
      for (;;) {
        at = bytes.indexOf(quote, at);
        if (at < 0) return unfinished;
        if (bytes[at + 1] !== quote) break;
        at += 2;
      }
      // The next byte decides whether the quote closes the field.
      const after = at + 1;
      if (after >= length && !isLast) return unfinished;
      if (after >= length) {
        spans.add(fieldStart, after);
        return after;
      }
      const next = bytes[after];
      if (next === comma) {
        spans.add(fieldStart, after);
        fieldStart = after + 1;
        continue;
      }
      if (next === lineFeed) {
        spans.add(fieldStart, after);
        return after;
      }
      if (next !== carriageReturn) return broken;
      if (after + 1 >= length && !isLast) return unfinished;
      if (after + 1 < length && bytes[after + 1] !== lineFeed) return broken;
      spans.add(fieldStart, after);
      return Math.min(after + 1, length);
    }
    let at = fieldStart;
    while (at < length && bytes[at] !== comma && bytes[at] !== lineFeed) at += 1;
    if (at >= length && !isLast) return unfinished;
    if (at < length && bytes[at] === comma) {
      spans.add(fieldStart, at);
      fieldStart = at + 1;
      continue;
    }
    const hasReturn = at > fieldStart && bytes[at - 1] === carriageReturn;
    spans.add(fieldStart, hasReturn ? at - 1 : at);
    return at;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a field without its quotes. Bytes that are not UTF-8 become U+FFFD. */
export function fieldText(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] !== quote) return decoder.decode(bytes.subarray(start, end));
  const closing = end - 1 > start && bytes[end - 1] === quote ? end - 1 : end;
  const text = decoder.decode(bytes.subarray(start + 1, closing));
  return text.includes('"') ? text.replaceAll('""', '"') : text;
}

/** Text in which every character is one byte, so that offsets in it are offsets in the bytes. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 8192) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, end)));
  return text;
}

/** A copy. Not `slice`: what a caller hands in may be a Buffer of Node, whose `slice` shares the memory that its owner uses again. */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Puts what was left of one chunk before the next, in one buffer that is used again and again. */
export class ChunkJoiner {
  #buffer = new Uint8Array(0);
  #restLength = 0;

  /** What was kept, followed by the chunk. Valid until the next call. */
  join(chunk: Uint8Array): Uint8Array {
    if (this.#restLength === 0) return chunk;
    const length = this.#restLength + chunk.length;
    this.#grow(length);
    this.#buffer.set(chunk, this.#restLength);
    return this.#buffer.subarray(0, length);
  }

  /** How many bytes are kept. */
  get restLength(): number {
    return this.#restLength;
  }

  /** Keeps the bytes from `start` on, of what `join` returned last, for the next time. */
  keep(bytes: Uint8Array, start: number): void {
    const rest = bytes.subarray(start);
    this.#restLength = 0;
    this.#grow(rest.length);
    this.#buffer.set(rest);
    this.#restLength = rest.length;
  }

  #grow(length: number): void {
    if (length <= this.#buffer.length) return;
    const buffer = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
    buffer.set(this.#buffer.subarray(0, this.#restLength));
    this.#buffer = buffer;
  }
}

export const noBytes: Uint8Array = new Uint8Array(0);
