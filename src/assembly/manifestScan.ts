/**
 * The kernel of the fast lint, in AssemblyScript. It looks at rows of the plain forms `bucket,key[,version]` and
 * `"bucket","key"[,"version"]` that begin with one of a few known prefixes (`bucket,` or `"bucket","`), accepts clean ones a few
 * thousand bytes at a time, and judges the rest row by row. At a row that it can't judge for certain it stops, for the exact rules to
 * look: a suspicion that proves empty costs time, a problem that is missed would be wrong.
 *
 * The addresses below are also in src/files/scanKernel.ts, and must be the same there.
 */

const prefixesAt: usize = 1024; // 16 slots of 128 bytes: the prefix, and zeros
const tablesAt: usize = 4096; // six tables of 16 bytes, then one of 256
const countsAt: usize = 4608; // 16 counters of 4 bytes: rows per rule bit
const seenAt: usize = 4672; // per slot: address of the first row since `begin` that begins with the prefix, 0 for none
const seedsAt: usize = 4736; // per slot: 8 bytes, hash of the bucket
const lengthsAt: usize = 4864; // per slot: bytes of the prefix, 0 for an empty slot
const firstsAt: usize = 5120; // 256 bytes: 1 for a byte that a plain row's key may not begin with
const newlinesAt: usize = 8192; // addresses of the newlines of a block, 4 bytes each, 4,034 at most
const scratchAt: usize = 24576; // a decoded key
const marksAt: usize = 32768; // 8 bytes each: address of a row, lines before it
const marksLimit: i32 = 1020;
const notesAt: usize = 40960; // addresses of rows with a problem
const notesLimit: i32 = 2040;

const slots: usize = 16;
/** 63 steps of 64 bytes: four compare masks a step can be counted in a byte without overflow. */
const blockBytes: usize = 63 * 64;
/** A row longer than this is never plain: its key may be over the limit. */
const plainRowBytes: usize = 1024;
const markEvery: usize = 8192;

// Bits of a judged row: its rules. Bit 0 and 1 are the two severities of unencoded-key.
const unencodedError: u32 = 1;
const unencodedWarning: u32 = 2;
const plusInKey: u32 = 4;
const badEscape: u32 = 8;
const escapeNotUtf8: u32 = 16;
const doubleEncoded: u32 = 32;
const leadingSlash: u32 = 64;
const emptyKey: u32 = 128;
const missingVersion: u32 = 256;
const notPlain: u32 = 0xffffffff;

// Kinds of a byte in a plain row (table at tablesAt + 96).
const kindSafe: u32 = 0;
const kindPercent: u32 = 1;
const kindPlus: u32 = 2;
const kindReserved: u32 = 3; // printable ASCII that should be escaped: a warning
const kindBlank: u32 = 4; // space and tab
const kindControl: u32 = 5;
const kindHigh: u32 = 6; // 0x80 and above
const kindComma: u32 = 7; // only where it ends a field
const kindNever: u32 = 8; // quote, CR, LF: not plain

let hasVersion: bool = false;
let isCrlf: bool = false;
let isQuoted: bool = false;
let ruleMask: u32 = 0;
let hashesAt: usize = 0;

// The prefix of the rows at hand.
let slot: usize = 0;
let prefixAt: usize = prefixesAt;
let prefixBytes: usize = 0;
let seed: u64 = 0;

/** Lines since `begin`, those that were skipped included. */
export let lines: i32 = 0;
/** Where the last call of `scan` stopped: `end`, or a row for the exact rules, or, when there is no room for notes, any row. */
export let stoppedAt: usize = 0;
export let notes: i32 = 0;
export let marks: i32 = 0;
/** Rows in the list of hashes: 12 bytes each, hash low, hash high, address of the row. */
export let hashes: i32 = 0;
export let hashLow: u32 = 0;
export let hashHigh: u32 = 0;

/** Rows before it are not tried as a block again. */
let slowUntil: usize = 0;
let nextMark: usize = 0;

