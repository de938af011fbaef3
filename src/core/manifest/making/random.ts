/** A seeded source of random numbers (sfc32): the same seed gives the same numbers on every machine. Not for secrets. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  /** A whole number from 0. */
  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) >>> 0;
    for (let round = 0; round < 16; round += 1) this.#next();
  }

  /** A whole number from 0 to `limit` - 1, each as likely; `limit` is at most 2^53. */
  below(limit: number): number {
    // 53 bits: what is lost by scaling is one part in 2^53 over the limit, far below what a sample of rows could show.
    const bits = (this.#next() >>> 5) * 0x400_0000 + (this.#next() >>> 6);
    return Math.floor((bits / 0x20_0000_0000_0000) * limit);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
