/** CRC-32 as zip files have it, and CRC-32C (Castagnoli): reflected. */
export const crc32Polynomial = 0xedb88320;
export const crc32cPolynomial = 0x82f63b78;

const tables = new Map<number, Uint32Array>();

/** The CRC of all that came before, `value` (0 at first), and of `chunk` behind it. What Node's `crc32` does, which it has since 20.15. */
export function continueCrc32(polynomial: number, chunk: Uint8Array, value: number): number {
  const table = tableOf(polynomial);
  let current = ~value >>> 0;
  for (const byte of chunk) current = (current >>> 8) ^ (table[(current ^ byte) & 0xff] ?? 0);
  return ~current >>> 0;
}

function tableOf(polynomial: number): Uint32Array {
  const known = tables.get(polynomial);
  if (known !== undefined) return known;
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  tables.set(polynomial, table);
  return table;
}
