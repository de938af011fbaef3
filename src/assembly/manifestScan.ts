import {
  commas as commaVector,
  escapeFlags,
  escapeHigh,
  escapeOdd,
  escapePercent,
  fillTables,
  fives as fiveVector,
  highClasses,
  kindComma,
  kindHigh,
  kindPercent,
  kindPlus,
  kindReserved,
  kindSafe,
  lowClasses,
  newlines as newlineVector,
  nibbles,
  notHex as notHexVector,
  oddClass,
  percents as percentVector,
  sevens as sevenVector,
} from './byteTables';
import { escapedByte, isHexDigit, utf8Escapes, utf8Raw } from './escapes';
import {
  countsAt,
  escapeBitsAt,
  firstsAt,
  kindsAt,
  lengthsAt,
  marksAt,
  marksLimit,
  newlineBitsAt,
  newlinesAt,
  notesAt,
  notesLimit,
  prefixesAt,
  seedsAt,
  seenAt,
  slots,
} from './memoryMap';
import { hasRoom, keep } from './hashBlocks';
import { fillHashTables, hashBytes, hashDecoded, hashKey, hashWritten, spell } from './objectHash';

export { findRepeats, freeBlocks, hasRoom, keepFrom, openStore, releaseBlock, takenBlocks } from './hashBlocks';

/**
 * The kernel of the fast lint, in AssemblyScript. It looks at rows of the plain forms `bucket,key[,version]` and
 * `"bucket","key"[,"version"]` that begin with one of a few known prefixes (`bucket,` or `"bucket","`), accepts clean ones a few
 * thousand bytes at a time, and judges the rest row by row. At a row that it can't judge for certain it stops, for the exact rules to
 * look: a suspicion that proves empty costs time, a problem that is missed would be wrong.
 */

/** 63 steps of 64 bytes: four compare masks a step can be counted in a byte without overflow. */
const blockBytes: usize = 63 * 64;
/** A block that is refused is looked at again in pieces of this size, so that few rows are judged one by one. */
const pieceBytes: usize = 8 * 64;
/** Where so many blocks in a row were refused most rows are wrong, and pieces are not worth their look. */
const patience: i32 = 4;
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

let hasVersion: bool = false;
let isCrlf: bool = false;
let isQuoted: bool = false;
let ruleMask: u32 = 0;
let isHashing: bool = false;

// The prefix of the rows at hand.
let slot: usize = 0;
let prefixAt: usize = prefixesAt;
let prefixBytes: usize = 0;
let seed: u64 = 0;

/** Lines since `begin`, those that were skipped included. */
export let lines: i32 = 0;
/** Where the last call of `scan` stopped: `end`, or a row for the exact rules, or, when there is no room for notes or hashes, any row. */
export let stoppedAt: usize = 0;
export let notes: i32 = 0;
export let marks: i32 = 0;

/** Rows before it are not tried as a block again. */
let slowUntil: usize = 0;
let nextMark: usize = 0;

/**
 * `rules`: bits of the rules that are on. `hashing`: whether hashes of rows are kept, for which the store must be open. `escaped`: safe
 * punctuation that this file escapes, a bit for each byte from 0x20 on.
 */
export function configure(columns: i32, crlf: bool, quoted: bool, rules: u32, hashing: bool, escaped: u32): void {
  hasVersion = columns == 3;
  isCrlf = crlf;
  isQuoted = quoted;
  ruleMask = rules;
  isHashing = hashing;
  memory.fill(prefixesAt, 0, slots * 128);
  memory.fill(seenAt, 0, slots * 4);
  memory.fill(lengthsAt, 0, slots * 4);
  fillTables(crlf, quoted, escaped);
  fillHashTables();
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
  slowUntil = 0;
  nextMark = 0;
}

/** Empties the list of notes, which have been read. */
export function drain(): void {
  notes = 0;
}

/**
 * Keeps the hash of an object for the row at `row`: its bucket, its decoded key and its version lie one after the other at `at`, and there
 * is room behind them for three times the key.
 */
