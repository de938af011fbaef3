import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRow, describeRows, selectedLines, withVisibleCharacters } from '../../../../src/ui/lint/rowDescription.js';

test('the decoded key, its URI and its length in bytes', () => {
  const row = describeRow('test,report/date%3D2023-01-02/id%3DNorth+West/%C3%85.txt', undefined);
  assert.equal(row?.key, 'report/date=2023-01-02/id=North West/Å.txt');
  assert.equal(row.uri, 's3://test/report/date=2023-01-02/id=North West/Å.txt');
  assert.equal(row.keyBytes, 43);
  assert.equal(row.escapeOverhead, 9);
  assert.equal(row.versionId, undefined);
});

test('declared columns say where bucket, key and version are', () => {
  const row = describeRow('"x,y",v1,"a ""b""",bucket', ['Ignore', 'VersionId', 'Key', 'Bucket']);
  assert.deepEqual([row?.bucket, row?.key, row?.versionId], ['bucket', 'a "b"', 'v1']);
});

test('the version "null" is no version', () => {
  assert.equal(describeRow('b,k,null', undefined)?.versionId, undefined);
  assert.equal(describeRow('b,k,v9', undefined)?.versionId, 'v9');
});

test('rows that name no object have no description', () => {
  for (const line of ['', '   ', 'only-a-bucket', 'b,', ',k', 'b,"unclosed', 'b,50%', 'b,%C3'])
    assert.equal(describeRow(line, undefined), undefined, line);
});

test('space around a field is part of it, whatever space it is', () => {
  for (const key of ['a\u00a0', '\u3000a', ' a', 'a\t', '\uFEFFa']) {
    const row = describeRow(`test,${key}`, undefined);
    assert.deepEqual([row?.key, row?.uri], [key, `s3://test/${key}`]);
  }
  assert.equal(describeRow('test,"a "', undefined)?.keyBytes, 2);
});

test('of several rows those that name objects, and how many do not', () => {
  const { rows, left } = describeRows(['test,a%20b', '', 'test,50%', '  ', 'other,c'], undefined);
  assert.deepEqual([rows.map(({ uri }) => uri), left], [['s3://test/a b', 's3://other/c'], 1]);
});

test('the lines of selections, each once, and not the line that a selection ends before', () => {
  const range = (line: number, character: number, endLine: number, endCharacter: number) => ({
    start: { line, character },
    end: { line: endLine, character: endCharacter },
  });
  assert.deepEqual(selectedLines([range(4, 2, 4, 2)]), [4]);
  assert.deepEqual(selectedLines([range(4, 0, 4, 0)]), [4]);
  assert.deepEqual(selectedLines([range(2, 3, 5, 0)]), [2, 3, 4]);
  assert.deepEqual(selectedLines([range(7, 0, 8, 1), range(1, 0, 1, 3), range(8, 4, 8, 5)]), [1, 7, 8]);
});

test('what the eye passes over is shown', () => {
  assert.equal(withVisibleCharacters('a b/c.txt'), 'a b/c.txt');
  assert.equal(withVisibleCharacters(' a  b / c '), '␠a␠␠b␠/␠c␠');
  assert.equal(withVisibleCharacters('a\nb\u0000c\u007f'), 'a␊b␀c␡');
  assert.equal(withVisibleCharacters('a\u200bb\u00a0c\u202ed'), 'a[U+200B]b[U+00A0]c[U+202E]d');
  assert.equal(withVisibleCharacters('Åé😀'), 'Åé😀');
});
