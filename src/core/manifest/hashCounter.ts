/** Words of a slot: low half, high half, count (0 is a free slot), one unused. Side by side, because a look at a slot is a cache miss. */
const stride = 4;

/** Counts how often each 64-bit hash is present: a multiset in 16 bytes a slot. */
export class HashCounter {
  #slots: Uint32Array;
  #mask: number;
  #present = 0;
  #repeated = 0;
  /** By the low 16 bits: how many different hashes are present more than once. */
  readonly #repeatedByLow = new Uint32Array(0x10000);

  /** Room for `expected` different hashes is made at once: growing 500,000 of them would take longer than anyone should wait. */
  constructor(expected = 0) {
    let size = 1024;
    while (size * 3 < expected * 4) size *= 2;
    this.#slots = new Uint32Array(size * stride);
    this.#mask = size - 1;
  }

  /** How many additions were of a hash that was there already: the number of rows that are not the first of their kind. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Number of slots: all slot numbers are below it. */
  get slotCount(): number {
    return this.#mask + 1;
  }

  /** False when no hash with this low half is present more than once. Cheap: it says so of nearly all. */
  mayRepeat(low: number): boolean {
    return this.#repeatedByLow[low & 0xffff] !== 0;
  }

  /** The slot of a hash that is present more than once, else -1. Slots stay the same until the next change. */
  repeatedSlot(low: number, high: number): number {
    if (!this.mayRepeat(low)) return -1;
    const slot = this.#find(low, high);
    return this.#countAt(slot) > 1 ? slot : -1;
  }

  add(low: number, high: number): void {
    const slot = this.#find(low, high);
    const at = slot * stride;
    const count = this.#slots[at + 2] ?? 0;
    this.#slots[at + 2] = count + 1;
    if (count > 0) {
      this.#repeated += 1;
      if (count === 1) this.#countRepeated(low, 1);
      return;
    }
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#present += 1;
    if (this.#present * 4 > (this.#mask + 1) * 3) this.#grow();
  }

  /** Must have been added before. */
  remove(low: number, high: number): void {
    const slot = this.#find(low, high);
    const count = this.#countAt(slot);
    if (count > 1) {
      this.#repeated -= 1;
      this.#slots[slot * stride + 2] = count - 1;
      if (count === 2) this.#countRepeated(low, -1);
    } else if (count === 1) {
      this.#free(slot);
    }
  }

  #countAt(slot: number): number {
    return this.#slots[slot * stride + 2] ?? 0;
  }

  #countRepeated(low: number, change: 1 | -1): void {
    this.#repeatedByLow[low & 0xffff] = (this.#repeatedByLow[low & 0xffff] ?? 0) + change;
  }

  /** Frees a slot and moves those behind it that would not be found any more: so typing for hours never fills the table. */
  #free(slot: number): void {
    const mask = this.#mask;
    let hole = slot;
    for (let next = (hole + 1) & mask; this.#countAt(next) !== 0; next = (next + 1) & mask) {
      const home = (this.#slots[next * stride] ?? 0) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#slots.copyWithin(hole * stride, next * stride, (next + 1) * stride);
      hole = next;
    }
    this.#slots[hole * stride + 2] = 0;
    this.#present -= 1;
  }

  #find(low: number, high: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = low & mask;
    for (;;) {
      const at = slot * stride;
      if (slots[at + 2] === 0 || (slots[at] === low && slots[at + 1] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += stride) {
      if (old[at + 2] === 0) continue;
      const slot = this.#find(old[at] ?? 0, old[at + 1] ?? 0);
      this.#slots.set(old.subarray(at, at + stride), slot * stride);
    }
  }
}
