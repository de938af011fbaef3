import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestDeclaration } from '../../../../src/ui/lint/jobFileManifest.js';

test('path, columns and operation of the job', () => {
  const declaration = manifestDeclaration({
    ManifestFile: 'data/keys.csv',
    Manifest: { Spec: { Fields: ['Bucket', 'Key', 'Ignore'] } },
    Operation: { LambdaInvoke: {} },
  });
  assert.deepEqual(declaration, { path: 'data/keys.csv', fields: ['Bucket', 'Key', 'Ignore'], operation: 'LambdaInvoke' });
});

test('a half-written job file still names its manifest', () => {
  assert.deepEqual(manifestDeclaration({ ManifestFile: 'm.csv' }), { path: 'm.csv', fields: undefined, operation: undefined });
  const wrong = { ManifestFile: 'm.csv', Manifest: { Spec: { Fields: ['Bucket', 'Name'] } }, Operation: null };
  assert.equal(manifestDeclaration(wrong)?.fields, undefined);
});

test('no ManifestFile, no declaration', () => {
  for (const value of [undefined, null, 'text', [], {}, { ManifestFile: 3 }, { ManifestFile: '' }])
    assert.equal(manifestDeclaration(value), undefined);
});
