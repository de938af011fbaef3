import { quote } from './rowBytes.js';

const initialSize = 1 << 12;

/**
 * Counts rows by bucket, decoded key and version in 24 to 48 bytes a row. A row is known by a hash of 64 bits: of 100 million rows the
 * chance that any two are taken for one is below 1 in 3,000.
 */
export class RowCounts {
  #size = initialSize;
  #used = 0;
  #high = new Uint32Array(initialSize);
  #low = new Uint32Array(initialSize);
  #counts = new Uint32Array(initialSize);
  #rows = 0;
  #hashHigh = 0;
  #hashLow = 0;

  /** The row is there once more. Offsets are those of the fields in `bytes`, quotes included; a version may be empty. */
  add(bytes: Uint8Array, spans: RowSpans): void {
    this.#hash(bytes, spans);
    const slot = this.#find();
    if (this.#counts[slot] === 0 && !this.#isTaken(slot)) {
      this.#high[slot] = this.#hashHigh;
      this.#low[slot] = this.#hashLow;
      this.#used += 1;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#rows += 1;
    if (this.#used * 2 > this.#size) this.#grow();
  }

  /** Takes the row out once; false when it is not there any more. */
  take(bytes: Uint8Array, spans: RowSpans): boolean {
    this.#hash(bytes, spans);
    const slot = this.#find();
    const count = this.#counts[slot] ?? 0;
    if (count === 0) return false;
    this.#counts[slot] = count - 1;
    this.#rows -= 1;
    return true;
  }

  /** Rows that were added and not taken out. */
  get size(): number {
    return this.#rows;
  }

  #isTaken(slot: number): boolean {
    return this.#high[slot] !== 0 || this.#low[slot] !== 0;
  }

  /** The slot of the current hash, or the free one where it belongs. */
  #find(): number {
    const mask = this.#size - 1;
    let slot = (this.#hashLow ^ this.#hashHigh) & mask;
    while (this.#isTaken(slot) && (this.#high[slot] !== this.#hashHigh || this.#low[slot] !== this.#hashLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const high = this.#high;
    const low = this.#low;
    const counts = this.#counts;
    this.#size *= 2;
    this.#high = new Uint32Array(this.#size);
    this.#low = new Uint32Array(this.#size);
    this.#counts = new Uint32Array(this.#size);
    for (let index = 0; index < counts.length; index += 1) {
      this.#hashHigh = high[index] ?? 0;
      this.#hashLow = low[index] ?? 0;
      if (this.#hashHigh === 0 && this.#hashLow === 0) continue;
      const slot = this.#find();
      this.#high[slot] = this.#hashHigh;
      this.#low[slot] = this.#hashLow;
      this.#counts[slot] = counts[index] ?? 0;
    }
  }

  /** Two hashes (FNV-1a and a multiplicative one) of the three fields as the service reads them, each followed by a separator. */
  #hash(bytes: Uint8Array, spans: RowSpans): void {
    this.#hashHigh = 0x811c9dc5;
    this.#hashLow = 0x9747b28c;
    this.#mixField(bytes, spans.bucketStart, spans.bucketEnd, false);
    this.#mixField(bytes, spans.keyStart, spans.keyEnd, true);
    if (!isNoVersion(bytes, spans.versionStart, spans.versionEnd)) {
      this.#mixField(bytes, spans.versionStart, spans.versionEnd, false);
    }
    this.#hashHigh = finish(this.#hashHigh);
    this.#hashLow = finish(this.#hashLow ^ 0x5bd1e995);
    // Zero stands for a free slot.
    if (this.#hashHigh === 0 && this.#hashLow === 0) this.#hashLow = 1;
  }

  #mixField(bytes: Uint8Array, fieldStart: number, fieldEnd: number, isKey: boolean): void {
    let start = fieldStart;
    let end = fieldEnd;
    const isQuoted = end - start >= 2 && bytes[start] === quote && bytes[end - 1] === quote;
    if (isQuoted) {
      start += 1;
      end -= 1;
    }
    let high = this.#hashHigh;
    let low = this.#hashLow;
    for (let at = start; at < end; at += 1) {
      let byte = bytes[at] ?? 0;
      if (isQuoted && byte === quote) at += 1;
      else if (isKey && byte === 0x2b) byte = 0x20;
      else if (isKey && byte === 0x25 && at + 2 < end) {
        const decoded = hexPair(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
        if (decoded >= 0) {
          byte = decoded;
          at += 2;
        }
      }
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low, 0x2c1b3c6d) + byte + 1;
    }
    // A separator that is no byte.
    this.#hashHigh = Math.imul(high ^ 0x100, 0x01000193);
    this.#hashLow = Math.imul(low, 0x2c1b3c6d) + 0x101;
  }
}

export interface RowSpans {
  readonly bucketStart: number;
  readonly bucketEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly versionStart: number;
  readonly versionEnd: number;
}

/** Nothing, `\N` and `null` are the same: reports write `\N` for an empty version, and repaired manifests `null`. */
export function isNoVersion(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return true;
  if (bytes[start] === quote && length >= 2) return isNoVersion(bytes, start + 1, end - 1);
  if (length === 2) return bytes[start] === 0x5c && bytes[start + 1] === 0x4e;
  return (
    length === 4 && bytes[start] === 0x6e && bytes[start + 1] === 0x75 && bytes[start + 2] === 0x6c && bytes[start + 3] === 0x6c
  );
}

function hexPair(first: number, second: number): number {
  const high = hexDigit(first);
  const low = hexDigit(second);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** The last mixing of MurmurHash3, as an unsigned number. */
function finish(hash: number): number {
  let value = hash;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
