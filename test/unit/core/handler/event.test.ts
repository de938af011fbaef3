import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildEvent, encodeEventKey } from '../../../../src/core/handler/event.js';

const task = { invocationId: 'i', jobId: 'j', taskId: 't', s3Key: 'a+b', versionId: null, bucket: 'test' };

test('schema 1.0 names the bucket by ARN and carries no arguments', () => {
  assert.deepEqual(buildEvent('1.0', { ...task, userArguments: { a: 'b' } }), {
    invocationSchemaVersion: '1.0',
    invocationId: 'i',
    job: { id: 'j' },
    tasks: [{ taskId: 't', s3Key: 'a+b', s3VersionId: null, s3BucketArn: 'arn:aws:s3:::test' }],
  });
});

test('schema 2.0 names the bucket by name and carries the arguments of the job', () => {
  assert.deepEqual(buildEvent('2.0', { ...task, versionId: 'v1', userArguments: { a: 'b' } }), {
    invocationSchemaVersion: '2.0',
    invocationId: 'i',
    job: { id: 'j', userArguments: { a: 'b' } },
    tasks: [{ taskId: 't', s3Key: 'a+b', s3VersionId: 'v1', s3Bucket: 'test' }],
  });
  assert.deepEqual(buildEvent('2.0', task).job, { id: 'j' });
});

test('a handler that changes its event changes neither the job nor the next event', () => {
  const userArguments = { a: 'b' };
  const event = buildEvent('2.0', { ...task, userArguments });
  (event.job as { userArguments: Record<string, string> }).userArguments['a'] = 'changed';
  assert.deepEqual(userArguments, { a: 'b' });
});

test('keys are encoded as a form would', () => {
  assert.equal(encodeEventKey('report/date=2023-01-01/id=XYZ/a.parquet'), 'report/date%3D2023-01-01/id%3DXYZ/a.parquet');
  assert.equal(encodeEventKey('object key with spaces.csv'), 'object+key+with+spaces.csv');
  assert.equal(encodeEventKey('a+b%~é"\n*_-.'), 'a%2Bb%25%7E%C3%A9%22%0A*_-.');
  assert.equal(encodeEventKey(''), '');
  assert.equal(encodeEventKey('😀'), '%F0%9F%98%80');
});

test('what is encoded decodes to what it was, and holds only characters of the set', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      const encoded = encodeEventKey(key);
      assert.match(encoded, /^([A-Za-z0-9\-_.*/+]|%[0-9A-F]{2})*$/);
      assert.equal(decodeURIComponent(encoded.replaceAll('+', ' ')), key);
    }),
    { numRuns: 2000 },
  );
});
