import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { continueCrc32, crc32cPolynomial, crc32Polynomial } from '../../base/crc32.js';

/**
 * The checksums of S3, all of which the engine computes, and the bytes of each raw value. Source: S3 API Reference, ChecksumAlgorithm;
 * S3 User Guide, checking-object-integrity.
 */
export const checksumSizes = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
} as const;
export type ChecksumAlgorithm = keyof typeof checksumSizes;
export const checksumAlgorithms = Object.keys(checksumSizes) as readonly ChecksumAlgorithm[];

export interface Checksum {
  update(chunk: Uint8Array): void;
  /** The raw value, big-endian. Called once, last. */
  digest(): Buffer;
}

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(checksumSizes, name);
}

/** Header that carries a checksum, lower case: `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export async function createChecksum(algorithm: ChecksumAlgorithm): Promise<Checksum> {
  switch (algorithm) {
    case 'CRC32':
      return 'crc32' in zlib ? nativeCrc32() : tableCrc32(crc32Polynomial);
    case 'CRC32C':
      return tableCrc32(crc32cPolynomial);
    case 'CRC64NVME':
      return crc64();
    case 'SHA1':
    case 'SHA256':
    case 'SHA512':
    case 'MD5':
      return createHash(algorithm.toLowerCase());
    case 'XXHASH64':
    case 'XXHASH3':
    case 'XXHASH128':
      return (await import('./xxhash.js')).createXxhash(algorithm);
  }
}

/** Reflected form of 0xAD93D23594C93659, in two halves. */
const crc64PolynomialHigh = 0x9a6c9329;
const crc64PolynomialLow = 0xac4bc9b5;

/** Node has it since 20.15; the types of Node 20 do not know it yet. */
function nativeCrc32(): Checksum {
  const { crc32 } = zlib as unknown as { crc32: (data: Uint8Array, value: number) => number };
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => uint32(value),
  };
}

/** Table-driven CRC of 32 bits over reflected bytes. Exported for the test that compares it with Node's own. */
export function tableCrc32(polynomial: number): Checksum {
  let value = 0;
  return {
    update: (chunk) => {
      value = continueCrc32(polynomial, chunk, value);
    },
    digest: () => uint32(value),
  };
}

let crc64Table: { high: Uint32Array; low: Uint32Array } | undefined;

function crc64(): Checksum {
  if (crc64Table === undefined) {
    crc64Table = { high: new Uint32Array(256), low: new Uint32Array(256) };
    for (let byte = 0; byte < 256; byte += 1) {
      let high = 0;
      let low = byte;
      for (let bit = 0; bit < 8; bit += 1) {
        const carry = low & 1;
        low = (low >>> 1) | ((high & 1) << 31);
        high >>>= 1;
        if (carry === 1) {
          high ^= crc64PolynomialHigh;
          low ^= crc64PolynomialLow;
        }
      }
      crc64Table.high[byte] = high;
      crc64Table.low[byte] = low;
    }
  }
  const { high: highs, low: lows } = crc64Table;
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: (chunk) => {
      let currentHigh = high;
      let currentLow = low;
      for (const byte of chunk) {
        const index = (currentLow ^ byte) & 0xff;
        currentLow = ((currentLow >>> 8) | (currentHigh << 24)) ^ (lows[index] ?? 0);
        currentHigh = (currentHigh >>> 8) ^ (highs[index] ?? 0);
      }
      high = currentHigh;
      low = currentLow;
    },
    digest: () => Buffer.concat([uint32(~high >>> 0), uint32(~low >>> 0)]),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
