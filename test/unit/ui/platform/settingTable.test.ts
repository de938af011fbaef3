import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingTable } from '../../../../src/ui/platform/settingTable.js';

test('values of the wrong type are refused; false, 0 and the empty text are not mistaken for missing', () => {
  assert.equal(settingTable['s3batch.local.redrives'].parse(0), 0);
  assert.equal(settingTable['s3batch.local.redrives'].parse('3'), undefined);
  assert.equal(settingTable['s3batch.local.redrives'].parse(1.5), undefined);
  assert.equal(settingTable['s3batch.local.dataDirectory'].parse('  '), '');
  assert.equal(settingTable['s3batch.local.dataDirectory'].parse(null), undefined);
  assert.equal(settingTable['s3batch.manifest.files'].parse(['a', 1]), undefined);
});

test('one wrong severity does not switch off the others', () => {
  const parse = settingTable['s3batch.manifest.rules'].parse;
  assert.deepEqual(parse({ 'plus-in-key': 'off', 'header-row': 'fatal' }), { 'plus-in-key': 'off' });
  assert.equal(parse(['off']), undefined);
});
