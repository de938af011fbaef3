import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeEventKey } from '../../../../src/core/handler/event.js';
import { decodeKey, encodeKey } from '../../../../src/core/manifest/keyEncoding.js';
import { eventKeyOf } from '../../../../src/engine/run/eventKey.js';

const fields: [string, string][] = [
  ['photos/a.jpg', 'photos/a.jpg'],
  ['object%20key%20with%20spaces', 'object+key+with+spaces'],
  ['a+b', 'a+b'],
  ['date%3d1~x', 'date%3D1%7Ex'],
  ['%41%2f%25', 'A/%25'],
  ['%C3%BC', '%C3%BC'],
  ['ü raw', '%C3%BC+raw'],
];

test('spells keys as the event has them', () => {
  for (const [field, expected] of fields) assert.equal(eventKeyOf(field), expected, field);
});

test('is decoding and encoding again, whatever the field', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }).map((key) => (decodeKey(key) === undefined ? 'x' : key)),
    fc.string({ unit: fc.constantFrom(...'aZ9-_.*/+~ !%=&é€') }).filter((key) => decodeKey(key) !== undefined),
    fc
      .string({ unit: 'binary' })
      .filter((key) => !/\p{Surrogate}/u.test(key))
      .map(encodeKey),
  );
  fc.assert(
    fc.property(field, (text) => {
      assert.equal(eventKeyOf(text), encodeEventKey(decodeKey(text) ?? ''));
    }),
    { numRuns: 2000 },
  );
});
