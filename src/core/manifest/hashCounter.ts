/** Counts how often each 64-bit hash is present: a multiset in 12 bytes a slot. */
export class HashCounter {
  #low: Uint32Array;
  #high: Uint32Array;
  /** 0 is a free slot. */
  #count: Uint32Array;
  #present = 0;
  #repeated = 0;
  /** By the low 16 bits: how many different hashes are present more than once. */
  readonly #repeatedByLow = new Uint32Array(0x10000);

  /** Room for `expected` different hashes is made at once: growing 500,000 of them would take longer than anyone should wait. */
  constructor(expected = 0) {
    let size = 1024;
    while (size * 3 < expected * 4) size *= 2;
    this.#low = new Uint32Array(size);
    this.#high = new Uint32Array(size);
    this.#count = new Uint32Array(size);
  }

  /** How many additions were of a hash that was there already: the number of rows that are not the first of their kind. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Number of slots: all slot numbers are below it. */
  get slotCount(): number {
    return this.#count.length;
  }

  /** False when no hash with this low half is present more than once. Cheap: it says so of nearly all. */
  mayRepeat(low: number): boolean {
    return this.#repeatedByLow[low & 0xffff] !== 0;
  }

  /** The slot of a hash that is present more than once, else -1. Slots stay the same until the next change. */
  repeatedSlot(low: number, high: number): number {
    if (this.#repeatedByLow[low & 0xffff] === 0) return -1;
    const slot = this.#find(low, high);
    return (this.#count[slot] ?? 0) > 1 ? slot : -1;
  }

  add(low: number, high: number): void {
    const slot = this.#find(low, high);
    const count = this.#count[slot] ?? 0;
    this.#count[slot] = count + 1;
    if (count > 0) {
      this.#repeated += 1;
      if (count === 1) this.#countRepeated(low, 1);
      return;
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#present += 1;
    if (this.#present * 4 > this.#count.length * 3) this.#grow();
  }

  /** Must have been added before. */
  remove(low: number, high: number): void {
    const slot = this.#find(low, high);
    const count = this.#count[slot] ?? 0;
    if (count > 1) {
      this.#repeated -= 1;
      this.#count[slot] = count - 1;
      if (count === 2) this.#countRepeated(low, -1);
    } else if (count === 1) {
      this.#free(slot);
    }
  }

  #countRepeated(low: number, change: 1 | -1): void {
    this.#repeatedByLow[low & 0xffff] = (this.#repeatedByLow[low & 0xffff] ?? 0) + change;
  }

  /** Frees a slot and moves those behind it that would not be found any more: so typing for hours never fills the table. */
  #free(slot: number): void {
    const mask = this.#count.length - 1;
    let hole = slot;
    for (let next = (hole + 1) & mask; this.#count[next] !== 0; next = (next + 1) & mask) {
      const home = (this.#low[next] ?? 0) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#low[hole] = this.#low[next] ?? 0;
      this.#high[hole] = this.#high[next] ?? 0;
      this.#count[hole] = this.#count[next] ?? 0;
      hole = next;
    }
    this.#count[hole] = 0;
    this.#present -= 1;
  }

  #find(low: number, high: number): number {
    const mask = this.#count.length - 1;
    let slot = low & mask;
    while (this.#count[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [low, high, count] = [this.#low, this.#high, this.#count];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#count = new Uint32Array(low.length * 2);
    for (let index = 0; index < count.length; index += 1) {
      if (count[index] === 0) continue;
      const slot = this.#find(low[index] ?? 0, high[index] ?? 0);
      this.#low[slot] = low[index] ?? 0;
      this.#high[slot] = high[index] ?? 0;
      this.#count[slot] = count[index] ?? 0;
    }
  }
}
