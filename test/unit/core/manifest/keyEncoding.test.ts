import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeKey,
  encodeKey,
  encodeRawCharacters,
  hasLoneSurrogate,
  utf8Length,
} from '../../../../src/core/manifest/keyEncoding.js';

const anyKey = fc.string({ unit: 'binary', maxLength: 300 });

test('every Unicode key comes back from its encoded field', () => {
  fc.assert(fc.property(anyKey, (key) => decodeKey(encodeKey(key)) === key));
});

test('every code point that UTF-8 can carry comes back', () => {
  for (let start = 0; start <= 0x10ffff; start += 0x100) {
    let key = '';
    for (let point = start; point < start + 0x100; point += 1) {
      if (point < 0xd800 || point > 0xdfff) key += String.fromCodePoint(point);
    }
    if (decodeKey(encodeKey(key)) !== key) assert.fail(`block U+${start.toString(16)}`);
  }
});

test('the canonical field holds only safe characters and upper-case escapes', () => {
  fc.assert(fc.property(anyKey, (key) => /^(?:[A-Za-z0-9\-_.~/!'()*]|%[0-9A-F]{2})*$/.test(encodeKey(key))));
});

for (const [key, field] of [
  ['object key with spaces', 'object%20key%20with%20spaces'],
  ['report/date=2023-01-01/id=XYZ/a.parquet', 'report/date%3D2023-01-01/id%3DXYZ/a.parquet'],
  ['a+b', 'a%2Bb'],
  ['100%', '100%25'],
  ['a,"b"', 'a%2C%22b%22'],
  ["-_.~/!'()*", "-_.~/!'()*"],
  ['é', '%C3%A9'],
  ['😀', '%F0%9F%98%80'],
  ['line\r\nbreak\0', 'line%0D%0Abreak%00'],
] as const) {
  test(`encodes ${JSON.stringify(key)}`, () => {
    assert.equal(encodeKey(key), field);
    assert.equal(decodeKey(field), key);
  });
}

test('a plus decodes to a space, escapes in either case', () => {
  assert.equal(decodeKey('a+b%2bc%2Bd'), 'a b+c+d');
});

for (const field of ['100%', '%', '%2', '%zz', '%C3', '%C3x', '%ED%A0%80', '%FF', '%C0%AF', 'a\uD800b']) {
  test(`can't decode ${JSON.stringify(field)}`, () => assert.equal(decodeKey(field), undefined));
}

test('a lone surrogate is not a key', () => {
  assert.throws(() => encodeKey('a\uDC00'), { code: 'InvalidKey' });
  assert.equal(hasLoneSurrogate('\u{1F600}'), false);
});

test('raw characters are encoded, escapes stay', () => {
  assert.equal(encodeRawCharacters('a b%20c=é😀+%zz"'), 'a%20b%20c%3D%C3%A9%F0%9F%98%80+%zz%22');
});

test('utf8Length is what the encoder writes', () => {
  const encoder = new TextEncoder();
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => utf8Length(text) === encoder.encode(text).length));
  assert.equal(utf8Length('a\uD800'), 4);
});
