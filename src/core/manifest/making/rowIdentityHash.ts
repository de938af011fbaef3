import type { ManifestRow } from './manifestRows.js';

const quote = 0x22;

/**
 * 64 bits of what makes two rows the same object: bucket, decoded key and version, whatever quotes and escapes they are written with. An
 * empty version and `null` are the same. The chance that two of 10 million different objects agree is 3 in a million.
 */
export class RowIdentityHash {
  low = 0;
  high = 0;

  of(row: ManifestRow): this {
    this.low = 0x9747b28c;
    this.high = 0x3c6ef372;
    this.#mixField(row.bytes, row.bucketStart, row.bucketEnd, false);
    this.#mixField(row.bytes, row.keyStart, row.keyEnd, true);
    if (!isNullVersion(row.bytes, row.versionStart, row.versionEnd)) {
      this.#mixField(row.bytes, row.versionStart, row.versionEnd, false);
    }
    const { low, high } = this;
    this.low = finish(low ^ Math.imul(high, 0x9e3779b1));
    this.high = finish(high ^ Math.imul(this.low, 0x85ebca77));
    return this;
  }

  #mixField(bytes: Uint8Array, fieldStart: number, fieldEnd: number, isKey: boolean): void {
    let { low, high } = this;
    const isQuoted = bytes[fieldStart] === quote && fieldEnd - fieldStart >= 2;
    const end = isQuoted ? fieldEnd - 1 : fieldEnd;
    for (let at = isQuoted ? fieldStart + 1 : fieldStart; at < end; at += 1) {
      let byte = bytes[at] ?? 0;
      if (isQuoted && byte === quote) at += 1;
      else if (isKey && byte === 0x2b) byte = 0x20;
      else if (isKey && byte === 0x25 && at + 2 < end) {
        const decoded = hexDigit(bytes[at + 1] ?? 0) * 16 + hexDigit(bytes[at + 2] ?? 0);
        if (decoded >= 0) {
          byte = decoded;
          at += 2;
        }
      }
      low = Math.imul(low ^ byte, 0xcc9e2d51);
      low = (low << 15) | (low >>> 17);
      high = Math.imul(high ^ byte, 0x1b873593);
      high = (high << 13) | (high >>> 19);
    }
    // A separator that is no byte.
    this.low = Math.imul(low ^ 0x100, 0xcc9e2d51);
    this.high = Math.imul(high ^ 0x100, 0x1b873593);
  }
}

/** Nothing, or `null`: an object without a version. */
export function isNullVersion(bytes: Uint8Array, start: number, end: number): boolean {
  const isQuoted = bytes[start] === quote && end - start >= 2;
  const from = isQuoted ? start + 1 : start;
  const length = (isQuoted ? end - 1 : end) - from;
  if (length === 0) return true;
  return length === 4 && bytes[from] === 0x6e && bytes[from + 1] === 0x75 && bytes[from + 2] === 0x6c && bytes[from + 3] === 0x6c;
}

/** Far below zero for what is no digit, so that no sum with one is a byte. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1000;
}

/** The last mixing of MurmurHash3, as an unsigned number. */
function finish(hash: number): number {
  let value = hash;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
