import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlainRows } from '../../../src/core/report/plainRows.js';
import { PlainRowKernel, plainRowSkipper } from '../../../src/files/report/plainRowKernel.js';
import { proofRuns } from '../../support/proofRuns.js';

const encoder = new TextEncoder();

/** Of few characters, so that nearly right rows are common. NUL and bytes above ASCII among them. */
const piece = fc.array(
  fc.constantFrom('a', 'bc', ',', '\n', '\r\n', '\r', '"', '\0', '%2F', 'é', ' ', '-long-enough-for-a-vector-'),
  {
    maxLength: 6,
  },
);
const word = piece.map((parts) => parts.filter((part) => !/[,"\r\n]/.test(part)).join(''));
const head = word.map((text) => `b${text},`);
const tail = word.map((text) => `,succeeded,200,${text},`);
const pattern = fc.record({ head, tail, hasVersion: fc.boolean() });

const rows = pattern.chain(({ head, tail, hasVersion }) =>
  fc.record({
    pattern: fc.constant({ head: encoder.encode(head), tail: encoder.encode(tail), hasVersion }),
    text: fc
      .array(
        fc.oneof(
          {
            weight: 8,
            arbitrary: fc
              .tuple(word, word, fc.constantFrom('\n', '\r\n'))
              .map(([key, message, end]) => `${head}${key}${hasVersion ? ',v1' : ''}${tail}${message}${end}`),
          },
          { weight: 1, arbitrary: piece.map((parts) => parts.join('')) },
        ),
        { maxLength: 12 },
      )
      .map((lines) => encoder.encode(lines.join(''))),
    cut: fc.nat(40),
    start: fc.nat(30),
  }),
);

test('WebAssembly passes the same rows as JavaScript', () => {
  const kernel = plainRowSkipper();
  assert.ok(kernel instanceof PlainRowKernel, 'no WebAssembly here');
  let passed = 0;
  fc.assert(
    fc.property(rows, ({ pattern, text, cut, start }) => {
      const twin = new PlainRows();
      const bytes = text.subarray(0, Math.max(0, text.length - cut));
      for (const skipper of [twin, kernel]) {
        skipper.learn(pattern);
        skipper.take(bytes);
      }
      for (const from of [start, 0, start]) {
        if (from > bytes.length) continue;
        assert.equal(kernel.skip(from), twin.skip(from));
        assert.equal(kernel.rows, twin.rows);
        passed += kernel.rows;
      }
    }),
    { numRuns: proofRuns(3000, 200_000) },
  );
  assert.ok(passed > 1000, `only ${passed} rows were passed`);
});

test('bytes beyond the first memory, and what lay there before, do not disturb', () => {
  const kernel = plainRowSkipper();
  const row = 'bucket,key,succeeded,200,,Successful\n';
  kernel.learn({ head: encoder.encode('bucket,'), tail: encoder.encode(',succeeded,200,,'), hasVersion: false });
  const large = encoder.encode(row.repeat(20_000));
  kernel.take(large);
  assert.deepEqual([kernel.skip(0), kernel.rows], [large.length, 20_000]);
  // The first row lies where many rows lay; it is not whole.
  kernel.take(large.subarray(0, row.length - 1));
  assert.deepEqual([kernel.skip(0), kernel.rows], [0, 0]);
});