export function keepObject(row: i32, at: usize, bucketBytes: usize, keyBytes: usize, versionBytes: usize): void {
  const key = at + bucketBytes;
  const version = key + keyBytes;
  const spelled = version + versionBytes;
  let hash = hashBytes(hashBytes(0, at, bucketBytes), spelled, spell(key, keyBytes, spelled));
  if (versionBytes > 0) hash = hashBytes(hash, version, versionBytes);
  keep(<usize>row, hash);
}

// What `classify` found in a block.
let least: v128 = i8x16.splat(0);
let classes: v128 = i8x16.splat(0);
let commas: i32 = 0;

/**
 * The first look at a block: bits of its newlines and of its escapes, how many commas it has, the least class of a byte (0: one that may
 * not stand there, or no hex digit behind a percent sign) and all classes together.
 *
 * When rows are hashed the escapes are all percent signs. Else they are the digits of escapes that may need a closer look, few: a first
 * digit from 8 on, of a byte above ASCII, and a second digit 5, of `%25`.
 */
// @ts-ignore: decorator
@inline
function look(from: usize, to: usize, isHashing: bool): void {
  const lowTable = v128.load(lowClasses);
  const highTable = v128.load(highClasses);
  const nibble = v128.load(nibbles);
  const percent = v128.load(percentVector);
  const newline = v128.load(newlineVector);
  const comma = v128.load(commaVector);
  const notHex = v128.load(notHexVector);
  const seven = v128.load(sevenVector);
  const five = v128.load(fiveVector);
  let smallest = i8x16.splat(-1);
  let together = i8x16.splat(0);
  let commaSums = i8x16.splat(0);
  let before = i8x16.eq(v128.load(from - 16), percent);
  let bits: usize = 0;
  // Four vectors a round: what a round costs besides would be a fifth of it.
  for (let at = from; at < to; at += 64) {
    const v0 = v128.load(at);
    const percents0 = i8x16.eq(v0, percent);
    const firsts0 = firstDigits(before, percents0);
    const seconds0 = secondDigits(before, percents0);
    const found0 = classOfBytes(v0, v128.and(v128.or(firsts0, seconds0), notHex), lowTable, highTable, nibble);
    smallest = i8x16.min_u(smallest, found0);
    if (isHashing) together = v128.or(together, found0);
    commaSums = i8x16.sub(commaSums, i8x16.eq(v0, comma));
    store<u16>(bits, <u16>i8x16.bitmask(i8x16.eq(v0, newline)), newlineBitsAt);
    store<u16>(bits, <u16>i8x16.bitmask(isHashing ? percents0 : telling(v0, firsts0, seconds0, seven, five)), escapeBitsAt);

    const v1 = v128.load(at, 16);
    const percents1 = i8x16.eq(v1, percent);
    const firsts1 = firstDigits(percents0, percents1);
    const seconds1 = secondDigits(percents0, percents1);
    const found1 = classOfBytes(v1, v128.and(v128.or(firsts1, seconds1), notHex), lowTable, highTable, nibble);
    smallest = i8x16.min_u(smallest, found1);
    if (isHashing) together = v128.or(together, found1);
    commaSums = i8x16.sub(commaSums, i8x16.eq(v1, comma));
    store<u16>(bits, <u16>i8x16.bitmask(i8x16.eq(v1, newline)), newlineBitsAt + 2);
    store<u16>(bits, <u16>i8x16.bitmask(isHashing ? percents1 : telling(v1, firsts1, seconds1, seven, five)), escapeBitsAt + 2);

    const v2 = v128.load(at, 32);
    const percents2 = i8x16.eq(v2, percent);
    const firsts2 = firstDigits(percents1, percents2);
    const seconds2 = secondDigits(percents1, percents2);
    const found2 = classOfBytes(v2, v128.and(v128.or(firsts2, seconds2), notHex), lowTable, highTable, nibble);
    smallest = i8x16.min_u(smallest, found2);
    if (isHashing) together = v128.or(together, found2);
    commaSums = i8x16.sub(commaSums, i8x16.eq(v2, comma));
    store<u16>(bits, <u16>i8x16.bitmask(i8x16.eq(v2, newline)), newlineBitsAt + 4);
    store<u16>(bits, <u16>i8x16.bitmask(isHashing ? percents2 : telling(v2, firsts2, seconds2, seven, five)), escapeBitsAt + 4);

    const v3 = v128.load(at, 48);
    before = i8x16.eq(v3, percent);
    const firsts3 = firstDigits(percents2, before);
    const seconds3 = secondDigits(percents2, before);
    const found3 = classOfBytes(v3, v128.and(v128.or(firsts3, seconds3), notHex), lowTable, highTable, nibble);
    smallest = i8x16.min_u(smallest, found3);
    if (isHashing) together = v128.or(together, found3);
    commaSums = i8x16.sub(commaSums, i8x16.eq(v3, comma));
    store<u16>(bits, <u16>i8x16.bitmask(i8x16.eq(v3, newline)), newlineBitsAt + 6);
    store<u16>(bits, <u16>i8x16.bitmask(isHashing ? before : telling(v3, firsts3, seconds3, seven, five)), escapeBitsAt + 6);
    bits += 8;
  }
  least = smallest;
  classes = together;
  commas = sumOf(commaSums);
}

