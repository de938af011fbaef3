import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lintManifest } from '../../../../../src/core/manifest/lintManifest.js';
import { InventoryConverter, parseInventory } from '../../../../../src/core/manifest/making/inventory.js';
import { keyOfRow } from '../../../../../src/core/manifest/making/manifestRows.js';
import { eachRow, piecesOf } from '../../../../support/manifestRows.js';

function convert(columns: string, text: string, options: { isCurrentOnly?: boolean; pieceSize?: number } = {}) {
  const rows: string[] = [];
  const converter = new InventoryConverter((row) => rows.push(row), { columns: columns.split(', '), ...options });
  const part = converter.part('a.csv.gz');
  for (const piece of piecesOf(text, options.pieceSize)) part.push(piece);
  part.end();
  return { text: rows.join(''), counts: converter.counts, fields: converter.fields };
}

const allVersions = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size';

describe('parseInventory', () => {
  const good = {
    sourceBucket: 'test',
    destinationBucket: 'arn:aws:s3:::dest',
    version: '2016-11-30',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [{ key: 'inventory/test/all/data/1.csv.gz', size: 5, MD5checksum: 'ABCD' }],
  };

  test('reads the manifest.json', () => {
    assert.deepEqual(parseInventory(JSON.stringify(good)), {
      sourceBucket: 'test',
      destinationBucket: 'dest',
      columns: ['Bucket', 'Key', 'Size'],
      parts: [{ key: 'inventory/test/all/data/1.csv.gz', sizeBytes: 5, md5: 'abcd' }],
    });
  });

  for (const [text, message] of [
    ['{', /not JSON/],
    ['[]', /not the manifest.json of an S3 Inventory/],
    [JSON.stringify({ ...good, fileFormat: 'Parquet' }), /format Parquet/],
    [JSON.stringify({ ...good, fileFormat: 'ORC', fileSchema: 'struct<bucket:string>' }), /format ORC/],
    [JSON.stringify({ ...good, fileSchema: 'Bucket, Size' }), /no column Key/],
    [JSON.stringify({ ...good, files: [{ size: 1 }] }), /File 1 .* has no key/],
  ] as const) {
    test(`refuses ${text.slice(0, 40)}`, () => assert.throws(() => parseInventory(text), { code: 'BadInventory', message }));
  }
});

describe('InventoryConverter', () => {
  test('keys are decoded form-style and encoded canonically, in the order of the schema', () => {
    const { text, fields } = convert('Key, Size, Bucket', '"a+b%20%7E%2B","1","test"\n"c","2","test"\n');
    assert.equal(text, 'test,a%20b%20~%2B\ntest,c\n');
    assert.deepEqual(fields, ['Bucket', 'Key']);
  });

  const versions =
    '"test","a","v2","true","false","1"\n"test","a","","false","false","1"\n"test","b","v3","true","true",""\n"test","b","v1","false","false","1"\n';

  test('empty version ids become null, delete markers are left out', () => {
    const { text, counts, fields } = convert(allVersions, versions);
    assert.equal(text, 'test,a,v2\ntest,a,null\ntest,b,v1\n');
    assert.deepEqual(counts, { rows: 3, deleteMarkers: 1, noncurrent: 0, nullVersions: 1 });
    assert.deepEqual(fields, ['Bucket', 'Key', 'VersionId']);
  });

  test('current versions only', () => {
    const { text, counts } = convert(allVersions, versions, { isCurrentOnly: true });
    assert.equal(text, 'test,a,v2\n');
    assert.deepEqual(counts, { rows: 1, deleteMarkers: 1, noncurrent: 2, nullVersions: 0 });
    assert.equal(convert('Bucket, Key', '"test","a"\n', { isCurrentOnly: true }).text, 'test,a\n');
    assert.throws(() => convert('Bucket, Key, VersionId', '', { isCurrentOnly: true }), { code: 'BadInventory' });
  });

  for (const [text, message] of [
    ['"test","a"\n', /Line 1 of a\.csv\.gz .*2 fields.* has 3/],
    ['"test","a","1"\n"test","100%","1"\n', /Line 2 .*'100%' is not a URL-encoded key/],
    ['"test","%FF","1"\n', /not a URL-encoded key/],
  ] as const) {
    test(`refuses ${text.trim()}`, () =>
      assert.throws(() => convert('Bucket, Key, Size', text), { code: 'BadManifest', message }));
  }

  test('what comes out has no problem and the keys that went in', () => {
    const anyKey = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((key) => !/^\/|%[0-9A-F]{2}|\uFFFD/i.test(key));
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (keys, pieceSize) => {
        const rows = keys.map(
          (key) => `"test","${encodeURIComponent(key).replaceAll('%20', '+').replaceAll('~', '%7E')}","","true","false","1"\n`,
        );
        const { text } = convert(allVersions, rows.join(''), { pieceSize });
        assert.deepEqual(lintManifest(text).problems, []);
        const seen: string[] = [];
        eachRow(text, (row) => seen.push(keyOfRow(row)));
        assert.deepEqual(seen, keys);
      }),
    );
  });
});
