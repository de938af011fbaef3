import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinRow, splitRow } from '../../../../src/core/manifest/rowFields.js';

const values = (line: string): string[] => splitRow(line).fields.map((field) => field.value);

for (const [line, expected] of [
  ['', ['']],
  ['a', ['a']],
  ['bucket,key', ['bucket', 'key']],
  ['bucket,key,', ['bucket', 'key', '']],
  [',', ['', '']],
  ['"b","k,1"', ['b', 'k,1']],
  ['"b","say ""hi"""', ['b', 'say "hi"']],
  ['b,"two\nlines",v', ['b', 'two\nlines', 'v']],
  ['b, "k" ,v', ['b', 'k', 'v']],
  ['b,k"q,v', ['b', 'k"q', 'v']],
  ['b, k ', ['b', ' k ']],
  ['"",""', ['', '']],
] as const) {
  test(`splits ${JSON.stringify(line)}`, () => {
    const row = splitRow(line);
    assert.deepEqual(values(line), expected);
    assert.equal(row.error, undefined);
  });
}

test('offsets cover the field as written and its content', () => {
  const line = 'b, "k""1" ,v';
  const [, key, version] = splitRow(line).fields;
  assert.ok(key !== undefined && version !== undefined);
  assert.equal(line.slice(key.start, key.end), ' "k""1" ');
  assert.equal(line.slice(key.contentStart, key.contentEnd), 'k""1');
  assert.equal(key.isQuoted, true);
  assert.equal(line.slice(version.start, version.end), 'v');
});

test('a quote that never closes', () => {
  const row = splitRow('b,"k,v');
  assert.deepEqual(row.error, { kind: 'unclosed-quote', start: 2, end: 6 });
  assert.equal(row.fields.length, 2);
});

test('text after a closing quote', () => {
  assert.deepEqual(splitRow('b,"k" x,v').error, { kind: 'text-after-quote', start: 6, end: 7 });
});

test('what joinRow writes, splitRow reads', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', ' ', '\t', '\n', '\r', 'a') }),
  );
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      const line = joinRow(fields);
      const row = splitRow(line);
      assert.equal(row.error, undefined);
      assert.deepEqual(
        row.fields.map((item) => item.value),
        fields,
      );
    }),
  );
});

test('fields and separators cover the whole row of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', ' ', '\n', 'a', 'é') }), (line) => {
      const { fields } = splitRow(line);
      let expected = 0;
      for (const field of fields) {
        assert.equal(field.start, expected);
        assert.ok(field.start <= field.contentStart && field.contentStart <= field.contentEnd && field.contentEnd <= field.end);
        expected = field.end + 1;
      }
      assert.equal(expected - 1, line.length);
    }),
  );
});
