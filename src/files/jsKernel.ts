import { HashBlocks } from './hashBlocks.js';
import {
  countsAt,
  type HashedObject,
  inputAt,
  inputSlack,
  type KernelMode,
  type KernelSize,
  markEvery,
  marksAt,
  marksLimit,
  maxHashedBytes,
  maxPlainRow,
  notesAt,
  notesLimit,
  type Prefix,
  prefixesAt,
  prefixSlotBytes,
  prefixSlots,
  type ScanKernel,
  seenAt,
} from './scanKernel.js';

const safe = 0;
const percent = 1;
const plus = 2;
const reserved = 3;
const control = 4;
const high = 5;
const endsField = 6;

const unencodedError = 1;
const unencodedWarning = 2;
const plusInKey = 4;
const badEscape = 8;
const escapeNotUtf8 = 16;
const doubleEncoded = 32;
const leadingSlash = 64;
const emptyKey = 128;
const missingVersion = 256;
const notPlain = -1;

/** The twin of the kernel in src/assembly, row by row, for where WebAssembly has no SIMD. Its hashes are other ones. */
export class JsKernel implements ScanKernel {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly store: HashBlocks | undefined;
  lines = 0;
  stoppedAt = 0;
  notes = 0;
  marks = 0;
  #base = 0;
  #isRescan = false;
  readonly #kinds = new Uint8Array(256);
  readonly #prefixes: ({ length: number; low: number; high: number } | undefined)[] = [];
  readonly #decoded = new Uint8Array(maxPlainRow + 3);
  #mode: KernelMode = { columns: 2, isCrlf: false, isQuoted: false, rules: 0, escaped: 0 };
  #slot = 0;
  #nextMark = 0;
  #keyStart = 0;
  #keyEnd = 0;
  #versionStart = 0;
  #versionEnd = 0;
  #low = 0;
  #high = 0;

  constructor({ inputBytes, hashBytes, fileBytes }: KernelSize) {
    const memory = new ArrayBuffer(inputAt + ((inputBytes + inputSlack + 63) & ~63));
    this.store = hashBytes === undefined ? undefined : new HashBlocks({ bytes: hashBytes, fileBytes });
    this.bytes = new Uint8Array(memory);
    this.words = new Uint32Array(memory);
  }

  configure(mode: KernelMode): void {
    this.#mode = mode;
    this.#prefixes.length = 0;
    this.#slot = 0;
    for (let byte = 0; byte < 256; byte += 1) this.#kinds[byte] = kindOf(byte, mode.isQuoted);
  }

  learn(slot: number, prefix: Prefix): void {
    this.bytes.set(prefix.bytes, prefixesAt + slot * prefixSlotBytes);
    const bucket = prefix.bytes.subarray(prefix.bucketFrom, prefix.bucketFrom + prefix.bucketBytes);
    this.#seed(0, 0);
    this.#add(bucket, 0, bucket.length);
    this.#prefixes[slot] = { length: prefix.bytes.length, low: this.#low, high: this.#high };
    this.#slot = slot;
  }

  begin(base: number, isRescan: boolean): void {
    this.#base = base;
    this.#isRescan = isRescan;
    this.words.fill(0, countsAt / 4, countsAt / 4 + 16);
    this.words.fill(0, seenAt / 4, seenAt / 4 + prefixSlots);
    this.lines = 0;
    this.notes = 0;
    this.marks = 0;
    this.#nextMark = 0;
  }

  drain(): void {
    this.notes = 0;
  }