/** `rules`: bits of the rules that are on. `hashList`: address of the list of hashes, 0 when none are wanted. */
export function configure(columns: i32, crlf: bool, quoted: bool, rules: u32, hashList: usize): void {
  hasVersion = columns == 3;
  isCrlf = crlf;
  isQuoted = quoted;
  ruleMask = rules;
  hashesAt = hashList;
  memory.fill(prefixesAt, 0, slots * 128);
  memory.fill(seenAt, 0, slots * 4);
  memory.fill(lengthsAt, 0, slots * 4);
  memory.fill(tablesAt, 0, 96 + 256);
  // `/` is a problem (%2F, too), a comma or a line end an empty key, a quote an empty key or one in the key.
  memory.fill(firstsAt, 0, 256);
  memory.fill(firstsAt, 1, 32);
  store<u8>(firstsAt + 34, 1);
  store<u8>(firstsAt + 37, 1);
  store<u8>(firstsAt + 44, 1);
  store<u8>(firstsAt + 47, 1);
  for (let byte: u32 = 0; byte < 128; byte++) {
    const kind = kindOf(byte);
    // A class of ASCII bytes in two look-ups: each high nibble owns a bit, each low nibble lists the high nibbles it goes with.
    const bit = <u8>((<u32>1) << (byte >> 4));
    const isAllowed =
      kind == kindSafe || kind == kindPercent || byte == 44 || byte == 10 || (crlf && byte == 13) || (quoted && byte == 34);
    if (isAllowed) add(0, byte, bit);
    if (isHexDigit(byte)) store<u8>(tablesAt + 32 + (byte & 15), load<u8>(tablesAt + 32 + (byte & 15)) | bit);
    store<u8>(tablesAt + 96 + byte, <u8>kind);
  }
  for (let byte: u32 = 128; byte < 256; byte++) store<u8>(tablesAt + 96 + byte, <u8>kindHigh);
  choose(0);
}

/** The bytes of the prefix lie in its slot; its bucket are `bucketBytes` of them from `bucketFrom`. */
export function learn(index: i32, prefixLength: i32, bucketFrom: i32, bucketBytes: i32): void {
  store<u32>(lengthsAt + ((<usize>index) << 2), <u32>prefixLength);
  const bucket = prefixesAt + ((<usize>index) << 7) + <usize>bucketFrom;
  store<u64>(seedsAt + ((<usize>index) << 3), hashBytes(0, bucket, <usize>bucketBytes));
  choose(<usize>index);
}

function choose(index: usize): void {
  slot = index;
  prefixAt = prefixesAt + (index << 7);
  prefixBytes = <usize>load<u32>(lengthsAt + (index << 2));
  seed = load<u64>(seedsAt + (index << 3));
}

/** To be called before the first `scan` of a piece of a file. */
export function begin(): void {
  memory.fill(countsAt, 0, 64);
  memory.fill(seenAt, 0, slots * 4);
  lines = 0;
  notes = 0;
  marks = 0;
  hashes = 0;
  slowUntil = 0;
  nextMark = 0;
}

/** Empties the lists of notes and hashes, which have been read. */
export function drain(): void {
  notes = 0;
  hashes = 0;
}

/** The hash of an object: its bucket, its decoded key and its version, one after the other at `at`. Result in hashLow, hashHigh. */
export function hashObject(at: usize, bucketBytes: usize, keyBytes: usize, versionBytes: usize): void {
  let hash = hashBytes(hashBytes(0, at, bucketBytes), at + bucketBytes, keyBytes);
  if (versionBytes > 0) hash = hashBytes(hash, at + bucketBytes + keyBytes, versionBytes);
  hashLow = <u32>hash;
  hashHigh = <u32>(hash >> 32);
}

function add(table: usize, byte: u32, bit: u8): void {
  const low = tablesAt + table + (byte & 15);
  const high = tablesAt + table + 16 + (byte >> 4);
  store<u8>(low, load<u8>(low) | bit);
  store<u8>(high, bit);
}

function isHexDigit(byte: u32): bool {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);
}

