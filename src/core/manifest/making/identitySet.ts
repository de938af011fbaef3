/** Hashes fall into so many shards, by their high word. */
export const shardCount = 256;
const initialSlots = 16;
const maxFill = 0.8;
const growth = 1.5;

/**
 * A set of 64-bit hashes in 10 to 15 bytes each. It consists of 256 tables that grow one at a time, so that growing never needs the
 * memory of the whole set twice. It can be given up from some shard on, to stay within a limit.
 */
export class IdentitySet {
  /** Low and high words side by side; a slot with two zeros is empty. Tables come with their first hash. */
  readonly #shards: Uint32Array[] = Array.from({ length: shardCount }, () => none);
  readonly #counts = new Uint32Array(shardCount);
  #size = 0;
  #memoryBytes = 0;

  static shardOf(high: number): number {
    return high & (shardCount - 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes that the tables take. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  has(low: number, high: number): boolean {
    const shard = this.#shards[IdentitySet.shardOf(high)] ?? none;
    if (shard.length === 0) return false;
    const word = low === 0 && high === 0 ? 1 : low;
    return !isFree(shard, find(shard, word, high));
  }

  /** False when it was there already. */
  add(low: number, high: number): boolean {
    const number = IdentitySet.shardOf(high);
    let shard = this.#shards[number] ?? none;
    if (shard.length === 0) shard = this.#replace(number, new Uint32Array(initialSlots * 2));
    // Two zeros mean an empty slot, so that hash gives way to its neighbour.
    const word = low === 0 && high === 0 ? 1 : low;
    const slot = find(shard, word, high);
    if (!isFree(shard, slot)) return false;
    shard[slot] = word;
    shard[slot + 1] = high;
    this.#size += 1;
    const count = (this.#counts[number] ?? 0) + 1;
    this.#counts[number] = count;
    if (count * 2 > shard.length * maxFill) this.#replace(number, grown(shard));
    return true;
  }

  /** Forgets the hashes of all shards from this one on. */
  dropFrom(first: number): void {
    for (let number = first; number < shardCount; number += 1) {
      this.#size -= this.#counts[number] ?? 0;
      this.#counts[number] = 0;
      this.#replace(number, none);
    }
  }

  #replace(number: number, shard: Uint32Array): Uint32Array {
    this.#memoryBytes += shard.byteLength - (this.#shards[number]?.byteLength ?? 0);
    this.#shards[number] = shard;
    return shard;
  }
}

const none = new Uint32Array(0);

/** Index of the hash, or of the free slot where it belongs. The low word picks the place: the high one picked the shard. */
function find(shard: Readonly<Uint32Array>, low: number, high: number): number {
  const slots = shard.length / 2;
  let slot = Math.floor((low / 0x1_0000_0000) * slots) * 2;
  while (!isFree(shard, slot) && (shard[slot] !== low || shard[slot + 1] !== high)) {
    slot += 2;
    if (slot === shard.length) slot = 0;
  }
  return slot;
}

function isFree(shard: Readonly<Uint32Array>, slot: number): boolean {
  return shard[slot] === 0 && shard[slot + 1] === 0;
}

function grown(shard: Readonly<Uint32Array>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.ceil((shard.length / 2) * growth) * 2);
  for (let index = 0; index < shard.length; index += 2) {
    if (isFree(shard, index)) continue;
    const [low = 0, high = 0] = [shard[index], shard[index + 1]];
    const slot = find(larger, low, high);
    larger[slot] = low;
    larger[slot + 1] = high;
  }
  return larger;
}