  scan(start: number, end: number, skipped: number, isNoting: boolean): void {
    const { rules } = this.#mode;
    this.lines += skipped;
    let row = start;
    while (row < end) {
      this.stoppedAt = row;
      if (row >= this.#nextMark && this.marks < marksLimit) this.#mark(row);
      if (isNoting && this.notes === notesLimit) return;
      if (this.store?.hasRoom() === false) return;
      const rowEnd = this.bytes.indexOf(0x0a, row);
      const verdict = this.#judge(row, rowEnd);
      if (verdict === notPlain) return;
      if (this.words[seenAt / 4 + this.#slot] === 0) this.words[seenAt / 4 + this.#slot] = row;
      const bits = verdict & rules;
      if (bits !== 0) {
        for (let bit = 0; bit < 9; bit += 1) {
          if ((bits & (1 << bit)) !== 0) this.words[countsAt / 4 + bit] = (this.words[countsAt / 4 + bit] ?? 0) + 1;
        }
        if (isNoting) {
          this.words[notesAt / 4 + this.notes] = row;
          this.notes += 1;
        }
      }
      if (this.store !== undefined) this.#hashRow(row, verdict);
      this.lines += 1;
      row = rowEnd + 1;
    }
    this.stoppedAt = end;
  }

  keep(row: number, { bucket, key, version }: HashedObject): void {
    this.#seed(0, 0);
    this.#add(bucket, 0, Math.min(bucket.length, maxHashedBytes));
    this.#add(key, 0, Math.min(key.length, maxHashedBytes));
    if (version.length > 0) this.#add(version, 0, Math.min(version.length, maxHashedBytes));
    this.#keepHash(row);
  }

  #mark(row: number): void {
    this.words[marksAt / 4 + this.marks * 2] = row;
    this.words[marksAt / 4 + this.marks * 2 + 1] = this.lines;
    this.marks += 1;
    this.#nextMark = row + markEvery;
  }

  #judge(start: number, end: number): number {
    const { bytes } = this;
    const { columns, isCrlf, isQuoted } = this.#mode;
    let stop = end;
    if (isCrlf) {
      if (stop === start || bytes[stop - 1] !== 0x0d) return notPlain;
      stop -= 1;
    }
    if (stop - start > maxPlainRow) return notPlain;
    const prefix = this.#choosePrefix(start, stop);
    if (prefix < 0) return notPlain;
    const key = start + prefix;
    this.#keyStart = key;
    this.#keyEnd = stop;
    this.#versionStart = stop;
    this.#versionEnd = stop;
    if (isQuoted) {
      const quote = bytes.indexOf(0x22, key);
      if (quote < 0 || quote >= stop) return notPlain;
      this.#keyEnd = quote;
      if (columns === 3) {
        const isPlain = quote + 4 <= stop && bytes[quote + 1] === 0x2c && bytes[quote + 2] === 0x22 && bytes[stop - 1] === 0x22;
        if (!isPlain) return notPlain;
        this.#versionStart = quote + 3;
        this.#versionEnd = stop - 1;
      } else if (quote + 1 !== stop) return notPlain;
    } else if (columns === 3) {
      const comma = bytes.indexOf(0x2c, key);
      if (comma < 0 || comma >= stop) return notPlain;
      this.#keyEnd = comma;
      this.#versionStart = comma + 1;
    }
    let bits = 0;
    if (columns === 3) {
      for (let at = this.#versionStart; at < this.#versionEnd; at += 1) {
        if (this.#kinds[bytes[at] ?? 0] !== safe) return notPlain;
      }
      if (this.#versionStart === this.#versionEnd) bits |= missingVersion;
    }
    return this.#judgeKey(key, this.#keyEnd, bits);
  }

  #judgeKey(key: number, keyEnd: number, bitsBefore: number): number {
    const { bytes } = this;
    let bits = bitsBefore;
    if (key === keyEnd) return bits | emptyKey;
    const first = bytes[key];
    const last = bytes[keyEnd - 1];
    if (first === 0x20 || first === 0x09 || last === 0x20 || last === 0x09) return notPlain;
    if (bytes[key + 2] === 0x3a || bytes[key + 3] === 0x3a) return notPlain;
    if (first === 0x2f || escapedByte(bytes, key) === 0x2f) bits |= leadingSlash;
    for (let at = key; at < keyEnd;) {
      const kind = this.#kinds[bytes[at] ?? 0];
      if (kind === safe) {
        at += 1;
      } else if (kind === percent) {
        const value = escapedByte(bytes, at);
        if (value < 0) {
          bits |= badEscape;
          at += 1;
        } else if (value < 0x80) {
          if (value === 0x25 && hexValue(bytes[at + 3]) >= 0 && hexValue(bytes[at + 4]) >= 0) bits |= doubleEncoded;
          at += 3;
        } else {
          const next = utf8Sequence(bytes, at, 3);
          if (next === 0) bits |= escapeNotUtf8;
          at = next === 0 ? at + 3 : next;
        }
      } else if (kind === high) {
        const next = utf8Sequence(bytes, at, 1);
        if (next === 0) return notPlain;
        bits |= unencodedError;
        at = next;
      } else {
        if (kind === endsField) return notPlain;
        bits |= kind === plus ? plusInKey : kind === reserved ? unencodedWarning : unencodedError;
        at += 1;
      }
    }
    // One problem per rule and row: the error stands for both.
    return (bits & unencodedError) === 0 ? bits : bits & ~unencodedWarning;
  }

  /** Length of the prefix that the row begins with, -1 if it is none that is known. */
  #choosePrefix(start: number, stop: number): number {
    if (this.#beginsWith(this.#slot, start, stop)) return this.#prefixes[this.#slot]?.length ?? -1;
    for (let slot = 0; slot < this.#prefixes.length; slot += 1) {
      if (!this.#beginsWith(slot, start, stop)) continue;
      this.#slot = slot;
      return this.#prefixes[slot]?.length ?? -1;
    }
    return -1;
  }

  #beginsWith(slot: number, start: number, stop: number): boolean {
    const length = this.#prefixes[slot]?.length;
    if (length === undefined || stop < start + length) return false;
    const at = prefixesAt + slot * prefixSlotBytes;
    for (let index = 0; index < length; index += 1) {
      if (this.bytes[start + index] !== this.bytes[at + index]) return false;
    }
    return true;
  }

  #hashRow(row: number, verdict: number): void {
    const prefix = this.#prefixes[this.#slot];
    this.#seed(prefix?.low ?? 0, prefix?.high ?? 0);
    const length = (verdict & escapeNotUtf8) === 0 ? this.#decode() : this.#markAsWritten();
    this.#add(this.#decoded, 0, length);
    if (this.#versionEnd > this.#versionStart) this.#add(this.bytes, this.#versionStart, this.#versionEnd);
    this.#keepHash(row);
  }

  #keepHash(row: number): void {
    this.store?.keep(mix(this.#low ^ this.#high), mix(this.#high), row + this.#base, this.#isRescan);
  }

  #decode(): number {
    let length = 0;
    for (let at = this.#keyStart; at < this.#keyEnd; length += 1) {
      const byte = this.bytes[at] ?? 0;
      const value = byte === 0x25 ? escapedByte(this.bytes, at) : -1;
      this.#decoded[length] = value >= 0 ? value : byte === 0x2b ? 0x20 : byte;
      at += value >= 0 ? 3 : 1;
    }
    return length;
  }

  /** Such fields are the same only as written; the three bytes tell them from decoded keys. */
  #markAsWritten(): number {
    this.#decoded.set([0xef, 0xbf, 0xbd]);
    this.#decoded.set(this.bytes.subarray(this.#keyStart, this.#keyEnd), 3);
    return this.#keyEnd - this.#keyStart + 3;
  }

  #seed(low: number, high: number): void {
    this.#low = low;
    this.#high = high;
  }