function kindOf(byte: u32): u32 {
  if ((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)) return kindSafe;
  // - _ . ~ / ! ' ( ) *
  if (byte == 45 || byte == 95 || byte == 46 || byte == 126 || byte == 47 || byte == 33) return kindSafe;
  if (byte == 39 || byte == 40 || byte == 41 || byte == 42) return kindSafe;
  if (byte == 37) return kindPercent;
  if (byte == 43) return kindPlus;
  if (byte == 44) return isQuoted ? kindReserved : kindComma;
  if (byte == 34 || byte == 10 || byte == 13) return kindNever;
  if (byte == 32 || byte == 9) return kindBlank;
  if (byte < 32 || byte == 127) return kindControl;
  return kindReserved;
}

/**
 * Scans whole rows: `start` is the first byte of a row, `end` is behind a newline; at least 64 bytes before `start` and 128 behind
 * `end` may be read. `skipped` lines before `start` were dealt with by the exact rules. Rows with a problem are counted by rule; while
 * `isNoting` their addresses are noted, too.
 */
export function scan(start: usize, end: usize, skipped: i32, isNoting: bool): void {
  lines += skipped;
  const lowTable = v128.load(tablesAt);
  const highTable = v128.load(tablesAt, 16);
  const hexTable = v128.load(tablesAt, 32);
  const nibble = i8x16.splat(15);
  const percent = i8x16.splat(37);
  const newline = i8x16.splat(10);
  const comma = i8x16.splat(44);
  const digit2 = i8x16.splat(50);
  const digit5 = i8x16.splat(53);
  const digit7 = i8x16.splat(55);
  const zero = i8x16.splat(0);
  const commasPerRow: i32 = hasVersion ? 2 : 1;

  /** First byte of the first row that is not accepted yet. */
  let blockStart = start;
  if (blockStart < slowUntil) {
    blockStart = judgeRows(blockStart, min(slowUntil, end), end, isNoting);
    if (blockStart < min(slowUntil, end)) {
      stoppedAt = blockStart;
      return;
    }
  }
  let at = blockStart;
  /** Commas between blockStart and at. */
  let carried = 0;
  let utf8Done = at;

  while (at < end) {
    if (blockStart >= nextMark && marks < marksLimit) mark(blockStart);
    const prefixA = v128.load(prefixAt);
    const tail: usize = prefixBytes > 16 ? prefixBytes - 16 : 0;
    const prefixB = v128.load(prefixAt + tail);
    const maskA = prefixMask(prefixBytes);
    const maskB = prefixBytes > 16 ? i8x16.splat(-1) : maskA;
    const firstKeyByte = prefixBytes;
    const blockEnd = min(at + blockBytes, end);
    let suspicion = zero;
    let commas = zero;
    let doubt: u32 = <u32>(prefixBytes == 0);
    let found = newlinesAt;

    while (at < blockEnd) {
      let newlines: u64 = 0;
      let highs: u64 = 0;
      for (let part: usize = 0; part < 64; part += 16) {
        const v = v128.load(at + part);
        const before1 = v128.load(at + part - 1);
        const before2 = v128.load(at + part - 2);
        const low = v128.and(v, nibble);
        const percent1 = i8x16.eq(before1, percent);
        const percent2 = i8x16.eq(before2, percent);
        // The two characters behind a percent sign are looked up among the hex digits.
        const lows = v128.bitselect(i8x16.swizzle(hexTable, low), i8x16.swizzle(lowTable, low), v128.or(percent1, percent2));
        const allowed = v128.and(lows, i8x16.swizzle(highTable, i8x16.shr_u(v, 4)));
        const isDouble = v128.and(percent2, v128.and(i8x16.eq(before1, digit2), i8x16.eq(v, digit5)));
        suspicion = v128.or(suspicion, v128.or(isDouble, i8x16.eq(allowed, zero)));
        commas = i8x16.sub(commas, i8x16.eq(v, comma));
        newlines |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(v, newline)))) << part;
        highs |= (<u64>(<u32>i8x16.bitmask(v128.and(percent1, i8x16.gt_u(v, digit7))))) << part;
      }
      // What lies behind the end of the rows does not count.
      if (at + 64 > end) {
        const keep = ((<u64>1) << (<u64>(end - at))) - 1;
        newlines &= keep;
        highs &= keep;
      }
      while (highs != 0) {
        const escape = at + <usize>ctz(highs) - 1;
        highs &= highs - 1;
        if (escape < utf8Done) continue;
        utf8Done = utf8Escapes(escape);
        if (utf8Done == 0) {
          utf8Done = escape + 3;
          doubt = 1;
        }
        // The other escapes of this character are done with, too.
        const behind = utf8Done - at;
        highs = behind >= 64 ? 0 : highs & (~(<u64>0) << (<u64>behind));
      }
      // Nearly always none, one or two newlines: no branch on how many.
      const rest = newlines & (newlines - 1);
      store<u32>(found, <u32>at + <u32>ctz(newlines));
      store<u32>(found, <u32>at + <u32>ctz(rest), 4);
      const total = <usize>popcnt(newlines);
      if (total > 2) {
        let more = rest & (rest - 1);
        let place = found + 8;
        while (more != 0) {
          store<u32>(place, <u32>at + <u32>ctz(more));
          more &= more - 1;
          place += 4;
        }
      }
      found += total << 2;
      at += 64;
    }

    const blockRows = <i32>((found - newlinesAt) >> 2);
    let rowStart = blockStart;
    let prefixes = zero;
    let longest: usize = 0;
    for (let place = newlinesAt; place < found; place += 4) {
      const rowEnd = <usize>load<u32>(place);
      const a = v128.and(v128.xor(v128.load(rowStart), prefixA), maskA);
      const b = v128.and(v128.xor(v128.load(rowStart + tail), prefixB), maskB);
      prefixes = v128.or(prefixes, v128.or(a, b));
      doubt |= <u32>load<u8>(firstsAt + <usize>load<u8>(rowStart + firstKeyByte));
      longest = max(longest, rowEnd - rowStart);
      rowStart = rowEnd + 1;
    }
    if (prefixBytes > 32 || isCrlf || hasVersion || isQuoted) doubt |= specialDoubt(blockStart, rowStart, found);
    // Every row has the commas that its prefix and its version prove, so the sum is right only when each of them is.
    const partial = rowStart < at ? occurrences(rowStart, at, 44) : 0;
    const commasOfRows = carried + sumOf(commas) - partial;
    const isAccepted =
      rowStart > blockStart &&
      doubt == 0 &&
      longest <= plainRowBytes &&
      commasOfRows == blockRows * commasPerRow &&
      !v128.any_true(v128.or(suspicion, prefixes));
    if (isAccepted) {
      if (load<u32>(seenAt + (slot << 2)) == 0) store<u32>(seenAt + (slot << 2), <u32>blockStart);
      if (hashesAt != 0) hashRows(blockStart, found);
      lines += blockRows;
      blockStart = rowStart;
      carried = partial;
      continue;
    }
    // Row by row. A block without a newline is one long row, or the beginning of one.
    const stop = rowStart > blockStart ? rowStart : behindNewline(min(at, end), end);
    const next = judgeRows(blockStart, stop, end, isNoting);
    if (next < stop) {
      slowUntil = stop;
      stoppedAt = next;
      return;
    }
    blockStart = next;
    at = next;
    carried = 0;
    utf8Done = next;
  }
  stoppedAt = end;
}

