import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchError, cancelledError } from '../../../../src/base/errors.js';
import { describeError } from '../../../../src/ui/platform/describeError.js';

test('a BatchError says its message and hint as sentences, and keeps code and causes for the log', () => {
  const cause = new Error('socket hang up');
  const description = describeError(new BatchError('NoSuchJob', 'The job is not there', { hint: 'Refresh the list', cause }));
  assert.equal(description?.text, 'The job is not there. Refresh the list.');
  assert.equal(description.isUnexpected, false);
  assert.match(description.detail, /^\[NoSuchJob\] /);
  assert.match(description.detail, /Caused by: Error: socket hang up/);
});

test('an error of another bundle is recognised by its marker', () => {
  const foreign = Object.assign(new Error('Too many jobs.'), { isBatchError: true, code: 'TooManyRequests', hint: undefined });
  assert.equal(describeError(foreign)?.isUnexpected, false);
});

test('cancellations say nothing', () => {
  assert.equal(describeError(cancelledError()), undefined);
  assert.equal(describeError(new DOMException('x', 'AbortError')), undefined);
  assert.equal(describeError(Object.assign(new Error('Canceled'), { name: 'Canceled' })), undefined);
});

test('anything else is unexpected, whatever was thrown; a chain that bites its tail ends', () => {
  assert.equal(describeError('just text')?.text, 'just text.');
  assert.equal(describeError(undefined)?.isUnexpected, true);
  const loop = new Error('one');
  loop.cause = loop;
  assert.equal(describeError(loop)?.text, 'one.');
});