  #add(bytes: Uint8Array, from: number, to: number): void {
    let low = this.#low ^ (to - from);
    let high = this.#high;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul((high << 13) | (high >>> 19), 5) ^ Math.imul(byte + 0x7feb352d, 0x846ca68b);
    }
    this.#low = mix(low);
    this.#high = Math.imul(high, 0xc2b2ae35) ^ low;
  }
}

function kindOf(byte: number, isQuoted: boolean): number {
  if (byte >= 0x80) return high;
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9\-_.~/!'()*]/.test(character)) return safe;
  if (character === '%') return percent;
  if (character === '+') return plus;
  if (character === '"' || byte === 0x0a || byte === 0x0d) return endsField;
  if (character === ',') return isQuoted ? reserved : endsField;
  return byte <= 0x20 || byte === 0x7f ? control : reserved;
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
}

/** The byte that the escape at `at` stands for, -1 if there is none. */
function escapedByte(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x25) return -1;
  const upper = hexValue(bytes[at + 1]);
  const lower = hexValue(bytes[at + 2]);
  return upper < 0 || lower < 0 ? -1 : (upper << 4) | lower;
}

/** Where the character above ASCII at `at` ends, escaped (step 3) or raw (step 1); 0 when it is not UTF-8 (RFC 3629, table 3-7). */
function utf8Sequence(bytes: Uint8Array, at: number, step: 1 | 3): number {
  const read = (from: number): number => (step === 1 ? (bytes[from] ?? -1) : escapedByte(bytes, from));
  const lead = read(at);
  const more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
  if (more === 0) return 0;
  let least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let index = 1; index <= more; index += 1) {
    const byte = read(at + index * step);
    if (byte < least || byte > most) return 0;
    least = 0x80;
    most = 0xbf;
  }
  return at + (more + 1) * step;
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