function mark(row: usize): void {
  const place = marksAt + ((<usize>marks) << 3);
  store<u32>(place, <u32>row);
  store<u32>(place, <u32>lines, 4);
  marks += 1;
  nextMark = row + markEvery;
}

/** Judges rows up to `stop`; returns `stop`, or the row that it can't judge, or that found no room for its note. */
function judgeRows(from: usize, stop: usize, end: usize, isNoting: bool): usize {
  let next = from;
  while (next < stop) {
    if (next >= nextMark && marks < marksLimit) mark(next);
    if (isNoting && notes == notesLimit) return next;
    const rowEnd = behindNewline(next, end) - 1;
    const verdict = judge(next, rowEnd);
    if (verdict == notPlain) return next;
    if (load<u32>(seenAt + (slot << 2)) == 0) store<u32>(seenAt + (slot << 2), <u32>next);
    const bits = verdict & ruleMask;
    if (bits != 0) {
      count(bits);
      if (isNoting) {
        store<u32>(notesAt + ((<usize>notes) << 2), <u32>next);
        notes += 1;
      }
    }
    if (hashesAt != 0) hashJudged(next, verdict);
    lines += 1;
    next = rowEnd + 1;
  }
  return next;
}

// Of the row that was judged last.
let judgedKeyEnd: usize = 0;
let judgedVersion: usize = 0;
let judgedVersionEnd: usize = 0;

