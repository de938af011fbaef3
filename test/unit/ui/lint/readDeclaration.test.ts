import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '../../../../src/core/operations/catalogue.js';
import { readDeclaration } from '../../../../src/ui/lint/readDeclaration.js';

test('path, columns and what the operation asks of the buckets, out of JSON with comments', () => {
  const text = `\uFEFF{
    // the job
    "ManifestFile": "data/keys.csv",
    "Manifest": { "Spec": { "Fields": ["Bucket", "Key", "Ignore"] } },
    "Operation": { "LambdaInvoke": {} },
  }`;
  assert.deepEqual(readDeclaration(text), { path: 'data/keys.csv', fields: ['Bucket', 'Key', 'Ignore'], isOneBucketOnly: false });
});

test('the catalogue says which operations take one bucket only', () => {
  for (const { name, isOneBucketOnly } of operations) {
    const text = JSON.stringify({ ManifestFile: 'm.csv', Operation: { [name]: {} } });
    assert.equal(readDeclaration(text)?.isOneBucketOnly, isOneBucketOnly, name);
  }
});

test('a half-written job file still names its manifest', () => {
  assert.deepEqual(readDeclaration('{ "ManifestFile": "m.csv", "Oper'), {
    path: 'm.csv',
    fields: undefined,
    isOneBucketOnly: false,
  });
  const wrong = { ManifestFile: 'm.csv', Manifest: { Spec: { Fields: ['Bucket', 'Name'] } }, Operation: null };
  assert.equal(readDeclaration(JSON.stringify(wrong))?.fields, undefined);
});

test('no ManifestFile, no declaration', () => {
  for (const text of ['', 'null', '"text"', '[]', '{}', '{"ManifestFile":3}', '{"ManifestFile":""}']) {
    assert.equal(readDeclaration(text), undefined, text);
  }
});
