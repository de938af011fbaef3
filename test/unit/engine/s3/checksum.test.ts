import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { Xxh3_128, Xxh3_64, Xxh64 } from '@aws-sdk/checksums/xxh';
import fc from 'fast-check';
import { checksumAlgorithms, checksumSizes, createChecksum, tableCrc32 } from '../../../../src/engine/s3/checksum.js';
import { proofRuns } from '../../../support/proofRuns.js';

test('the published check values of "123456789"', async () => {
  const values: Readonly<Record<string, string>> = {
    CRC32: 'cbf43926',
    CRC32C: 'e3069283',
    CRC64NVME: 'ae8b14860a799888',
    SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
    SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    SHA512:
      'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
    MD5: '25f9e794323b453885f5181f1b624d0b',
    XXHASH64: '8cb841db40e6ae83',
  };
  for (const algorithm of checksumAlgorithms) {
    const checksum = await createChecksum(algorithm);
    checksum.update(Buffer.from('1234'));
    checksum.update(Buffer.from('56789'));
    const digest = checksum.digest();
    if (algorithm in values) assert.equal(digest.toString('hex'), values[algorithm], algorithm);
    assert.equal(digest.length, checksumSizes[algorithm]);
  }
});

test('the published values of xxHash over nothing', async () => {
  const values = {
    XXHASH64: 'ef46db3751d8e999',
    XXHASH3: '2d06800538d394c2',
    XXHASH128: '99aa06d3014798d86001c324468d497f',
  } as const;
  for (const [algorithm, value] of Object.entries(values)) {
    const checksum = await createChecksum(algorithm as keyof typeof values);
    assert.equal(checksum.digest().toString('hex'), value, algorithm);
  }
});

test('xxHash of any bytes in any pieces, several at once, is what the SDK of AWS computes', async () => {
  const theirs = { XXHASH64: Xxh64, XXHASH3: Xxh3_64, XXHASH128: Xxh3_128 } as const;
  // The algorithms change their ways at 16, 128, 240 and 1024 bytes.
  const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 1500, size: 'max' })), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('XXHASH64', 'XXHASH3', 'XXHASH128'), pieces), { maxLength: 4 }),
      async (all) => {
        const checksums = await Promise.all(all.map(([algorithm]) => createChecksum(algorithm)));
        for (let piece = 0; piece < 5; piece += 1) {
          for (const [index, [, chunks]] of all.entries()) checksums[index]?.update(chunks[piece] ?? Buffer.of());
        }
        for (const [index, [algorithm, chunks]] of all.entries()) {
          const oracle = new theirs[algorithm]();
          for (const chunk of chunks) oracle.update(chunk);
          assert.deepEqual(checksums[index]?.digest(), Buffer.from(await oracle.digest()), algorithm);
        }
      },
    ),
    { numRuns: proofRuns(200, 20_000) },
  );
});

test('the table computes the CRC32 that Node computes', (t) => {
  const { crc32 } = zlib as unknown as { crc32?: (data: Uint8Array) => number };
  if (crc32 === undefined) {
    t.skip('this Node has no zlib.crc32');
    return;
  }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 }), (chunks) => {
      const checksum = tableCrc32(0xedb88320);
      for (const chunk of chunks) checksum.update(chunk);
      assert.equal(checksum.digest().readUInt32BE(), crc32(Buffer.concat(chunks)));
    }),
  );
});
