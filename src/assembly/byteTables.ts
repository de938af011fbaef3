import { escapesAt, firstsAt, hexAt, kindsAt, rawAt, vectorsAt } from './memoryMap';

// Kinds of a byte in a plain row.
export const kindSafe: u32 = 0;
export const kindPercent: u32 = 1;
export const kindPlus: u32 = 2;
export const kindReserved: u32 = 3; // printable ASCII that should be escaped: a warning
export const kindBlank: u32 = 4; // space and tab
export const kindControl: u32 = 5;
export const kindHigh: u32 = 6; // 0x80 and above
export const kindComma: u32 = 7; // only where it ends a field
export const kindNever: u32 = 8; // quote, CR, LF: not plain

// Flags of an escape.
/** It stands for a byte above ASCII. */
export const escapeHigh: u32 = 1;
/** `%25`: another escape may follow, which would be escaped twice. */
export const escapePercent: u32 = 2;
/** The normal spelling of what it stands for is another one. */
export const escapeOdd: u32 = 4;

// Vectors, as offsets: the compiler of the host would make constants anew in each round, where it keeps what was loaded.
export const lowClasses: usize = vectorsAt;
export const highClasses: usize = vectorsAt + 16;
export const nibbles: usize = vectorsAt + 32;
export const percents: usize = vectorsAt + 48;
export const newlines: usize = vectorsAt + 64;
export const commas: usize = vectorsAt + 80;
export const notHex: usize = vectorsAt + 96;
export const odds: usize = vectorsAt + 112;
export const sevens: usize = vectorsAt + 128;
export const fives: usize = vectorsAt + 144;

/**
 * A byte is allowed in a plain row when the entries of its low and its high nibble have a bit, a class, in common. Each high nibble has a
 * class of its own, but those of the letters, whose low nibbles are the same. Hex digits among these have a second one: no control
 * character of the high nibble 1, whose class it would be, is allowed. Of the bytes that begin with 3 digits alone are allowed, all of
 * them hex digits. Punctuation that the normal spelling escapes has a class of its own, in the place of that of 6.
 */
function classOf(high: u32): u32 {
  return 1 << (high == 6 ? 4 : high);
}
const letterHexClass: u32 = 1 << 1;
export const oddClass: u32 = 1 << 6;

/**
 * Fills all tables. `escaped`: of the bytes from 0x20 on, a bit for each safe one that the normal spelling escapes all the same.
 */
export function fillTables(crlf: bool, quoted: bool, escaped: u32): void {
  memory.fill(vectorsAt, 0, 160);
  splat(nibbles, 15);
  splat(percents, 37);
  splat(newlines, 10);
  splat(commas, 44);
  splat(notHex, <u8>~(letterHexClass | classOf(3)));
  splat(odds, <u8>oddClass);
  splat(sevens, 55);
  splat(fives, 53);
  // `/` is a problem (%2F, too), a comma or a line end an empty key, a quote an empty key or one in the key.
  memory.fill(firstsAt, 0, 256);
  memory.fill(firstsAt, 1, 32);
  store<u8>(firstsAt + 34, 1);
  store<u8>(firstsAt + 37, 1);
  store<u8>(firstsAt + 44, 1);
  store<u8>(firstsAt + 47, 1);
  for (let byte: u32 = 0; byte < 256; byte++) {
    const kind = kindOf(byte, quoted);
    const isOdd = byte >= 32 && byte < 48 && ((escaped >> (byte - 32)) & 1) != 0;
    store<u8>(kindsAt + byte, <u8>kind);
    store<u8>(hexAt + byte, <u8>hexDigit(byte));
    store<u8>(rawAt + byte, <u8>(kind == kindSafe && !isOdd));
    const isAllowed =
      kind == kindSafe || kind == kindPercent || byte == 44 || byte == 10 || (crlf && byte == 13) || (quoted && byte == 34);
    if (isAllowed) allow(byte, isOdd ? oddClass : classOf(byte >> 4));
    if (byte >= 64 && hexDigit(byte) != 255) allow(byte, letterHexClass);
  }
  memory.fill(escapesAt, 0, 16384);
  for (let first: u32 = 0; first < 128; first++) {
    for (let second: u32 = 0; second < 128; second++) fillEscape(first, second);
  }
}

function fillEscape(first: u32, second: u32): void {
  const high = hexDigit(first);
  const low = hexDigit(second);
  if (high == 255 || low == 255) return;
  const byte = (high << 4) | low;
  let flags: u32 = 0;
  if (byte >= 128) flags |= escapeHigh;
  if (byte == 37) flags |= escapePercent;
  // Lower case, or needless.
  if (first > 96 || second > 96 || load<u8>(rawAt + byte) != 0) flags |= escapeOdd;
  store<u8>(escapesAt + (first | (second << 7)), <u8>flags);
}

/** Flags of the escape whose two digits, or what is in their places, are at `digits`. */
export function escapeFlags(digits: usize): u32 {
  const pair = <u32>load<u16>(digits);
  return load<u8>(escapesAt + ((pair & 0x7f) | ((pair >> 1) & 0x3f80)));
}

/** Value of a hex digit, 255 for what is none. */
function hexDigit(byte: u32): u32 {
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 65 && byte <= 70) return byte - 55;
  if (byte >= 97 && byte <= 102) return byte - 87;
  return 255;
}

function kindOf(byte: u32, quoted: bool): u32 {
  if (byte >= 128) return kindHigh;
  if ((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)) return kindSafe;
  // - _ . ~ / ! ' ( ) *
  if (byte == 45 || byte == 95 || byte == 46 || byte == 126 || byte == 47 || byte == 33) return kindSafe;
  if (byte == 39 || byte == 40 || byte == 41 || byte == 42) return kindSafe;
  if (byte == 37) return kindPercent;
  if (byte == 43) return kindPlus;
  if (byte == 44) return quoted ? kindReserved : kindComma;
  if (byte == 34 || byte == 10 || byte == 13) return kindNever;
  if (byte == 32 || byte == 9) return kindBlank;
  if (byte < 32 || byte == 127) return kindControl;
  return kindReserved;
}

function allow(byte: u32, bit: u32): void {
  const low = lowClasses + (byte & 15);
  const high = highClasses + (byte >> 4);
  store<u8>(low, load<u8>(low) | <u8>bit);
  store<u8>(high, load<u8>(high) | <u8>bit);
}

function splat(at: usize, byte: u8): void {
  memory.fill(at, byte, 16);
}
