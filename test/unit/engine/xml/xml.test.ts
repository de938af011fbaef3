import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from '../../../../src/engine/serviceError.js';
import { parseXml } from '../../../../src/engine/xml/parseXml.js';
import { childText, onlyChild } from '../../../../src/engine/xml/readElement.js';
import { xmlDocument, xmlElement } from '../../../../src/engine/xml/writeXml.js';

const isMalformed = (error: unknown): boolean =>
  error instanceof ServiceError && error.status === 400 && error.code === 'MalformedXML';

test('reads elements, text, CDATA, comments, prefixes and the declaration', () => {
  const root = parseXml(
    '<?xml version="1.0" encoding="UTF-8"?>\n<s:A xmlns:s="urn:x"><B>1 &lt; 2 &#x41;</B><!-- no --><B><![CDATA[<raw>]]></B><SSE-S3/></s:A>\n',
  );
  assert.equal(root.name, 'A');
  assert.deepEqual(
    root.children.map((child) => [child.name, child.text]),
    [
      ['B', '1 < 2 A'],
      ['B', '<raw>'],
      ['SSE-S3', ''],
    ],
  );
});

const hostile: Readonly<Record<string, string>> = {
  empty: '',
  'white space': '  \n',
  'text only': 'hello',
  'unclosed element': '<a><b></a>',
  'unclosed root': '<a>',
  'two roots': '<a/><b/>',
  'text after the root': '<a/>x',
  'bare ampersand': '<a>&</a>',
  'unknown entity': '<a>&nbsp;</a>',
  'DOCTYPE with entity': '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
  'bare DOCTYPE': '<!DOCTYPE a><a/>',
  'external entity': '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
  'duplicate attribute': '<a b="1" b="2"/>',
  'unquoted attribute': '<a b=1/>',
  NUL: '<a>\u0000</a>',
  'reference to NUL': '<a>&#0;</a>',
  'too deep': `${'<a>'.repeat(33)}${'</a>'.repeat(33)}`,
  'very deep': '<a>'.repeat(100_000),
  'too big': `<a>${'x'.repeat(1024 * 1024)}</a>`,
};
for (const [name, text] of Object.entries(hostile)) {
  test(`refuses: ${name}`, () => assert.throws(() => parseXml(text), isMalformed));
}

test('takes 32 levels and names that objects have members of', () => {
  assert.equal(parseXml(`${'<a>'.repeat(32)}${'</a>'.repeat(32)}`).name, 'a');
  const root = parseXml('<a><__proto__>x</__proto__><constructor>y</constructor></a>');
  assert.equal(childText(root, '__proto__'), 'x');
  assert.equal(childText(root, 'constructor'), 'y');
  assert.equal(childText(root, 'toString'), undefined);
});

test('a truncated document is an error at every byte', () => {
  const text = '<?xml version="1.0"?><a x="1"><b>text &amp; more</b><c/></a>';
  for (let length = 0; length < text.length; length += 1) assert.throws(() => parseXml(text.slice(0, length)), isMalformed);
});

test('a scalar given twice is refused', () => {
  const root = parseXml('<a><b>1</b><b>2</b><c><d/></c></a>');
  assert.throws(() => onlyChild(root, 'b'), isMalformed);
  assert.throws(() => childText(root, 'c'), isMalformed);
});

test('what is written is read back', () => {
  const xmlText = fc
    .string({ unit: 'binary' })
    .filter((text) => /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text));
  fc.assert(
    fc.property(xmlText, fc.array(xmlText), (attribute, texts) => {
      const children = texts.map((text) => xmlElement('member', text));
      const root = parseXml(xmlDocument(xmlElement('List', children, { xmlns: attribute })));
      assert.deepEqual(
        root.children.map((child) => child.text),
        texts,
      );
    }),
  );
});

test('writes scalars, empty elements and control characters', () => {
  assert.equal(xmlElement('a', 0), '<a>0</a>');
  assert.equal(xmlElement('a', false), '<a>false</a>');
  assert.equal(xmlElement('a', []), '<a/>');
  assert.equal(xmlElement('a', '\u0001\r<'), '<a>&#x1;&#xD;&lt;</a>');
});
