import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentsAtOnce } from '../../../../src/engine/control/prepareRun.js';

test('environments of a function are as many as concurrency, memory and its reservation allow, and one at least', () => {
  const small = { memoryMb: 256 };
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 0 }, small), 10);
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 1024 }, small), 4);
  assert.equal(environmentsAtOnce({ concurrency: 3, memoryMb: 1024 }, small), 3);
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 1024 }, { ...small, reservedConcurrency: 2 }), 2);
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 128 }, small), 1);
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 0 }, { ...small, reservedConcurrency: 0 }), 1);
  assert.equal(environmentsAtOnce({ concurrency: 10, memoryMb: 128 }, null), 10);
});
