import { carriageReturn, comma, copyBytes, lineFeed, noBytes, quote } from './rowBytes.js';

/**
 * Rows of tasks that succeeded look alike but for their keys and versions. After one of them was read field by field, those that follow
 * are recognised by comparing bytes, several times faster: a report of millions of rows is nearly all such rows.
 */
export class PlainRows {
  /** Of the pattern row: its bucket with the comma, and everything from the comma before the status to the message. */
  #head: Uint8Array = noBytes;
  #tail: Uint8Array = noBytes;
  #hasVersion = false;
  #rows = 0;

  /** Takes a succeeded row as the pattern when it is a plain one, without a quote. The message begins at `messageStart`, or the row ends there. */
  learn(bytes: Uint8Array, start: number, statusStart: number, messageStart: number): void {
    let commas = 0;
    let bucketEnd = 0;
    for (let at = start; at < messageStart; at += 1) {
      const byte = bytes[at];
      if (byte === quote || byte === carriageReturn) return;
      if (byte !== comma || at >= statusStart) continue;
      if (commas === 0) bucketEnd = at + 1;
      commas += 1;
    }
    // Bucket and key, or bucket, key and version stand before the status.
    if (commas !== 2 && commas !== 3) return;
    this.#head = copyBytes(bytes, start, bucketEnd);
    this.#tail = copyBytes(bytes, statusStart - 1, messageStart);
    this.#hasVersion = commas === 3;
  }

  /** Rows passed by `skip` since the last call. */
  takeCount(): number {
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  /** The offset of the first row, from the one at `start` on, that is not whole or not like the pattern. */
  skip(bytes: Uint8Array, start: number): number {
    const head = this.#head;
    const tail = this.#tail;
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
      if (this.#hasVersion && bytes[at] === comma) at = fieldEnd(bytes, at + 1);
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
