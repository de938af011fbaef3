// Where things lie in the kernel's memory. Those that the driver reads or writes are also in src/files/scanKernel.ts.

export const slots: usize = 16;
/** 16 slots of 128 bytes: the prefix, and zeros. */
export const prefixesAt: usize = 1024;
/** By byte: what it is in a plain row (see byteTables.ts). */
export const kindsAt: usize = 4096;
/** By byte: value of the hex digit, 255 for what is none. */
export const hexAt: usize = 4352;
/** 16 counters of 4 bytes: rows per rule bit. */
export const countsAt: usize = 4608;
/** Per slot: address of the first row since `begin` that begins with the prefix, 0 for none. */
export const seenAt: usize = 4672;
/** Per slot: 8 bytes, hash of the bucket. */
export const seedsAt: usize = 4736;
/** Per slot: bytes of the prefix, 0 for an empty slot. */
export const lengthsAt: usize = 4864;
/** By byte: 1 for one that a plain row's key may not begin with. */
export const firstsAt: usize = 5120;
/** By byte: 1 for one that is not escaped in the normal spelling (see objectHash.ts). */
export const rawAt: usize = 5376;
/** Vectors for the scan, see byteTables.ts. */
export const vectorsAt: usize = 5632;
/** Constants of the hash, 64 bytes, and its masks: 64 bytes of ones, 64 of zeros. */
export const hashKeysAt: usize = 5824;
export const hashMasksAt: usize = 5888;
/** Of a block: a bit for each byte that is a newline, and one for each that belongs to an escape to be looked at. */
export const newlineBitsAt: usize = 6144;
export const escapeBitsAt: usize = 6656;
/** Addresses of the newlines of a block, 4 bytes each, 4,034 at most. */
export const newlinesAt: usize = 8192;
/** A decoded key, and it again in the normal spelling. */
export const decodedAt: usize = 24576;
export const spelledAt: usize = 26624;
/** 8 bytes each: address of a row, lines before it. */
export const marksAt: usize = 32768;
export const marksLimit: i32 = 1020;
/** Addresses of rows with a problem. */
export const notesAt: usize = 40960;
export const notesLimit: i32 = 2040;
/** By the two characters behind a percent sign, 7 bits each: flags of the escape. 16,384 bytes. */
export const escapesAt: usize = 49152;