/** What only some files need: the rest of a long prefix, CR before each newline, quotes, a version at each end. */
function specialDoubt(from: usize, to: usize, found: usize): u32 {
  let doubt: u32 = 0;
  let begin = from;
  for (let place = newlinesAt; place < found; place += 4) {
    const rowEnd = <usize>load<u32>(place);
    let contentEnd = rowEnd;
    if (isCrlf) {
      contentEnd -= 1;
      doubt |= <u32>(load<u8>(contentEnd) != 13);
    }
    if (prefixBytes > 32) doubt |= <u32>!isPrefix(begin);
    if (isQuoted) {
      contentEnd -= 1;
      doubt |= <u32>(load<u8>(contentEnd) != 34 || contentEnd <= begin + prefixBytes);
    }
    if (hasVersion) doubt |= <u32>(versionStart(begin + prefixBytes, contentEnd) == 0);
    begin = rowEnd + 1;
  }
  const rows = <i32>((found - newlinesAt) >> 2);
  // As many CRs as rows that end with one, as many quotes as prefix, version and end prove: none elsewhere.
  if (isCrlf) doubt |= <u32>(occurrences(from, to, 13) != rows);
  if (isQuoted) doubt |= <u32>(occurrences(from, to, 34) != rows * (hasVersion ? 6 : 4));
  return doubt;
}

/** Sum of 16 unsigned bytes. */
function sumOf(v: v128): i32 {
  const pairs = i16x8.extadd_pairwise_i8x16_u(v);
  const quads = i32x4.extadd_pairwise_i16x8_u(pairs);
  return (
    i32x4.extract_lane(quads, 0) + i32x4.extract_lane(quads, 1) + i32x4.extract_lane(quads, 2) + i32x4.extract_lane(quads, 3)
  );
}

/** How often a byte occurs from `from` to `to`. */
function occurrences(from: usize, to: usize, byte: i32): i32 {
  let total = 0;
  const wanted = i8x16.splat(<i8>byte);
  let at = from;
  while (at + 16 <= to) {
    total += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), wanted)));
    at += 16;
  }
  if (at < to) {
    const keep = (1 << (<i32>(to - at))) - 1;
    total += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), wanted)) & keep);
  }
  return total;
}

function prefixMask(length: usize): v128 {
  let mask = i8x16.splat(0);
  memory.fill(tablesAt + 80, 0, 16);
  memory.fill(tablesAt + 80, 255, min<usize>(length, 16));
  mask = v128.load(tablesAt + 80);
  return mask;
}

function isPrefix(at: usize): bool {
  for (let index: usize = 16; index + 16 < prefixBytes; index++) {
    if (load<u8>(at + index) != load<u8>(prefixAt + index)) return false;
  }
  return true;
}

/** Where the version begins if it has one of the two forms that nearly all have, 32 characters or `null`; else 0. */
function versionStart(key: usize, end: usize): usize {
  if (isSeparator(key, end - 32)) return end - 32;
  return load<u32>(end - 4) == 0x6c6c756e && isSeparator(key, end - 4) ? end - 4 : 0;
}

/** True when what lies before `version` separates it from a key that is not empty. */
function isSeparator(key: usize, version: usize): bool {
  if (!isQuoted) return version > key + 1 && load<u8>(version - 1) == 44;
  return version > key + 3 && load<u8>(version - 1) == 34 && load<u8>(version - 2) == 44 && load<u8>(version - 3) == 34;
}

function behindNewline(from: usize, end: usize): usize {
  const newline = i8x16.splat(10);
  let at = from;
  while (at < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), newline));
    if (mask != 0) return at + <usize>ctz(mask) + 1;
    at += 16;
  }
  return end;
}

