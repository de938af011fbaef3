import { escapedByte } from './escapes';
import { escapeFlags, escapeOdd, highClasses, lowClasses, odds } from './byteTables';
import { decodedAt, hashKeysAt, hashMasksAt, rawAt, spelledAt } from './memoryMap';

/**
 * Hashes of objects: of the bucket, then of the key, then of the version if there is one. Different spellings of a key must have the same
 * hash. So it is that of the normal spelling, which is chosen to be the one that this file has: nearly all rows are hashed as they
 * stand. It escapes what is not safe, with upper-case digits, and whatever of the safe punctuation the file escapes.
 */

const factor1: u64 = 0x9e3779b97f4a7c15;
const factor2: u64 = 0xc2b2ae3d27d4eb4f;
const factor3: u64 = 0x165667b19e3779f9;

/** Constants, and behind them ones and zeros: the tables of `hashBytes`. */
export function fillHashTables(): void {
  for (let word: usize = 0; word < 8; word++) {
    store<u64>(hashKeysAt + (word << 3), (word & 1 ? factor2 : factor1) * (2 * <u64>word + 1) + factor3);
  }
  memory.fill(hashMasksAt, 0xff, 64);
  memory.fill(hashMasksAt + 64, 0, 64);
}

/**
 * 64 bytes a round, for most keys are no longer: to branch on the length would cost more. Bytes behind the end may be read, and do not
 * count. The idea is that of XXH3: what is mixed with a constant is multiplied by its own other half.
 */
export function hashBytes(start: u64, from: usize, length: usize): u64 {
  let sum = i64x2.replace_lane(i64x2.splat(start), 1, start ^ (<u64>length * factor3));
  let at = from;
  let left = length;
  for (;;) {
    const masks = hashMasksAt + 64 - min(left, 64);
    sum = i64x2.add(sum, mixed(v128.and(v128.load(at), v128.load(masks)), v128.load(hashKeysAt)));
    sum = i64x2.add(sum, mixed(v128.and(v128.load(at, 16), v128.load(masks, 16)), v128.load(hashKeysAt, 16)));
    sum = i64x2.add(sum, mixed(v128.and(v128.load(at, 32), v128.load(masks, 32)), v128.load(hashKeysAt, 32)));
    sum = i64x2.add(sum, mixed(v128.and(v128.load(at, 48), v128.load(masks, 48)), v128.load(hashKeysAt, 48)));
    if (left <= 64) break;
    at += 64;
    left -= 64;
    sum = v128.xor(i64x2.shl(sum, 17), i64x2.shr_u(sum, 47));
  }
  let hash = (i64x2.extract_lane(sum, 0) ^ rotl(i64x2.extract_lane(sum, 1), 32)) * factor1;
  hash = (hash ^ (hash >> 32)) * factor2;
  return hash ^ (hash >> 29);
}

// @ts-ignore: decorator
@inline
function mixed(bytes: v128, key: v128): v128 {
  const salted = v128.xor(bytes, key);
  const swapped = i32x4.shuffle(salted, salted, 2, 3, 0, 1);
  return i64x2.add(bytes, i64x2.extmul_low_i32x4_u(salted, swapped));
}

/** The hash of a key without problems; others may be spelled in ways that this does not look for. */
export function hashKey(seed: u64, key: usize, end: usize): u64 {
  return isNormal(key, end) ? hashBytes(seed, key, end - key) : hashDecoded(seed, key, end);
}

/** The hash of any key that can be decoded. */
export function hashDecoded(seed: u64, key: usize, end: usize): u64 {
  const length = decode(key, end);
  return hashBytes(seed, spelledAt, spell(decodedAt, length, spelledAt));
}

/** Keys whose escapes are not UTF-8 are the same only as written; the three bytes tell them from decoded keys. */
export function hashWritten(seed: u64, key: usize, end: usize): u64 {
  store<u8>(decodedAt, 0xef);
  store<u8>(decodedAt, 0xbf, 1);
  store<u8>(decodedAt, 0xbd, 2);
  memory.copy(decodedAt + 3, key, end - key);
  return hashBytes(seed, spelledAt, spell(decodedAt, end - key + 3, spelledAt));
}

function isNormal(key: usize, end: usize): bool {
  const lowTable = v128.load(lowClasses);
  const highTable = v128.load(highClasses);
  const nibble = i8x16.splat(15);
  const odd = v128.load(odds);
  const percent = i8x16.splat(37);
  for (let at = key; at < end; at += 16) {
    const v = v128.load(at);
    const low = i8x16.swizzle(lowTable, v128.and(v, nibble));
    const high = i8x16.swizzle(highTable, v128.and(i16x8.shr_u(v, 4), nibble));
    const keep: u32 = at + 16 > end ? ((<u32>1) << <u32>(end - at)) - 1 : 0xffff;
    // Bytes with the class of odd ones have no other.
    if (<u32>i8x16.bitmask(i8x16.eq(v128.and(low, high), odd)) & keep) return false;
    let percents = <u32>i8x16.bitmask(i8x16.eq(v, percent)) & keep;
    while (percents != 0) {
      if (escapeFlags(at + <usize>ctz(percents) + 1) & escapeOdd) return false;
      percents &= percents - 1;
    }
  }
  return true;
}

/** Decodes a key to decodedAt. A `%` that is no escape stays. Returns the length. */
function decode(key: usize, end: usize): usize {
  let to = decodedAt;
  let at = key;
  while (at < end) {
    const byte = load<u8>(at);
    const value = byte == 37 ? escapedByte(at) : -1;
    store<u8>(to, value >= 0 ? <u8>value : byte == 43 ? 32 : byte);
    at += value >= 0 ? 3 : 1;
    to += 1;
  }
  return to - decodedAt;
}

/** Writes a decoded key in the normal spelling; returns the length. */
export function spell(from: usize, length: usize, target: usize): usize {
  let to = target;
  for (let at = from; at < from + length; at++) {
    const byte = load<u8>(at);
    if (load<u8>(rawAt + <usize>byte) != 0) {
      store<u8>(to, byte);
      to += 1;
    } else {
      store<u8>(to, 37);
      store<u8>(to, hexDigit(byte >> 4), 1);
      store<u8>(to, hexDigit(byte & 15), 2);
      to += 3;
    }
  }
  return to - target;
}

function hexDigit(value: u8): u8 {
  return value < 10 ? 48 + value : 55 + value;
}
