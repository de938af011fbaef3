import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseColumns } from '../../../../src/ui/lint/parseColumns.js';

test('columns in any case, with spaces', () => {
  assert.deepEqual(parseColumns('bucket, KEY ,VersionId,ignore,Ignore'), ['Bucket', 'Key', 'VersionId', 'Ignore', 'Ignore']);
});

test('what the service would refuse is refused', () => {
  for (const text of ['', 'Bucket', 'Bucket,Key,Key', 'Bucket,Bucket,Key', 'Bucket,Key,VersionId,VersionId', 'Bucket,Key,Size']) {
    assert.equal(parseColumns(text), undefined, text);
  }
});