function hexValue(byte: u32): i32 {
  if (byte >= 48 && byte <= 57) return <i32>byte - 48;
  if (byte >= 65 && byte <= 70) return <i32>byte - 55;
  if (byte >= 97 && byte <= 102) return <i32>byte - 87;
  return -1;
}

/** The byte that the escape at `at` stands for, -1 if there is none. */
function escapedByte(at: usize): i32 {
  if (load<u8>(at) != 37) return -1;
  const high = hexValue(load<u8>(at + 1));
  const low = hexValue(load<u8>(at + 2));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

/** Reads one escaped character above ASCII; the address behind it, or 0 when its escapes are not UTF-8 (RFC 3629, table 3-7). */
function utf8Escapes(at: usize): usize {
  const lead = escapedByte(at);
  let more = 0;
  let least = 0x80;
  let most = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) more = 1;
  else if (lead >= 0xe0 && lead <= 0xef) {
    more = 2;
    if (lead == 0xe0) least = 0xa0;
    if (lead == 0xed) most = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    more = 3;
    if (lead == 0xf0) least = 0x90;
    if (lead == 0xf4) most = 0x8f;
  } else return 0;
  let next = at + 3;
  while (more > 0) {
    const byte = escapedByte(next);
    if (byte < least || byte > most) return 0;
    least = 0x80;
    most = 0xbf;
    next += 3;
    more -= 1;
  }
  return next;
}

/** The same for raw bytes. */
function utf8Raw(at: usize): usize {
  const lead = <i32>load<u8>(at);
  let more = 0;
  let least = 0x80;
  let most = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) more = 1;
  else if (lead >= 0xe0 && lead <= 0xef) {
    more = 2;
    if (lead == 0xe0) least = 0xa0;
    if (lead == 0xed) most = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    more = 3;
    if (lead == 0xf0) least = 0x90;
    if (lead == 0xf4) most = 0x8f;
  } else return 0;
  let next = at + 1;
  while (more > 0) {
    const byte = <i32>load<u8>(next);
    if (byte < least || byte > most) return 0;
    least = 0x80;
    most = 0xbf;
    next += 1;
    more -= 1;
  }
  return next;
}

