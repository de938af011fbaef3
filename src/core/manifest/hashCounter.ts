/** Counts how often each 64-bit hash is present: a multiset in 12 bytes a slot. */
export class HashCounter {
  #low = new Uint32Array(1024);
  #high = new Uint32Array(1024);
  #count = new Uint32Array(1024);
  /** Slots taken, those that were counted down to zero included: a slot is freed only when the table grows. */
  #used = new Uint8Array(1024);
  #usedCount = 0;
  #repeated = 0;

  /** How many additions were of a hash that was there already: the number of rows that are not the first of their kind. */
  get repeated(): number {
    return this.#repeated;
  }

  countOf(low: number, high: number): number {
    return this.#count[this.#find(low, high)] ?? 0;
  }

  add(low: number, high: number): void {
    const slot = this.#find(low, high);
    const count = this.#count[slot] ?? 0;
    if (count > 0) this.#repeated += 1;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#count[slot] = count + 1;
    if (this.#used[slot] === 1) return;
    this.#used[slot] = 1;
    this.#usedCount += 1;
    if (this.#usedCount * 4 > this.#used.length * 3) this.#rehash();
  }

  /** Must have been added before. */
  remove(low: number, high: number): void {
    const slot = this.#find(low, high);
    const count = this.#count[slot] ?? 0;
    if (count > 1) this.#repeated -= 1;
    this.#count[slot] = count - 1;
  }

  /** A small filter: `filter[low & 0xffff]` is 1 for every hash that is present more than once, and for few others. */
  repeatedFilter(): Uint8Array {
    const filter = new Uint8Array(0x10000);
    for (let slot = 0; slot < this.#count.length; slot += 1) {
      if ((this.#count[slot] ?? 0) > 1) filter[(this.#low[slot] ?? 0) & 0xffff] = 1;
    }
    return filter;
  }

  #find(low: number, high: number): number {
    const mask = this.#used.length - 1;
    let slot = low & mask;
    while (this.#used[slot] === 1 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #rehash(): void {
    const [low, high, count] = [this.#low, this.#high, this.#count];
    let present = 0;
    for (const value of count) if (value > 0) present += 1;
    const size = present * 2 > count.length ? count.length * 2 : count.length;
    this.#low = new Uint32Array(size);
    this.#high = new Uint32Array(size);
    this.#count = new Uint32Array(size);
    this.#used = new Uint8Array(size);
    this.#usedCount = present;
    for (let index = 0; index < count.length; index += 1) {
      const value = count[index] ?? 0;
      if (value === 0) continue;
      const slot = this.#find(low[index] ?? 0, high[index] ?? 0);
      this.#low[slot] = low[index] ?? 0;
      this.#high[slot] = high[index] ?? 0;
      this.#count[slot] = value;
      this.#used[slot] = 1;
    }
  }
}
