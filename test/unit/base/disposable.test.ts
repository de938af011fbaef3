import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DisposableStore, toDisposable } from '../../../src/base/disposable.js';

test('disposes in reverse order, once, and late additions at once', () => {
  const order: string[] = [];
  const store = new DisposableStore();
  store.add(toDisposable(() => order.push('first')));
  store.add(toDisposable(() => order.push('second')));
  store.dispose();
  store.dispose();
  store.add(toDisposable(() => order.push('late')));
  assert.deepEqual(order, ['second', 'first', 'late']);
});
