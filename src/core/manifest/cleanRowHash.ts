import { endHash, hashSeeds, nextHigh, nextLow } from './duplicateIndex.js';
import { isCleanBucket } from './judgeRow.js';

const notClean = 0;
const plain = 1;
const percent = 2;
/** Of each ASCII character: whether a key may hold it as it is. */
const keyClass = new Uint8Array(128);
/** Of each ASCII character: whether a version may hold it. */
const versionClass = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z0-9\-_.~/!'()*]/.test(character)) keyClass[code] = plain;
  if (/[A-Za-z0-9._-]/.test(character)) versionClass[code] = plain;
}
keyClass[0x25] = percent;

const maxKeyLength = 1024;
const maxRowLength = 4096;
const feed = 0x0a;
const comma = 0x2c;
const slash = 0x2f;

/**
 * Recognises the rows that `tryCleanRow` takes of manifests with the columns `Bucket,Key[,VersionId]`, and hashes what they name, in one
 * pass and without making a string: that is most of what opening a manifest of 500,000 rows costs.
 */
export class CleanRowHash {
  /** The bucket of the row before, with its comma: nearly always the next one's too. */
  #prefix = '';
  /** The lanes of the hash behind the bucket and the line feed that follows it in an identity. */
  #prefixLow = 0;
  #prefixHigh = 0;
  bucket = '';

  /** What a clean row names, as `hashText` has it of its identity. Undefined means "look closer". `bucket` is its bucket then. */
  scan(row: string, columns: 2 | 3): { low: number; high: number } | undefined {
    if (row.length > maxRowLength || !this.#readBucket(row)) return undefined;
    const start = this.#prefix.length;
    let low = this.#prefixLow;
    let high = this.#prefixHigh;
    let index = start;
    // One unit of the identity for each round; the bucket and two line feeds are the rest of it.
    let units = start + 1;
    while (index < row.length) {
      let code = row.charCodeAt(index);
      const kind = code < 128 ? keyClass[code] : notClean;
      if (kind === notClean) break;
      if (kind === percent) {
        code = escapeAt(row, index);
        if (code < 0 || code > 0x7f) return undefined;
        // What follows would be an escape again if it were decoded twice.
        if (code === 0x25 && escapeAt(row, index + 2) >= 0) return undefined;
        index += 2;
      }
      if (code === slash && units === start + 1) return undefined;
      low = nextLow(low, code);
      high = nextHigh(high, code);
      units += 1;
      index += 1;
    }
    if (index === start || index - start > maxKeyLength) return undefined;
    low = nextLow(low, feed);
    high = nextHigh(high, feed);
    if (columns === 2) return index === row.length ? endHash(low, high, units) : undefined;

    if (row.charCodeAt(index) !== comma || index + 1 === row.length) return undefined;
    for (index += 1; index < row.length; index += 1) {
      const code = row.charCodeAt(index);
      if (code >= 128 || versionClass[code] !== plain) return undefined;
      low = nextLow(low, code);
      high = nextHigh(high, code);
      units += 1;
    }
    return endHash(low, high, units);
  }

  #readBucket(row: string): boolean {
    if (this.#prefix !== '' && row.startsWith(this.#prefix)) return true;
    const prefix = row.slice(0, row.indexOf(',') + 1);
    if (!isCleanBucket(prefix)) return false;
    this.#prefix = prefix;
    this.bucket = prefix.slice(0, -1);
    let { low, high } = hashSeeds as { low: number; high: number };
    for (let index = 0; index < prefix.length; index += 1) {
      const unit = index < prefix.length - 1 ? prefix.charCodeAt(index) : feed;
      low = nextLow(low, unit);
      high = nextHigh(high, unit);
    }
    this.#prefixLow = low;
    this.#prefixHigh = high;
    return true;
  }
}

/** The byte that the two hex digits behind `index` stand for, -1 when they are none. */
function escapeAt(row: string, index: number): number {
  const high = hexDigit(row.charCodeAt(index + 1));
  const low = hexDigit(row.charCodeAt(index + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
