import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lintManifest } from '../../../../../src/core/manifest/lintManifest.js';
import {
  detectKeyList,
  KeyListEncoder,
  type KeyListOptions,
  type KeyListResult,
} from '../../../../../src/core/manifest/making/keyListEncoder.js';
import { joinRow } from '../../../../../src/core/manifest/rowFields.js';
import { bucketOfRow, keyOfRow } from '../../../../../src/core/manifest/making/manifestRows.js';
import { eachRow, piecesOf } from '../../../../support/manifestRows.js';

function encode(
  list: string,
  options: Partial<KeyListOptions> & { pieceSize?: number } = {},
): { text: string; result: KeyListResult } {
  const rows: string[] = [];
  const encoder = new KeyListEncoder((row) => rows.push(row), { name: 'keys.txt', ...options });
  for (const piece of piecesOf(list, options.pieceSize)) encoder.push(piece);
  const result = encoder.end();
  return { text: rows.join(''), result };
}

const test1 = { bucket: 'test' };

describe('KeyListEncoder', () => {
  for (const [name, list, options, kind, rows] of [
    ['lines', 'a b\r\n\n é \n', test1, 'lines', ['test,a%20b', 'test,%20%C3%A9%20']],
    ['lines with a mark', '\uFEFFa\nb', test1, 'lines', ['test,a', 'test,b']],
    ['a key that is called key', 'key\na\n', test1, 'lines', ['test,key', 'test,a']],
    ['a key that begins with a brace', '{a}\n[b\n', test1, 'lines', ['test,%7Ba%7D', 'test,%5Bb']],
    [
      'lines with versions',
      'a\tv1\nb\nc\t\n',
      { ...test1, hasVersions: true },
      'lines',
      ['test,a,v1', 'test,b,null', 'test,c,null'],
    ],
    ['encoded lines', 'a%20b\nc+d\n', { ...test1, isEncoded: true }, 'lines', ['test,a%20b', 'test,c%20d']],
    ['URIs', 's3://test/a b\n\nS3://other/c?versionId=x\n', {}, 'uris', ['test,a%20b', 'other,c%3FversionId%3Dx']],
    ['ARNs', 'arn:aws:s3:::test/a+b', {}, 'uris', ['test,a%2Bb']],
    ['URIs with versions', 's3://test/a\tv1\ns3://test/b', { hasVersions: true }, 'uris', ['test,a,v1', 'test,b,null']],
    ['Athena', '"bucket","key","version_id"\n"test","a b","v1"\n"test","c",""\n', {}, 'csv', ['test,a%20b,v1', 'test,c,null']],
    ['Excel', '\uFEFFKey;Size;Bucket Name\r\n"a;""b""";12;test\r\n', {}, 'csv', ['test,a%3B%22b%22']],
    ['tabs', 'Key\tSize\na,b\t1\n', test1, 'csv', ['test,a%2Cb']],
    ['a quoted line break', '"key"\n"a\nb"\nc\n', test1, 'csv', ['test,a%0Ab', 'test,c']],
    ['other columns', 'dt,object_key,storage_class,bucket\n2026,a,STANDARD,test\n', {}, 'csv', ['test,a']],
    ['JSON with a mark', '\uFEFF {"Contents":[{"Key":"a b"}]}', test1, 'json', ['test,a%20b']],
    ['an empty list', '', test1, 'lines', []],
  ] as const) {
    test(name, () => {
      for (const pieceSize of [1, 7, 1000]) {
        const { text, result } = encode(list, { ...options, pieceSize });
        assert.deepEqual(text.split('\n').slice(0, -1), rows);
        assert.deepEqual([result.kind, result.rows], [kind, rows.length]);
      }
    });
  }

  test('delete markers of a CSV are left out and counted', () => {
    const { text, result } = encode('Bucket,Key,VersionId,IsDeleteMarker\ntest,a,v1,false\ntest,b,v2,true\n');
    assert.deepEqual([text, result.deleteMarkers], ['test,a,v1\n', 1]);
  });

  test('keys that look encoded are counted', () => {
    assert.equal(encode('a%20b\n100%\nc\n', test1).result.encodedLooking, 1);
    assert.equal(encode('a%20b\n', { ...test1, isEncoded: true }).result.encodedLooking, 0);
  });

  for (const [list, options, code] of [
    ['a\n', {}, 'NoBucket'],
    ['', {}, 'NoBucket'],
    ['a\n', { bucket: 'a..b' }, 'InvalidBucketName'],
    ['Key,Size\na,1\n', {}, 'NoBucket'],
    ['s3://test/a\nb\n', {}, 'BadManifest'],
    ['s3://test/\n', {}, 'BadManifest'],
    ['s3://-/a\n', {}, 'BadManifest'],
    ['s3://other/a\n', test1, 'OtherBucket'],
    ['Bucket,Key\ntest\n', {}, 'BadManifest'],
    ['Bucket,Key\ntest,\n', {}, 'BadManifest'],
    ['a,b\n', { ...test1, kind: 'csv' }, 'NoKeyColumn'],
    ['{', { ...test1, kind: 'json' }, 'InvalidListing'],
    ['100%\n', { ...test1, isEncoded: true }, 'BadManifest'],
    ['a\tv 1\n', { ...test1, hasVersions: true }, 'BadManifest'],
  ] as const) {
    test(`refuses ${JSON.stringify(list)} with ${code}`, () => {
      assert.throws(() => encode(list, options), { code });
    });
  }

  test('JSON that would not fit into a string is refused before all of it is held, lines never', () => {
    const listing = '{"Contents":[\n{"Key":"a"},{"Key":"b"}]}';
    for (const kind of [undefined, 'json'] as const) {
      const options = { ...test1, kind, pieceSize: 10 };
      assert.equal(encode(listing, { ...options, maxJsonBytes: listing.length }).result.rows, 2);
      assert.throws(() => encode(listing, { ...options, maxJsonBytes: 20 }), { code: 'InvalidListing' });
    }
    assert.equal(encode('a\nb\nc\nd\n', { ...test1, maxJsonBytes: 3, pieceSize: 4 }).result.rows, 4);
  });

  test('what a list is, from its beginning', () => {
    const detect = (text: string) => detectKeyList(Buffer.from(text));
    assert.deepEqual(detect('s3://test/a\n'), { kind: 'uris', namesBuckets: true, isListingForPeople: false });
    assert.deepEqual(detect('Key,Bucket\n'), { kind: 'csv', namesBuckets: true, isListingForPeople: false });
    assert.deepEqual(detect('2026-01-31.log\n'), { kind: 'lines', namesBuckets: false, isListingForPeople: false });
    for (const line of ['2026-01-31 10:00:00         12 a b.txt', '2026-01-31 10:00:00    1.2 KiB a', '    PRE logs/'])
      assert.deepEqual(detect(`${line}\n`), { kind: 'lines', namesBuckets: false, isListingForPeople: true });
  });

  test('every list becomes a manifest without a problem, and its keys come back', () => {
    const anyKey = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom('a', '/', ' ', '%', '+', ',', '"', '\t', 'é', '😀'),
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
        ),
        minLength: 1,
        maxLength: 30,
      })
      // A key with a replacement character is refused in CSV, and a leading slash is a warning of its own.
      .filter((key) => !/^\/|\uFFFD|%[0-9A-F]{2}/i.test(key) && !/^[\uFEFF]/.test(key));
    fc.assert(
      fc.property(
        fc.uniqueArray(anyKey, { minLength: 1, maxLength: 10 }),
        fc.constantFrom('lines', 'uris', 'csv', 'json'),
        fc.integer({ min: 1, max: 50 }),
        (all, kind, pieceSize) => {
          const keys = kind === 'json' || kind === 'csv' ? all : all.filter((key) => !/[\r\n]/.test(key));
          const list = {
            lines: () => keys.join('\n'),
            uris: () => keys.map((key) => `s3://test/${key}`).join('\r\n'),
            csv: () => `Bucket,Key\r\n${keys.map((key) => `${joinRow(['test', key])}\r\n`).join('')}`,
            json: () => JSON.stringify({ Contents: keys.map((key) => ({ Key: key })) }),
          }[kind]();
          fc.pre(keys.length > 0);
          const { text } = encode(list, { kind, pieceSize, ...(kind === 'lines' || kind === 'json' ? test1 : {}) });
          const { errors, warnings } = lintManifest(text);
          assert.deepEqual([errors, warnings], [0, 0], text);
          const seen: string[] = [];
          eachRow(text, (row) => {
            assert.equal(bucketOfRow(row), 'test');
            seen.push(keyOfRow(row));
          });
          assert.deepEqual(seen, keys);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
