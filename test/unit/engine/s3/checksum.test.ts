import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { checksumAlgorithms, checksumSizes, createChecksum, tableCrc32 } from '../../../../src/engine/s3/checksum.js';

test('the published check values of "123456789"', () => {
  const values: Readonly<Record<string, string>> = {
    CRC32: 'cbf43926',
    CRC32C: 'e3069283',
    CRC64NVME: 'ae8b14860a799888',
    SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
    SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  };
  for (const algorithm of checksumAlgorithms) {
    const checksum = createChecksum(algorithm);
    checksum.update(Buffer.from('1234'));
    checksum.update(Buffer.from('56789'));
    const digest = checksum.digest();
    assert.equal(digest.toString('hex'), values[algorithm], algorithm);
    assert.equal(digest.length, checksumSizes[algorithm]);
  }
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
