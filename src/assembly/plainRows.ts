/**
 * Passes rows of a completion report that look like a pattern row: `head` (the bucket and its comma), a key, a version if the pattern has
 * one, `tail` (from the comma before the status to the message), and a message without quotes. The twin in JavaScript is
 * core/report/plainRows.ts.
 */

/** Patterns are zeros from their end to the next multiple of 16. Also in src/files/report/plainRowKernel.ts. */
const headAt: usize = 1024;
const tailAt: usize = 2048;

const comma: u8 = 0x2c;
const lineFeed: u8 = 0x0a;
const carriageReturn: u8 = 0x0d;

/** Rows passed by the last call of `skip`. */
export let rows: i32 = 0;

let headBytes: usize = 0;
let tailBytes: usize = 0;
let hasVersion: bool = false;

export function learn(headLength: usize, tailLength: usize, isVersioned: bool): void {
  headBytes = headLength;
  tailBytes = tailLength;
  hasVersion = isVersioned;
}

/**
 * The address of the first row, from the one at `start` on, that is not whole before `end` or not like the pattern. Up to 32 bytes behind
 * `end` are read; what they are does not count.
 */
export function skip(start: usize, end: usize): usize {
  rows = 0;
  let row = start;
  while (row < end) {
    if (!isAt(row, headAt, headBytes)) break;
    let at = stopFrom(row + headBytes, end, fieldStops);
    if (hasVersion && load<u8>(at) == comma) at = stopFrom(at + 1, end, fieldStops);
    if (at + tailBytes >= end || !isAt(at, tailAt, tailBytes)) break;
    at = stopFrom(at + tailBytes, end, messageStops);
    if (load<u8>(at) == carriageReturn) at += 1;
    if (at >= end || load<u8>(at) != lineFeed) break;
    row = at + 1;
    rows += 1;
  }
  return row;
}

// By low half of a byte: the byte that stops. 1 in the first place and 0 in the others stand for none, as their own low halves differ.
// @ts-ignore: decorator
@lazy
const fieldStops = i8x16(1, 0, 0x22, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0x2c, 0x0d, 0, 0);
// @ts-ignore: decorator
@lazy
const messageStops = i8x16(1, 0, 0x22, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0x0d, 0, 0);

/** The address of the first byte that stops; `end`, or what is behind it, when there is none before. */
// @ts-ignore: decorator
@inline
function stopFrom(from: usize, end: usize, stops: v128): usize {
  for (let at = from; at < end; at += 16) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(i8x16.eq(i8x16.swizzle(stops, v128.and(bytes, i8x16.splat(15))), bytes));
    if (found != 0) return at + ctz(found);
  }
  return max(from, end);
}

// @ts-ignore: decorator
@inline
function isAt(at: usize, pattern: usize, length: usize): bool {
  let done: usize = 0;
  while (done + 16 <= length) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at + done), v128.load(pattern + done))) != 0xffff) return false;
    done += 16;
  }
  const mask = (1 << <i32>(length - done)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(at + done), v128.load(pattern + done))) & mask) == mask;
}
