import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RowSplitter, type SplitLimits } from '../../../../../src/core/manifest/making/splitRows.js';
import { eachRow, piecesOf } from '../../../../support/manifestRows.js';

function split(text: string, limits: SplitLimits, pieceSize?: number): string[] {
  const parts: Buffer[][] = [];
  const splitter = new RowSplitter((part, piece) => (parts[part] ??= []).push(Buffer.from(piece)), { name: 'a.csv', ...limits });
  for (const piece of piecesOf(text, pieceSize)) splitter.push(piece);
  splitter.end();
  assert.equal(splitter.parts, parts.length);
  return parts.map((pieces) => Buffer.concat(pieces).toString('utf8'));
}

const anyText = fc
  .array(fc.constantFrom('test,a', 'test,"b\nc"', 'é,€', '', '  ', 'x', '\n', '\r\n', '\r', '\n\n'), { maxLength: 20 })
  .chain((parts) => fc.constantFrom('', '\uFEFF').map((mark) => mark + parts.join('').replaceAll('""', '"')))
  .filter((text) => (text.match(/"/g) ?? []).length % 2 === 0 && !/"[^,\r\n"]/.test(text.replaceAll(/"b\nc"/g, '""')));

describe('RowSplitter', () => {
  test('parts one after the other are the file, byte for byte, and none is too big', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        fc.option(fc.integer({ min: 20, max: 60 }), { nil: undefined }),
        fc.integer({ min: 1, max: 20 }),
        (text, rows, bytes, pieceSize) => {
          let parts: string[];
          try {
            parts = split(text, { rows, bytes }, pieceSize);
          } catch (error) {
            assert.match((error as Error).message, /closing quote|never closes|alone has/);
            return;
          }
          assert.equal(parts.join(''), text);
          for (const part of parts) {
            assert.notEqual(part, '');
            if (bytes !== undefined) assert.ok(Buffer.byteLength(part) <= bytes);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('counts rows, not lines', () => {
    assert.deepEqual(split('test,a\n\ntest,"b\nc"\ntest,d', { rows: 2 }), ['test,a\n\ntest,"b\nc"\n', 'test,d']);
    assert.deepEqual(split('test,a\n\n\n', { rows: 1 }), ['test,a\n\n\n']);
  });

  test('rows of all parts are the rows of the file', () => {
    const text = Array.from({ length: 25 }, (_, row) => `test,${row}\n`).join('');
    const parts = split(text, { rows: 10 });
    assert.deepEqual(
      parts.map((part) => eachRow(part, () => undefined).rows),
      [10, 10, 5],
    );
  });

  test('refuses a row that no part can hold', () => {
    assert.throws(() => split('test,a\ntest,long\n', { bytes: 8 }), {
      code: 'RowTooLong',
      message: /Line 2 of a\.csv alone has 10 bytes/,
    });
  });

  test('an empty file has no parts', () => assert.deepEqual(split('', { rows: 1 }), []));
  test('a lone mark is a part', () => assert.deepEqual(split('\uFEFF', { rows: 1 }), ['\uFEFF']));
});
