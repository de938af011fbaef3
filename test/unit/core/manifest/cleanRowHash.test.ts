import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CleanRowHash } from '../../../../src/core/manifest/cleanRowHash.js';
import { hashText } from '../../../../src/core/manifest/duplicateIndex.js';
import { tryCleanRow } from '../../../../src/core/manifest/judgeRow.js';
import { layoutOfFirstRow } from '../../../../src/core/manifest/manifestLayout.js';

const bucket = fc.constantFrom('test', 'examples-1', 'a.b', 'Legacy', 'x'.repeat(63), 'x'.repeat(64), '', '-a');
const part = fc.oneof(
  fc.constantFrom('a', '/', '%2F', '%2f', '%20', '%25', '%2520', '%0A', '%C3%A9', '%', '%4', '%zz', '+', ' ', 'é', '=', '"'),
  fc.string({ unit: 'binary-ascii', maxLength: 3 }),
  fc.constantFrom('k'.repeat(1023), '%20'.repeat(341)),
);
const version = fc.constantFrom('', ',', ',null', ',v_1.x-', ',v 1', ',a,b', `,${'v'.repeat(3000)}`);
const anyRow = fc
  .tuple(bucket, fc.array(part, { maxLength: 6 }), version)
  .map(([name, key, end]) => `${name},${key.join('')}${end}`);

test('takes the rows that tryCleanRow takes, and hashes their identities', () => {
  const scanners = new CleanRowHash();
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 5 }), fc.constantFrom(2 as const, 3 as const), (rows, columns) => {
      for (const text of rows) {
        const row = { text, isCut: false, isDecodedElsewhere: true };
        const clean = tryCleanRow(row, { layout: layoutOfFirstRow(columns), canBeHeader: false });
        const hash = scanners.scan(text, columns);
        assert.deepEqual(hash, clean === undefined ? undefined : hashText(clean.identity), JSON.stringify(text));
        if (clean !== undefined) assert.equal(scanners.bucket, clean.bucket);
      }
    }),
    { numRuns: 3000 },
  );
});
