import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alternativeNames, literalName, type Names, partOf, plainNames } from '../../../../src/engine/s3/keyNames.js';

/** Any text that a part of a key can be, odd ones more often than chance would have it. */
const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom('%', '.', ' ', '/', '_', '@', '+', 'a', 'A', '2', '5', '\u0000', 'é', '漢', '😀'),
    maxLength: 60,
  }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '...',
    'CON',
    'con.txt',
    'Nul',
    'COM1',
    'com¹',
    'lpt9.a',
    'CONIN$',
    'aux ',
    'x'.repeat(1000),
    '%_',
    '%@',
    '%+',
  ),
);
const segment = part.map((text) => text.replaceAll('/', '-').replace(/\p{Surrogate}/gu, '?'));

const forbidden = /[\\/:*?"<>|\u0000-\u001f\u007f]|[. ]$/;
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

function assertStorable(names: Names): void {
  for (const name of names) {
    assert.ok(name !== '' && name !== '.' && name !== '..', JSON.stringify(name));
    assert.ok(Buffer.byteLength(name) <= 210, name);
    assert.ok(!forbidden.test(name), JSON.stringify(name));
    assert.ok(!device.test(name), name);
  }
}

test('plain and alternative names can be stored anywhere and lead back to their part', () => {
  fc.assert(
    fc.property(segment, (text) => {
      for (const names of [plainNames(text), alternativeNames(text)]) {
        assertStorable(names);
        assert.equal(partOf(names), text);
      }
    }),
    { numRuns: 1000 },
  );
});

test('no two parts share a name, nor a part another part’s alternative, also where case does not count', () => {
  fc.assert(
    fc.property(segment, segment, (a, b) => {
      const path = (names: Names): string => names.join('/');
      if (a === b) return;
      assert.notEqual(path(plainNames(a)), path(plainNames(b)));
      assert.notEqual(path(alternativeNames(a)).toLowerCase(), path(alternativeNames(b)).toLowerCase());
      assert.notEqual(path(plainNames(a)).toLowerCase(), path(alternativeNames(b)).toLowerCase());
    }),
    { numRuns: 1000 },
  );
  for (const [a, b] of [
    ['A', 'a'],
    ['aB', 'Ab'],
    ['É', 'é'],
  ] as const) {
    assert.notEqual(alternativeNames(a).join('/').toLowerCase(), alternativeNames(b).join('/').toLowerCase());
  }
});

test('any name that a person gives to a file is a part that is found under that name', () => {
  fc.assert(
    fc.property(segment, (name) => {
      if (name === '' || name === '.' || name === '..' || name.includes('\0') || name.endsWith('%+')) return;
      const found = partOf([name]);
      assert.notEqual(found, undefined);
      const forms = [plainNames(found ?? ''), alternativeNames(found ?? ''), [literalName(found ?? '', 'linux')]];
      assert.ok(
        forms.some((form) => form.length === 1 && form[0] === name),
        JSON.stringify([name, found]),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a literal name never leads out of its folder and never means another part', () => {
  fc.assert(
    fc.property(segment, (text) => {
      const literal = literalName(text, 'linux');
      if (literal === undefined) return;
      assert.ok(literal !== '.' && literal !== '..' && literal !== '' && !literal.includes('/') && !literal.includes('\0'));
      assert.equal(partOf([literal]), text);
    }),
    { numRuns: 1000 },
  );
  assert.equal(literalName('a:b', 'win32'), undefined);
  assert.equal(literalName('a%b', 'win32'), 'a%b');
});

test('ordinary parts keep their names', () => {
  for (const name of ['report', 'date=2023-01-01', 'test_A1.snappy.parquet', 'a b', 'ä', '.hidden', "it's (1)", 'UPPER']) {
    assert.deepEqual(plainNames(name), [name]);
  }
  assert.deepEqual(plainNames(''), ['%_']);
  assert.deepEqual(plainNames('..'), ['.%2E']);
  assert.deepEqual(plainNames('CON'), ['%43ON']);
  assert.deepEqual(plainNames('100%'), ['100%25']);
});
