import { carriageReturn, comma, copyBytes, lineFeed, noBytes, quote } from './rowBytes.js';

/** What rows of tasks that succeeded have in common: all but their keys, versions and the rest of their messages. */
export interface PlainPattern {
  /** The bucket and its comma. */
  readonly head: Uint8Array;
  /** From the comma before the status to the message. */
  readonly tail: Uint8Array;
  readonly hasVersion: boolean;
}

/**
 * Rows of tasks that succeeded look alike but for their keys and versions. After one of them was read field by field, those that follow
 * are recognised by comparing bytes, many times faster: a report of millions of rows is nearly all such rows.
 */
export interface PlainRowSkipper {
  learn(pattern: PlainPattern): void;
  /** The bytes that are read from now on. */
  take(bytes: Uint8Array): void;
  /** The offset of the first row, from the one at `start` on, that is not whole or not like the pattern. */
  skip(start: number): number;
  /** Rows passed by the last `skip`. */
  readonly rows: number;
}

/** The pattern that a succeeded row sets; undefined when it has a quote. The message begins at `messageStart`, or the row ends there. */
export function plainPattern(
  bytes: Uint8Array,
  start: number,
  statusStart: number,
  messageStart: number,
): PlainPattern | undefined {
  let commas = 0;
  let bucketEnd = 0;
  for (let at = start; at < messageStart; at += 1) {
    const byte = bytes[at];
    if (byte === quote || byte === carriageReturn) return undefined;
    if (byte !== comma || at >= statusStart) continue;
    if (commas === 0) bucketEnd = at + 1;
    commas += 1;
  }
  // Bucket and key, or bucket, key and version stand before the status.
  if (commas !== 2 && commas !== 3) return undefined;
  return {
    head: copyBytes(bytes, start, bucketEnd),
    tail: copyBytes(bytes, statusStart - 1, messageStart),
    hasVersion: commas === 3,
  };
}

/** In JavaScript; src/assembly/plainRows.ts does the same in WebAssembly. */
export class PlainRows implements PlainRowSkipper {
  #pattern: PlainPattern = { head: noBytes, tail: noBytes, hasVersion: false };
  #bytes: Uint8Array = noBytes;
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  learn(pattern: PlainPattern): void {
    this.#pattern = pattern;
  }

  take(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  skip(start: number): number {
    this.#rows = 0;
    const bytes = this.#bytes;
    const { head, tail, hasVersion } = this.#pattern;
    const headLength = head.length;
    const tailLength = tail.length;
    if (headLength === 0) return start;
    const { length } = bytes;
    const lastStart = length - headLength - tailLength;
    let row = start;
    while (row <= lastStart) {
      let at = row;
      let index = 0;
      while (index < headLength && bytes[at] === head[index]) {
        index += 1;
        at += 1;
      }
      if (index < headLength) return row;
      at = fieldEnd(bytes, at);
      if (hasVersion && bytes[at] === comma) at = fieldEnd(bytes, at + 1);
      if (at + tailLength >= length) return row;
      index = 0;
      while (index < tailLength && bytes[at] === tail[index]) {
        index += 1;
        at += 1;
      }
      if (index < tailLength) return row;
      let byte = bytes[at] as number;
      while (byte !== lineFeed && byte !== quote && byte !== carriageReturn) {
        at += 1;
        if (at === length) return row;
        byte = bytes[at] as number;
      }
      if (byte === carriageReturn) at += 1;
      if (bytes[at] !== lineFeed) return row;
      row = at + 1;
      this.#rows += 1;
    }
    return row;
  }
}

/** The offset of the first byte that is not part of a plain field. All that end one are below the hyphen, as few bytes of a key are. */
function fieldEnd(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  let at = start;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte <= comma && (byte === comma || byte === lineFeed || byte === quote || byte === carriageReturn)) break;
    at += 1;
  }
  return at;
}
