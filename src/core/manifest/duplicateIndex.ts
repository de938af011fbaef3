/** Whoever remembers the identities of rows, see `rowIdentity`. */
export interface SeenIdentities {
  /**
   * The line on which the identity was first seen, undefined when this is the first time or when that can't be told yet. `length` is that
   * of the row, in UTF-16 units.
   */
  add(identity: string, line: number, length: number): number | undefined;
}

/**
 * Remembers which identities were seen and on which line first, in 12 bytes a slot instead of a string each: a Set of strings needs
 * 1.7 GB for 10 million rows and ends at 16.7 million. Identities are told apart by 64 bits of hash; the chance that two different ones
 * among 10 million agree is 3 in a million.
 */
export class DuplicateIndex implements SeenIdentities {
  #low = new Uint32Array(1024);
  #high = new Uint32Array(1024);
  /** Line + 1; 0 is an empty slot. */
  #line = new Uint32Array(1024);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The line on which the identity was first seen, or undefined when this is the first time. */
  add(identity: string, line: number): number | undefined {
    const { low, high } = hashText(identity);
    return this.addHash(low, high, line);
  }

  /** As `add`, for the identity with this hash. */
  addHash(low: number, high: number, line: number): number | undefined {
    const slot = this.#find(low, high);
    const seen = this.#line[slot] ?? 0;
    if (seen !== 0) return seen - 1;
    this.#put(slot, low, high, line + 1);
    this.#count += 1;
    if (this.#count * 4 > this.#line.length * 3) this.#grow();
    return undefined;
  }

  /** All that were seen, in no order. */
  forEach(action: (low: number, high: number, line: number) => void): void {
    for (const [slot, line] of this.#line.entries())
      if (line !== 0) action(this.#low[slot] ?? 0, this.#high[slot] ?? 0, line - 1);
  }

  #find(low: number, high: number): number {
    const mask = this.#line.length - 1;
    let slot = low & mask;
    while (this.#line[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, low: number, high: number, line: number): void {
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#line[slot] = line;
  }

  #grow(): void {
    const [low, high, line] = [this.#low, this.#high, this.#line];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#line = new Uint32Array(low.length * 2);
    for (let index = 0; index < line.length; index += 1) {
      const value = line[index] ?? 0;
      if (value !== 0) this.#put(this.#find(low[index] ?? 0, high[index] ?? 0), low[index] ?? 0, high[index] ?? 0, value);
    }
  }
}

/** Where the two lanes of the hash begin. */
export const hashSeeds = { low: 0x9e3779b9 | 0, high: 0x85ebca6b | 0 } as const;

/** Each lane after one more UTF-16 unit. Lanes are local variables of whoever runs over a text: kept in objects they would be slow. */
export function nextLow(low: number, unit: number): number {
  return Math.imul(low ^ unit, 0x01000193);
}

export function nextHigh(high: number, unit: number): number {
  return Math.imul((high << 13) | (high >>> 19), 5) ^ Math.imul(unit + 0x7feb352d, 0x846ca68b);
}

/** The 64 bits of a text of this length whose lanes ended so. */
export function endHash(low: number, high: number, length: number): { low: number; high: number } {
  return {
    low: mix(low ^ (high >>> 7) ^ Math.imul(length, 0x9e3779b9)),
    high: mix(Math.imul(high, 0xc2b2ae35) ^ low),
  };
}

export function hashText(text: string): { low: number; high: number } {
  let { low, high } = hashSeeds as { low: number; high: number };
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = nextLow(low, unit);
    high = nextHigh(high, unit);
  }
  return endHash(low, high, text.length);
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
