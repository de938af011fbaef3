/**
 * MD5 (RFC 1321) of four messages side by side, each in a lane of the vectors. A step of MD5 waits for the one before it, so that one
 * message leaves most of a processor idle; four take hardly longer. Padding is the business of the caller.
 */

/** A, B, C and D of the four lanes. Also in src/files/report/md5Lanes.ts, as are the constants. */
const stateAt: usize = 1024;
/** The constant of each of the 64 steps, four times over. */
const constantsAt: usize = 2048;
/** Of a block: its 16 words, each with those of the four lanes side by side. */
const wordsAt: usize = 4096;

/** Takes in `blocks` blocks of 64 bytes from each of the four addresses. */
export function take(first: usize, second: usize, third: usize, fourth: usize, blocks: usize): void {
  let a = v128.load(stateAt);
  let b = v128.load(stateAt, 16);
  let c = v128.load(stateAt, 32);
  let d = v128.load(stateAt, 48);
  const end = first + (blocks << 6);
  while (first < end) {
    for (let at: usize = 0; at < 64; at += 16) putWords(at, first, second, third, fourth);
    first += 64;
    second += 64;
    third += 64;
    fourth += 64;
    const startA = a;
    const startB = b;
    const startC = c;
    const startD = d;
    for (let i: usize = 0; i < 16; i += 4) {
      a = i32x4.add(turn(i32x4.add(sum(a, i, i), choose(b, c, d)), 7), b);
      d = i32x4.add(turn(i32x4.add(sum(d, i + 1, i + 1), choose(a, b, c)), 12), a);
      c = i32x4.add(turn(i32x4.add(sum(c, i + 2, i + 2), choose(d, a, b)), 17), d);
      b = i32x4.add(turn(i32x4.add(sum(b, i + 3, i + 3), choose(c, d, a)), 22), c);
    }
    for (let i: usize = 16; i < 32; i += 4) {
      const word = i * 5 + 1;
      a = i32x4.add(turn(chosenBy(sum(a, i, word), d, b, c), 5), b);
      d = i32x4.add(turn(chosenBy(sum(d, i + 1, word + 5), c, a, b), 9), a);
      c = i32x4.add(turn(chosenBy(sum(c, i + 2, word + 10), b, d, a), 14), d);
      b = i32x4.add(turn(chosenBy(sum(b, i + 3, word + 15), a, c, d), 20), c);
    }
    for (let i: usize = 32; i < 48; i += 4) {
      const word = i * 3 + 5;
      a = i32x4.add(turn(i32x4.add(sum(a, i, word), odd(b, c, d)), 4), b);
      d = i32x4.add(turn(i32x4.add(sum(d, i + 1, word + 3), odd(a, b, c)), 11), a);
      c = i32x4.add(turn(i32x4.add(sum(c, i + 2, word + 6), odd(d, a, b)), 16), d);
      b = i32x4.add(turn(i32x4.add(sum(b, i + 3, word + 9), odd(c, d, a)), 23), c);
    }
    for (let i: usize = 48; i < 64; i += 4) {
      const word = i * 7;
      a = i32x4.add(turn(i32x4.add(sum(a, i, word), last(b, c, d)), 6), b);
      d = i32x4.add(turn(i32x4.add(sum(d, i + 1, word + 7), last(a, b, c)), 10), a);
      c = i32x4.add(turn(i32x4.add(sum(c, i + 2, word + 14), last(d, a, b)), 15), d);
      b = i32x4.add(turn(i32x4.add(sum(b, i + 3, word + 21), last(c, d, a)), 21), c);
    }
    a = i32x4.add(a, startA);
    b = i32x4.add(b, startB);
    c = i32x4.add(c, startC);
    d = i32x4.add(d, startD);
  }
  v128.store(stateAt, a);
  v128.store(stateAt, b, 16);
  v128.store(stateAt, c, 32);
  v128.store(stateAt, d, 48);
}

/** Turns four words of each lane round: four vectors, each with the same word of all lanes. */
// @ts-ignore: decorator
@inline
function putWords(at: usize, first: usize, second: usize, third: usize, fourth: usize): void {
  const one = v128.load(first + at);
  const two = v128.load(second + at);
  const three = v128.load(third + at);
  const four = v128.load(fourth + at);
  const low12 = i32x4.shuffle(one, two, 0, 4, 1, 5);
  const low34 = i32x4.shuffle(three, four, 0, 4, 1, 5);
  const high12 = i32x4.shuffle(one, two, 2, 6, 3, 7);
  const high34 = i32x4.shuffle(three, four, 2, 6, 3, 7);
  const to = wordsAt + (at << 2);
  v128.store(to, i64x2.shuffle(low12, low34, 0, 2));
  v128.store(to, i64x2.shuffle(low12, low34, 1, 3), 16);
  v128.store(to, i64x2.shuffle(high12, high34, 0, 2), 32);
  v128.store(to, i64x2.shuffle(high12, high34, 1, 3), 48);
}

/** What does not wait for the step before: the word and the constant of a step, and what it changes. */
// @ts-ignore: decorator
@inline
function sum(value: v128, step: usize, word: usize): v128 {
  return i32x4.add(i32x4.add(value, v128.load(constantsAt + (step << 4))), v128.load(wordsAt + ((word & 15) << 4)));
}

// @ts-ignore: decorator
@inline
function turn(value: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(value, bits), i32x4.shr_u(value, 32 - bits));
}

/** F of the RFC: y where the bits of x are set, else z. */
// @ts-ignore: decorator
@inline
function choose(x: v128, y: v128, z: v128): v128 {
  return v128.xor(v128.and(v128.xor(y, z), x), z);
}

/** G of the RFC, added to a sum: y where the bits of x are set, else z. The two never meet, so they are added one by one: y, the newest, last. */
// @ts-ignore: decorator
@inline
function chosenBy(value: v128, x: v128, y: v128, z: v128): v128 {
  return i32x4.add(i32x4.add(value, v128.andnot(z, x)), v128.and(y, x));
}

/** H of the RFC. */
// @ts-ignore: decorator
@inline
function odd(x: v128, y: v128, z: v128): v128 {
  return v128.xor(v128.xor(y, z), x);
}

/** I of the RFC. */
// @ts-ignore: decorator
@inline
function last(x: v128, y: v128, z: v128): v128 {
  return v128.xor(y, v128.or(x, v128.not(z)));
}
