import { createHash, type Hash } from 'node:crypto';
import { Xxh3_128, Xxh3_64, Xxh64 } from '@aws-sdk/checksums/xxh';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** The checksums that the SDK sends only when its client is given them. */
export const sdkChecksums: NonNullable<S3ClientConfig['checksumAlgorithms']> = {
  SHA512: class {
    #hash: Hash = createHash('sha512');

    update(chunk: Uint8Array): void {
      this.#hash.update(chunk);
    }

    digest(): Promise<Uint8Array> {
      return Promise.resolve(this.#hash.digest());
    }

    reset(): void {
      this.#hash = createHash('sha512');
    }
  },
  XXHASH64: Xxh64,
  XXHASH3: Xxh3_64,
  XXHASH128: Xxh3_128,
};
