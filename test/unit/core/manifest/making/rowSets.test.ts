import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeKey } from '../../../../../src/core/manifest/keyEncoding.js';
import { lintManifest } from '../../../../../src/core/manifest/lintManifest.js';
import { IdentitySet } from '../../../../../src/core/manifest/making/identitySet.js';
import { bucketOfRow, keyOfRow, type ManifestRow } from '../../../../../src/core/manifest/making/manifestRows.js';
import { RowSet } from '../../../../../src/core/manifest/making/rowSets.js';
import { eachRow, WrittenRows } from '../../../../support/manifestRows.js';

/** The rows of A whose objects are (not) in B. */
function compare(a: string, b: string, isWanted: boolean, pieceSize?: number): string {
  const set = new RowSet();
  const size = pieceSize === undefined ? {} : { pieceSize };
  eachRow(b, (row) => set.add(row), size);
  return kept(a, (row) => set.has(row) === isWanted, size);
}

function kept(text: string, keep: (row: ManifestRow) => boolean, options: { pieceSize?: number } = {}): string {
  const written = new WrittenRows();
  eachRow(text, (row) => keep(row) && written.add(row), options);
  return written.text();
}

function distinct(...texts: string[]): string {
  const set = new RowSet();
  const written = new WrittenRows();
  for (const text of texts) eachRow(text, (row) => set.add(row) && written.add(row));
  return written.text();
}

const objectsOf = (text: string): string[] => {
  const objects: string[] = [];
  eachRow(text, (row) => {
    const version = Buffer.from(row.bytes.subarray(row.versionStart, row.versionEnd)).toString('utf8').replaceAll('"', '');
    objects.push(JSON.stringify([bucketOfRow(row), keyOfRow(row), version === '' ? 'null' : version]));
  });
  return objects;
};

/** One object, written in one of the ways that mean the same. */
const anyField = fc.constantFrom('a', 'b', 'é', 'a b', 'x+y', 'p/q', '100%', '"', 'a,b').chain((key) =>
  fc.constantFrom(
    encodeKey(key),
    encodeKey(key).replaceAll('%20', '+'),
    `"${encodeKey(key)}"`,
    encodeKey(key).replaceAll('/', '%2f'),
    encodeKey(key).replaceAll(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  ),
);
const anyRows = (columns: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom('test', 'test', 'other', '"test"'),
        anyField,
        fc.constantFrom('null', 'v1', '"v1"', ''),
        fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\n'),
      ),
      { maxLength: 12 },
    )
    .chain((rows) =>
      fc.boolean().map((isLastEnded) =>
        rows
          .map(([bucket, key, version, end], index) => {
            const fields = columns === 3 ? [bucket, key, version] : [bucket, key];
            return fields.join(',') + (index < rows.length - 1 || isLastEnded ? end : '');
          })
          .join(''),
      ),
    );

const twoManifests = fc.constantFrom(2, 3).chain((columns) => fc.tuple(anyRows(columns), anyRows(columns)));

