import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProgressHistory } from '../../../../src/core/view/progressHistory.js';

const counts = (succeeded: number, failed = 0) => ({ NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: failed });

describe('ProgressHistory', () => {
  it('tells pace and what is left from the latest points', () => {
    const history = new ProgressHistory();
    history.add(counts(0), 0);
    assert.equal(history.pace(100), undefined);
    history.add(counts(8, 2), 10_000);
    assert.deepEqual(history.pace(100), { tasksPerSecond: 1, remainingSeconds: 90 });
    assert.deepEqual(history.pace(undefined), { tasksPerSecond: 1, remainingSeconds: undefined });
    for (let second = 11; second < 30; second += 1) history.add(counts(8, 2), second * 1000);
    history.add(undefined, 31_000);
    history.add(counts(10, 2), 30_000);
    assert.ok((history.pace(100)?.tasksPerSecond ?? 0) < 1);
  });

  it('keeps the ends of a standstill only, and never more points than a plot needs', () => {
    const history = new ProgressHistory();
    for (let at = 1; at <= 100; at += 1) history.add(counts(5), at);
    assert.deepEqual(
      history.points.map((point) => point.atMs),
      [1, 100],
    );
    for (let at = 101; at <= 20_000; at += 1) history.add(counts(at), at);
    assert.ok(history.points.length <= 300);
    assert.equal(history.points[0]?.atMs, 1, 'the beginning stays');
    assert.equal(history.points.at(-1)?.atMs, 20_000);
    assert.ok(history.points.every((point, index, all) => index === 0 || point.atMs > (all[index - 1]?.atMs ?? 0)));
  });

  it('ignores what comes out of order', () => {
    const history = new ProgressHistory();
    history.add(counts(5), 10);
    history.add(counts(4), 5);
    assert.equal(history.points.length, 1);
  });
});
