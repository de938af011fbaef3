/**
 * Hashes of rows, in partitions by hash: blocks of 4,032 bytes, each of one partition. (All partitions are filled at much the same pace:
 * in blocks of 4,096 their next entries would compete for a few lines of the processor's cache.) Entries have 8 bytes, 31 bits of hash below 32 of the
 * row's offset, or in files of 4 GB and more 16, 63 bits of hash and 64 of the offset. The highest bit of a hash tells the rows of a second
 * scan. The tables are in src/files/hashBlocks.ts, too, whose twin of `keep` does the same.
 */
const blockBytes: usize = 4032;
const partitions: usize = 512;
/** A block of rows that the scan accepts at once fills no more blocks than this. */
const spareBlocks: i32 = 520;

let nextAt: usize = 0;
let ownersAt: usize = 0;
let freeAt: usize = 0;
let blocksAt: usize = 0;
let blockCount: i32 = 0;
let isWide: bool = false;
let base: u64 = 0;
let flag: u64 = 0;

/** Blocks that were ever taken, and how many of them are free again. */
export let takenBlocks: i32 = 0;
export let freeBlocks: i32 = 0;

/** Addresses: of each partition's next entry and the end of its block (8 bytes), of each block's partition + 1 (2), of a stack of free blocks (4), of the blocks. */
export function openStore(next: usize, owners: usize, free: usize, blocks: usize, count: i32, wide: bool): void {
  nextAt = next;
  ownersAt = owners;
  freeAt = free;
  blocksAt = blocks;
  blockCount = count;
  isWide = wide;
  takenBlocks = 0;
  freeBlocks = 0;
}

/** What to add to an address for the offset in the file, and whether rows are scanned a second time. */
export function keepFrom(addressToOffset: f64, isRescan: bool): void {
  base = <u64>(<i64>addressToOffset);
  flag = <u64>isRescan << 63;
}

export function releaseBlock(block: i32): void {
  store<u16>(ownersAt + (<usize>block << 1), 0);
  store<u32>(freeAt + (<usize>freeBlocks << 2), <u32>block);
  freeBlocks += 1;
}

/** False when blocks should be released first. */
export function hasRoom(): bool {
  return blockCount - takenBlocks + freeBlocks >= spareBlocks;
}

export function keep(row: usize, hash: u64): void {
  const partition = <usize>hash & (partitions - 1);
  const next = nextAt + (partition << 3);
  let place = <usize>load<u32>(next);
  if (place == <usize>load<u32>(next, 4)) place = openBlock(partition);
  const offset = <u64>row + base;
  if (isWide) {
    store<u64>(place, (hash & 0x7fffffffffffffff) | flag);
    store<u64>(place, offset, 8);
    store<u32>(next, <u32>place + 16);
  } else {
    store<u64>(place, (((hash & 0x7fffffffffffffff) | flag) >> 32) | (offset << 32));
    store<u32>(next, <u32>place + 8);
  }
}

function openBlock(partition: usize): usize {
  let block = takenBlocks;
  if (freeBlocks > 0) {
    freeBlocks -= 1;
    block = load<u32>(freeAt + (<usize>freeBlocks << 2));
  } else takenBlocks += 1;
  store<u16>(ownersAt + (<usize>block << 1), <u16>partition + 1);
  const place = blocksAt + <usize>block * blockBytes;
  store<u32>(nextAt + (partition << 3), <u32>(place + blockBytes), 4);
  return place;
}

/**
 * Finds entries of one partition with the same hash. Writes at `pairs` the address of the first entry with a hash, and that of each further
 * one; returns how many pairs. Nearly all entries are told apart by `bitMask` + 1 bits, which fit the processor's nearest cache: only those
 * whose bit is another's, too, go into a table. `scratch`: room for those bits, for the addresses of all entries, and behind them for a
 * table of them, at most 12 bytes an entry or 4 KB.
 */
export function findRepeats(entries: usize, end: usize, wide: bool, scratch: usize, bitMask: u32, pairs: usize): i32 {
  const bits = scratch;
  const bitBytes = ((<usize>bitMask) + 1) >> 3;
  const suspects = bits + bitBytes;
  const step: usize = wide ? 16 : 8;
  memory.fill(bits, 0, bitBytes);
  // The bits that more than one entry has.
  let shared = suspects;
  for (let entry = entries; entry < end; entry += step) {
    const bit = <usize>(bitOf(entry, wide) & bitMask);
    const before = load<u8>(bits + (bit >> 3));
    const mask = <u8>1 << <u8>(bit & 7);
    store<u8>(bits + (bit >> 3), before | mask);
    // No branch: which entries these are can't be foreseen.
    store<u32>(shared, <u32>bit);
    shared += (<usize>(before >> <u8>(bit & 7)) & 1) << 2;
  }
  if (shared == suspects) return 0;
  memory.fill(bits, 0, bitBytes);
  for (let place = suspects; place < shared; place += 4) {
    const bit = <usize>load<u32>(place);
    store<u8>(bits + (bit >> 3), load<u8>(bits + (bit >> 3)) | (<u8>1 << <u8>(bit & 7)));
  }
  // The entries that have them.
  let behind = suspects;
  for (let entry = entries; entry < end; entry += step) {
    const bit = <usize>(bitOf(entry, wide) & bitMask);
    store<u32>(behind, <u32>entry);
    behind += (<usize>(load<u8>(bits + (bit >> 3)) >> <u8>(bit & 7)) & 1) << 2;
  }
  return findAmong(suspects, behind, wide, pairs);
}

/** `findRepeats` for the entries whose addresses are listed. Its table lies behind the list. */
function findAmong(list: usize, behind: usize, wide: bool, pairs: usize): i32 {
  const count = (behind - list) >> 2;
  let size: usize = 1024;
  while (size < count + (count >> 1)) size <<= 1;
  const mask = <u32>size - 1;
  memory.fill(behind, 0, size << 2);
  let found = pairs;
  for (let place = list; place < behind; place += 4) {
    const entry = <usize>load<u32>(place);
    const hash = hashOf(entry, wide);
    let slot = <u32>(wide ? hash >> 9 : hash) & mask;
    for (;;) {
      const other = load<u32>(behind + ((<usize>slot) << 2));
      if (other == 0) {
        store<u32>(behind + ((<usize>slot) << 2), <u32>entry);
        break;
      }
      if (hashOf(other, wide) == hash) {
        store<u32>(found, other);
        store<u32>(found, <u32>entry, 4);
        found += 8;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return <i32>((found - pairs) >> 3);
}

function hashOf(entry: usize, wide: bool): u64 {
  return wide ? load<u64>(entry) & 0x7fffffffffffffff : <u64>(load<u32>(entry) & 0x7fffffff);
}

/** Bits of the hash in which entries of one partition differ: its lowest are the partition where they are kept. */
// @ts-ignore: decorator
@inline
function bitOf(entry: usize, wide: bool): u32 {
  return wide ? <u32>(load<u64>(entry) >> 9) : load<u32>(entry);
}