describe('sets of rows', () => {
  test('A without B, and what A and B share, are A, row for row', () => {
    fc.assert(
      fc.property(twoManifests, fc.integer({ min: 1, max: 40 }), ([a, b], pieceSize) => {
        const others = objectsOf(b);
        const left = compare(a, b, false, pieceSize);
        const shared = compare(a, b, true, pieceSize);
        assert.deepEqual(
          objectsOf(left),
          objectsOf(a).filter((object) => !others.includes(object)),
        );
        assert.deepEqual([...objectsOf(left), ...objectsOf(shared)].toSorted(), objectsOf(a).toSorted());
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing taken away leaves every row as it is, byte for byte', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3).chain(anyRows), fc.integer({ min: 1, max: 9 }), (a, pieceSize) => {
        const withoutBlankLines = a.replaceAll('\n\n', '\n');
        assert.equal(compare(a, '', false, pieceSize), withoutBlankLines);
      }),
      { numRuns: 1000 },
    );
    assert.equal(compare('test,a', 'test,a', false), '');
  });

  test('a union holds each object once, the first row of it', () => {
    fc.assert(
      fc.property(twoManifests, ([a, b]) => {
        const union = distinct(a, b);
        assert.deepEqual(objectsOf(union), [...new Set([...objectsOf(a), ...objectsOf(b)])]);
        assert.equal(distinct(union), union);
        assert.deepEqual(objectsOf(compare(union, b, false)), objectsOf(distinct(compare(a, b, false))));
      }),
      { numRuns: 1000 },
    );
  });

  test('lint finds no duplicate in what was deduped', () => {
    fc.assert(
      fc.property(anyRows(2), (a) => {
        assert.equal(lintManifest(distinct(a)).counts['duplicate-row'], undefined);
      }),
    );
  });

  test('a row without line end gets one when another follows', () => {
    assert.equal(distinct('test,a', 'test,b'), 'test,a\ntest,b');
  });

  test('a bucket and a key are not their concatenation', () => {
    assert.equal(compare('test,ab\n', 'testa,b\n', false), 'test,ab\n');
    assert.equal(compare('test,a,bc\n', 'test,ab,c\n', false), 'test,a,bc\n');
    assert.equal(compare('test,a%2Cb\n', 'test,a%252Cb\n', false), 'test,a%2Cb\n');
  });

  for (const [name, text, options, message] of [
    ['ragged rows', 'test,a\ntest,b,null\n', {}, /Line 2 of a\.csv .*3 columns, the first row has 2/],
    ['one column', 'test\n', {}, /one column/],
    ['an open quote', 'test,"a\n', {}, /Line 1 .*never closes/],
    ['text after a quote', 'test,a\n\ntest,"a"b\n', {}, /Line 3 .*after a closing quote/],
    ['declared columns', 'test,a\n', { fields: ['Bucket', 'Ignore', 'Key'] }, /2 columns, there should be 3|a\.csv/],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.throws(() => eachRow(text, () => undefined, options), { code: 'BadManifest', message });
    });
  }

  test('refuses other columns than those of the first file', () => {
    const like = { name: 'b.csv', columnCount: 3 };
    assert.throws(() => eachRow('test,a\n', () => undefined, { like }), {
      code: 'DifferentColumns',
      message: 'a.csv has 2 columns, b.csv has 3.',
    });
  });

  test('leaves out what is no object: mark, header rows, blank lines', () => {
    const written = new WrittenRows();
    const rows = eachRow('\uFEFFBucket,"Version Id",Key\r\n\r\ntest,v,a\r\n', (row) => written.add(row));
    assert.deepEqual([written.text(), rows.rows, rows.headerRows], ['test,v,a\r\n', 1, 1]);
  });

  test('knows columns by their declaration', () => {
    const fields = ['Ignore', 'Key', 'Bucket'] as const;
    const seen: string[] = [];
    eachRow('x,a%20b,test\n', (row) => seen.push(bucketOfRow(row), keyOfRow(row)), { fields });
    assert.deepEqual(seen, ['test', 'a b']);
  });

  test('a row that spans lines counts its lines', () => {
    const lines: number[] = [];
    eachRow('test,"a\nb"\ntest,c\n', (row) => lines.push(row.line));
    assert.deepEqual(lines, [1, 3]);
  });
});

describe('IdentitySet', () => {
  test('is a set', () => {
    const word = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff }));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.constantFrom(0, 1, 255, 256)), { maxLength: 400 }), (hashes) => {
        const set = new IdentitySet();
        const model = new Set<string>();
        for (const [low, high] of hashes) {
          // Two zeros stand for an empty slot and share the place of their neighbour.
          const name = low === 0 && high === 0 ? '1 0' : `${low} ${high}`;
          assert.equal(set.has(low, high), model.has(name));
          assert.equal(set.add(low, high), !model.has(name));
          model.add(name);
        }
        assert.equal(set.size, model.size);
        for (const [low, high] of hashes) assert.ok(set.has(low, high));
      }),
    );
  });

  test('takes at most 16 bytes an object', () => {
    const set = new IdentitySet();
    const rows = new RowSet();
    const seen: number[] = [];
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 0x6c078965) + 0x3039) >>> 0;
      return (state ^ (state >>> 15)) >>> 0;
    };
    for (let count = 1; count <= 600_000; count += 1) {
      set.add(next(), next());
      if (count > 100_000 && count % 50_000 === 0) seen.push(set.memoryBytes / set.size);
    }
    assert.ok(Math.max(...seen) <= 16, `${Math.max(...seen).toFixed(1)} bytes`);
    assert.equal(rows.size, 0);
  });

  test('tells a million similar keys apart', () => {
    const rows = new RowSet();
    const lines: string[] = [];
    for (let number = 0; number < 300_000; number += 1) lines.push(`test,a/${number}`, `test,b/${number}`, `tesu,a/${number}`);
    let repeated = 0;
    eachRow(`${lines.join('\n')}\n`, (row) => {
      if (!rows.add(row)) repeated += 1;
    });
    assert.deepEqual([repeated, rows.size], [0, 900_000]);
  });
});