// @ts-ignore: decorator
@inline
function firstDigits(before: v128, percents: v128): v128 {
  return i8x16.shuffle(before, percents, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

// @ts-ignore: decorator
@inline
function secondDigits(before: v128, percents: v128): v128 {
  return i8x16.shuffle(before, percents, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}

/** The class of each byte, 0 for one that may not stand there. `wrong`: of the places of digits, the classes that are none. */
// @ts-ignore: decorator
@inline
function classOfBytes(v: v128, wrong: v128, lowTable: v128, highTable: v128, nibble: v128): v128 {
  const low = i8x16.swizzle(lowTable, v128.and(v, nibble));
  const high = i8x16.swizzle(highTable, v128.and(i16x8.shr_u(v, 4), nibble));
  return v128.andnot(v128.and(low, high), wrong);
}

/** The digits that tell an escape that needs a closer look. */
// @ts-ignore: decorator
@inline
function telling(v: v128, firsts: v128, seconds: v128, seven: v128, five: v128): v128 {
  return v128.or(v128.and(i8x16.gt_s(v, seven), firsts), v128.and(i8x16.eq(v, five), seconds));
}

// Two functions, which only one file in hand needs: the host compiles what is called. Exported, for else the compiler puts them
// into their caller, where registers are short.
export function lookOnly(from: usize, to: usize): void {
  look(from, to, false);
}

export function lookToHash(from: usize, to: usize): void {
  look(from, to, true);
}

// What `list` found in a block.
/** Behind the last newline in the list. */
let listEnd: usize = 0;
let escapes: u32 = 0;
/** Behind the last escaped character above ASCII that was looked at. */
let utf8Done: usize = 0;

/** The second look: lists the newlines, and looks at the escapes. `escapes` has the flags of all; escapePercent also for wrong ones. */
export function list(from: usize, to: usize, end: usize): void {
  let flags: u32 = 0;
  let found = newlinesAt;
  let bits: usize = 0;
  for (let at = from; at < to; at += 64) {
    let newlines = load<u64>(bits, newlineBitsAt);
    let marked = load<u64>(bits, escapeBitsAt);
    bits += 8;
    // What lies behind the end of the rows does not count.
    if (at + 64 > end) {
      const keep = ((<u64>1) << (<u64>(end - at))) - 1;
      newlines &= keep;
      marked &= keep;
    }
    if (marked != 0) flags |= lookAtEscapes(at, marked);
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
  }
  listEnd = found;
  escapes = flags;
}

/** Flags of the escapes that the marked bytes from `from` on belong to: their percent signs, or their digits. */
export function lookAtEscapes(from: usize, marked: u64): u32 {
  let left = marked;
  let flags: u32 = 0;
  while (left != 0) {
    let escape = from + <usize>ctz(left);
    left &= left - 1;
    if (load<u8>(escape) != 37) escape -= 1;
    if (load<u8>(escape) != 37) escape -= 1;
    const found = escapeFlags(escape + 1);
    flags |= found;
    if ((found & escapeHigh) == 0 || escape < utf8Done) continue;
    utf8Done = utf8Escapes(escape);
    if (utf8Done != 0) continue;
    utf8Done = escape + 3;
    flags |= escapePercent;
  }
  return flags;
}

/**
 * The third look: true when each row begins with the prefix and something that may begin a key, and none is too long. `from` is the
 * first row.
 */
function haveRowsPrefix(from: usize): bool {
  if (prefixBytes == 0) return false;
  const tail: usize = prefixBytes > 16 ? prefixBytes - 16 : 0;
  const prefixA = v128.load(prefixAt);
  const prefixB = v128.load(prefixAt + tail);
  const key = prefixBytes;
  const found = listEnd;
  let different = i8x16.splat(0);
  let wrong: u32 = 0;
  let longest: usize = 0;
  let row = from;
  if (prefixBytes < 16) {
    // What the slot holds behind the prefix are zeros; what a row has there does not matter.
    const isPrefix = i8x16.ne(prefixA, i8x16.splat(0));
    for (let place = newlinesAt; place < found; place += 4) {
      const rowEnd = <usize>load<u32>(place);
      different = v128.or(different, v128.and(v128.xor(v128.load(row), prefixA), isPrefix));
      wrong |= <u32>load<u8>(firstsAt + <usize>load<u8>(row + key));
      longest = max(longest, rowEnd - row);
      row = rowEnd + 1;
    }
  } else {
    for (let place = newlinesAt; place < found; place += 4) {
      const rowEnd = <usize>load<u32>(place);
      const a = v128.xor(v128.load(row), prefixA);
      different = v128.or(different, v128.or(a, v128.xor(v128.load(row + tail), prefixB)));
      wrong |= <u32>load<u8>(firstsAt + <usize>load<u8>(row + key));
      longest = max(longest, rowEnd - row);
      row = rowEnd + 1;
    }
  }
  return wrong == 0 && longest <= plainRowBytes && !v128.any_true(different);
}

/**
 * Scans whole rows: `start` is the first byte of a row, `end` is behind a newline; at least 64 bytes before `start` and 128 behind
 * `end` may be read. `skipped` lines before `start` were dealt with by the exact rules. Rows with a problem are counted by rule; while
 * `isNoting` their addresses are noted, too.
 */
export function scan(start: usize, end: usize, skipped: i32, isNoting: bool): void {
  lines += skipped;
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
  let carriedCommas = 0;
  /** Whether a row that began in the block before may have another spelling. */
  let isOddCarried = false;
  /** Rows before it are of a block that was refused. */
  let piecesUntil: usize = 0;
  let refusedBlocks = 0;
  utf8Done = at;

  while (at < end) {
    if (isHashing && !hasRoom()) {
      stoppedAt = blockStart;
      return;
    }
    if (blockStart >= nextMark && marks < marksLimit) mark(blockStart);
    const step = at < piecesUntil ? pieceBytes : blockBytes;
    const to = at + ((min(step, end - at) + 63) & ~63);
    if (isHashing) lookToHash(at, to);
    else lookOnly(at, to);
    list(at, to, end);
    at = to;
    const blockRows = <i32>((listEnd - newlinesAt) >> 2);
    const rowsEnd = blockRows > 0 ? <usize>load<u32>(listEnd - 4) + 1 : blockStart;
    // Every row has the commas that its prefix and its version prove, so the sum is right only when each of them is.
    const partial = rowsEnd < at ? occurrences(rowsEnd, at, 44) : 0;
    const isAccepted =
      blockRows > 0 &&
      i8x16.all_true(least) &&
      (escapes & escapePercent) == 0 &&
      carriedCommas + commas - partial == blockRows * commasPerRow &&
      haveRowsPrefix(blockStart) &&
      (prefixBytes <= 32 && !isCrlf && !hasVersion && !isQuoted ? true : isSpecialFine(blockStart, rowsEnd));
    if (isAccepted) {
      if (load<u32>(seenAt + (slot << 2)) == 0) store<u32>(seenAt + (slot << 2), <u32>blockStart);
      if (isHashing) {
        const isOdd = (escapes & escapeOdd) != 0 || v128.any_true(v128.and(classes, i8x16.splat(<i8>oddClass)));
        hashRows(blockStart, isOdd || isOddCarried);
        isOddCarried = isOdd;
      }
      lines += blockRows;
      blockStart = rowsEnd;
      carriedCommas = partial;
      if (step == blockBytes) refusedBlocks = 0;
      continue;
    }
    if (step == blockBytes && blockRows > 0) refusedBlocks += 1;
    if (step == blockBytes && blockRows > 0 && refusedBlocks < patience) {
      piecesUntil = rowsEnd;
      at = blockStart;
      carriedCommas = 0;
      isOddCarried = false;
      utf8Done = at;
      continue;
    }
    // Row by row. A block without a newline is one long row, or the beginning of one.
    const stop = blockRows > 0 ? rowsEnd : behindNewline(min(at, end), end);
    const next = judgeRows(blockStart, stop, end, isNoting);
    if (next < stop) {
      slowUntil = stop;
      stoppedAt = next;
      return;
    }
    blockStart = next;
    at = next;
    carriedCommas = 0;
    isOddCarried = false;
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
    if (isHashing && !hasRoom()) return next;
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
    if (isHashing) hashJudged(next, verdict);
    lines += 1;
    next = rowEnd + 1;
  }
  return next;
}

// Of the row that was judged last.
let judgedKeyEnd: usize = 0;
let judgedVersion: usize = 0;
let judgedVersionEnd: usize = 0;

/** The fourth look, which only some files need: the rest of a long prefix, CR before each newline, quotes, a version at each end. */
function isSpecialFine(from: usize, to: usize): bool {
  const found = listEnd;
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
  return doubt == 0;
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
      if (load<u8>(kindsAt + <usize>load<u8>(at)) != kindSafe) return notPlain;
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
    const kind = <u32>load<u8>(kindsAt + byte);
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
        if (value == 37 && isHexDigit(at + 3) && isHexDigit(at + 4)) bits |= doubleEncoded;
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

/** Hashes the rows of an accepted block. `isOdd`: one of them may not have the normal spelling. */
function hashRows(from: usize, isOdd: bool): void {
  const found = listEnd;
  const cut = <usize>isCrlf + <usize>isQuoted;
  const separator: usize = isQuoted ? 3 : 1;
  let row = from;
  for (let place = newlinesAt; place < found; place += 4) {
    const rowEnd = <usize>load<u32>(place);
    const key = row + prefixBytes;
    const contentEnd = rowEnd - cut;
    const version = hasVersion ? versionStart(key, contentEnd) : contentEnd;
    const keyEnd = hasVersion ? version - separator : contentEnd;
    let hash = isOdd ? hashKey(seed, key, keyEnd) : hashBytes(seed, key, keyEnd - key);
    if (hasVersion) hash = hashBytes(hash, version, contentEnd - version);
    keep(row, hash);
    row = rowEnd + 1;
  }
}

const changesDecoding: u32 = unencodedError | unencodedWarning | plusInKey | badEscape;

function hashJudged(row: usize, verdict: u32): void {
  const key = row + prefixBytes;
  let hash: u64;
  if (verdict & escapeNotUtf8) hash = hashWritten(seed, key, judgedKeyEnd);
  else if (verdict & changesDecoding) hash = hashDecoded(seed, key, judgedKeyEnd);
  else hash = hashKey(seed, key, judgedKeyEnd);
  if (judgedVersionEnd > judgedVersion) hash = hashBytes(hash, judgedVersion, judgedVersionEnd - judgedVersion);
  keep(row, hash);
}
