import { createXXHash128, createXXHash3, createXXHash64, type IHasher } from 'hash-wasm';

type XxhashAlgorithm = 'XXHASH64' | 'XXHASH3' | 'XXHASH128';

export interface Xxhash {
  update(chunk: Uint8Array): void;
  /** The value in its canonical form (big-endian). Called once, last. */
  digest(): Buffer;
}

/** Loaded when the first such checksum is asked for: most engines never see one. */

const makers: Readonly<Record<XxhashAlgorithm, () => Promise<IHasher>>> = {
  XXHASH64: () => createXXHash64(),
  XXHASH3: () => createXXHash3(),
  XXHASH128: () => createXXHash128(),
};

/** Each hasher has a WebAssembly memory of its own, for which V8 sets gigabytes of addresses aside: they are used again. */
const idle: Readonly<Record<XxhashAlgorithm, IHasher[]>> = { XXHASH64: [], XXHASH3: [], XXHASH128: [] };

/** With seed 0. Source: the specification of xxHash. */
export async function createXxhash(algorithm: XxhashAlgorithm): Promise<Xxhash> {
  const hasher = idle[algorithm].pop() ?? (await makers[algorithm]());
  hasher.init();
  return {
    update: (chunk) => {
      hasher.update(chunk);
    },
    digest: () => {
      const value = Buffer.from(hasher.digest('binary'));
      idle[algorithm].push(hasher);
      return value;
    },
  };
}