function count(verdict: u32): void {
  let bits = verdict;
  while (bits != 0) {
    const counter = countsAt + ((<usize>ctz(bits)) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
    bits &= bits - 1;
  }
}

/** The rules of one row, as bits; notPlain when it takes more than this to judge it. `end` is the newline. */
function judge(start: usize, end: usize): u32 {
  let stop = end;
  if (isCrlf) {
    if (stop == start || load<u8>(stop - 1) != 13) return notPlain;
    stop -= 1;
  }
  if (stop - start > plainRowBytes || !choosePrefix(start, stop)) return notPlain;
  const key = start + prefixBytes;
  let keyEnd = stop;
  let bits: u32 = 0;
  judgedVersion = stop;
  judgedVersionEnd = stop;
  if (isQuoted) {
    keyEnd = key;
    while (keyEnd < stop && load<u8>(keyEnd) != 34) keyEnd += 1;
    if (hasVersion) {
      // `","` between key and version, a quote at the end.
      if (keyEnd + 4 > stop || load<u8>(keyEnd + 1) != 44 || load<u8>(keyEnd + 2) != 34 || load<u8>(stop - 1) != 34)
        return notPlain;
      judgedVersion = keyEnd + 3;
      judgedVersionEnd = stop - 1;
    } else if (keyEnd + 1 != stop) return notPlain;
  } else if (hasVersion) {
    keyEnd = key;
    while (keyEnd < stop && load<u8>(keyEnd) != 44) keyEnd += 1;
    if (keyEnd == stop) return notPlain;
    judgedVersion = keyEnd + 1;
  }
  judgedKeyEnd = keyEnd;
  if (hasVersion) {
    for (let at = judgedVersion; at < judgedVersionEnd; at++) {
      if (load<u8>(tablesAt + 96 + <usize>load<u8>(at)) != kindSafe) return notPlain;
    }
    if (judgedVersion == judgedVersionEnd) bits |= missingVersion;
  }
  if (key == keyEnd) return bits | emptyKey;
  const first = <u32>load<u8>(key);
  const last = <u32>load<u8>(keyEnd - 1);
  // Surrounding space changes what the other rules look at; `s3:` and `arn:` are the beginnings of addresses.
  if (first == 32 || first == 9 || last == 32 || last == 9) return notPlain;
  if (load<u8>(key + 2) == 58 || load<u8>(key + 3) == 58) return notPlain;
  if (first == 47 || escapedByte(key) == 47) bits |= leadingSlash;
  let at = key;
  while (at < keyEnd) {
    const byte = <u32>load<u8>(at);
    const kind = <u32>load<u8>(tablesAt + 96 + byte);
    if (kind == kindSafe) {
      at += 1;
      continue;
    }
    if (kind == kindPercent) {
      // An escape cut off by the end of the field is no escape: what follows there is a comma, a quote or a line end, no digit.
      const value = escapedByte(at);
      if (value < 0) {
        bits |= badEscape;
        at += 1;
      } else if (value < 0x80) {
        if (value == 37 && hexValue(load<u8>(at + 3)) >= 0 && hexValue(load<u8>(at + 4)) >= 0) bits |= doubleEncoded;
        at += 3;
      } else {
        const next = utf8Escapes(at);
        if (next == 0) {
          bits |= escapeNotUtf8;
          at += 3;
        } else at = next;
      }
      continue;
    }
    if (kind >= kindComma) return notPlain;
    if (kind == kindHigh) {
      const next = utf8Raw(at);
      if (next == 0) return notPlain;
      bits |= unencodedError;
      at = next;
      continue;
    }
    if (kind == kindPlus) bits |= plusInKey;
    else if (kind == kindReserved) bits |= unencodedWarning;
    else bits |= unencodedError;
    at += 1;
  }
  // One problem per rule and row: the error stands for both.
  if (bits & unencodedError) bits &= ~unencodedWarning;
  return bits;
}

/** Chooses the slot whose prefix the row begins with; false when none is. */
function choosePrefix(start: usize, stop: usize): bool {
  if (beginsWith(start, stop)) return true;
  const before = slot;
  for (let index: usize = 0; index < slots; index++) {
    if (index == before) continue;
    choose(index);
    if (beginsWith(start, stop)) return true;
  }
  choose(before);
  return false;
}

function beginsWith(start: usize, stop: usize): bool {
  if (prefixBytes == 0 || stop < start + prefixBytes) return false;
  for (let index: usize = 0; index < prefixBytes; index++) {
    if (load<u8>(start + index) != load<u8>(prefixAt + index)) return false;
  }
  return true;
}

// Hashes: of the bucket, then of the decoded key, then of the version if there is one.

const factor1: u64 = 0x9e3779b97f4a7c15;
const factor2: u64 = 0xc2b2ae3d27d4eb4f;
const factor3: u64 = 0x165667b19e3779f9;

/** 16 bytes a step. Bytes behind the end may be read, and do not count. */
function hashBytes(start: u64, from: usize, length: usize): u64 {
  let a = start ^ (<u64>length * factor3);
  let b = rotl(start, 32) + factor2;
  let at = from;
  let left = length;
  while (left >= 16) {
    a = rotl((a ^ load<u64>(at)) * factor1, 31);
    b = rotl((b ^ load<u64>(at, 8)) * factor2, 29);
    at += 16;
    left -= 16;
  }
  if (left > 0) {
    const low = left >= 8 ? load<u64>(at) : load<u64>(at) & lowBytes(left);
    const high = left > 8 ? load<u64>(at, 8) & lowBytes(left - 8) : 0;
    a = rotl((a ^ low) * factor1, 31);
    b = rotl((b ^ high) * factor2, 29);
  }
  return finish(a, b);
}

function finish(a: u64, b: u64): u64 {
  let hash = a ^ rotl(b, 23);
  hash = (hash ^ (hash >> 32)) * factor2;
  hash = (hash ^ (hash >> 29)) * factor1;
  return hash ^ (hash >> 32);
}

/** A mask of fewer than 8 bytes, or of all 8. */
function lowBytes(count: usize): u64 {
  const bits = (<u64>count) << 3;
  return bits >= 64 ? ~(<u64>0) : ((<u64>1) << bits) - 1;
}

/** Hashes the rows of an accepted block, whose newlines are listed. */
function hashRows(from: usize, found: usize): void {
  let row = from;
  for (let place = newlinesAt; place < found; place += 4) {
    const rowEnd = <usize>load<u32>(place);
    const contentEnd = rowEnd - <usize>isCrlf - <usize>isQuoted;
    const key = row + prefixBytes;
    if (hasVersion) {
      const version = versionStart(key, contentEnd);
      keep(row, hashBytes(hashKey(key, version - (isQuoted ? 3 : 1)), version, contentEnd - version));
    } else keep(row, hashKey(key, contentEnd));
    row = rowEnd + 1;
  }
}

function hashJudged(row: usize, verdict: u32): void {
  const key = row + prefixBytes;
  let hash: u64;
  if (verdict & escapeNotUtf8) {
    // Such fields are the same only as written; the three bytes tell them from decoded keys.
    store<u8>(scratchAt, 0xef);
    store<u8>(scratchAt, 0xbf, 1);
    store<u8>(scratchAt, 0xbd, 2);
    memory.copy(scratchAt + 3, key, judgedKeyEnd - key);
    hash = hashBytes(seed, scratchAt, judgedKeyEnd - key + 3);
  } else hash = hashKey(key, judgedKeyEnd);
  if (judgedVersionEnd > judgedVersion) hash = hashBytes(hash, judgedVersion, judgedVersionEnd - judgedVersion);
  keep(row, hash);
}

function keep(row: usize, hash: u64): void {
  const place = hashesAt + <usize>hashes * 12;
  store<u64>(place, hash);
  store<u32>(place, <u32>row, 8);
  hashes += 1;
}

/** As hashBytes of the decoded key; keys without escapes are hashed where they are. */
function hashKey(key: usize, end: usize): u64 {
  const percent = i8x16.splat(37);
  const plus = i8x16.splat(43);
  let left = end - key;
  let a = seed ^ (<u64>left * factor3);
  let b = rotl(seed, 32) + factor2;
  let at = key;
  while (left > 0) {
    const v = v128.load(at);
    if (v128.any_true(v128.or(i8x16.eq(v, percent), i8x16.eq(v, plus)))) return hashBytes(seed, scratchAt, decode(key, at, end));
    let low = i64x2.extract_lane(v, 0);
    let high = i64x2.extract_lane(v, 1);
    if (left < 16) {
      low &= lowBytes(left);
      high = left > 8 ? high & lowBytes(left - 8) : 0;
      left = 16;
    }
    a = rotl((a ^ low) * factor1, 31);
    b = rotl((b ^ high) * factor2, 29);
    at += 16;
    left -= 16;
  }
  return finish(a, b);
}

/** Decodes a key to scratchAt; there is nothing to decode before `from`. A `%` that is no escape stays. Returns the length. */
function decode(key: usize, from: usize, end: usize): usize {
  const percent = i8x16.splat(37);
  const plus = i8x16.splat(43);
  memory.copy(scratchAt, key, min(from, end) - key);
  let to = scratchAt + (from - key);
  let at = from;
  while (at < end) {
    const v = v128.load(at);
    v128.store(to, v);
    let mask = <u32>i8x16.bitmask(v128.or(i8x16.eq(v, percent), i8x16.eq(v, plus)));
    if (mask == 0) {
      at += 16;
      to += 16;
      continue;
    }
    const plain = <usize>ctz(mask);
    at += plain;
    to += plain;
    if (at >= end) return to - scratchAt - (at - end);
    const value = escapedByte(at);
    if (value >= 0) {
      store<u8>(to, <u8>value);
      at += 3;
    } else {
      store<u8>(to, load<u8>(at) == 43 ? 32 : 37);
      at += 1;
    }
    to += 1;
  }
  return to - scratchAt - (at - end);
}
