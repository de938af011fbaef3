import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdToBudgets } from '../../../src/build/bench.js';
import type { Measurement } from '../../../src/build/benchmark.js';

type Figures = Readonly<Record<string, number>>;

/** Holds rounds of figures to a budget of 10 each; tells what was missed, and how many rounds it took. */
async function hold(...rounds: readonly Figures[]): Promise<{ missed: string[]; rounds: number; log: string[] }> {
  let taken = 0;
  const log: string[] = [];
  const measure = (): Promise<Measurement[]> => {
    const figures = Object.entries(rounds[taken] ?? assert.fail('One round too many.'));
    taken += 1;
    return Promise.resolve(figures.map(([what, value]) => ({ what, value, unit: 'ms', atMost: 10 })));
  };
  const missed = await holdToBudgets(measure, (message) => log.push(message));
  return { missed: missed.map(({ what, value }) => `${what} ${value}`), rounds: taken, log };
}

test('measures once what is within its budgets', async () => {
  assert.deepEqual(await hold({ a: 10, b: 3 }), {
    missed: [],
    rounds: 1,
    log: ['ok     a: 10 ms (at most 10)', 'ok     b: 3 ms (at most 10)'],
  });
});

test('measures again what is over, and shows every round', async () => {
  const { missed, rounds, log } = await hold({ a: 11, b: 3 }, { a: 9, b: 11 });
  assert.deepEqual([missed, rounds], [[], 2]);
  assert.deepEqual(log.slice(0, 3), [
    'OVER   a: 11 ms (at most 10)',
    'ok     b: 3 ms (at most 10)',
    'Over its budget, so once more (2 of at most 3)',
  ]);
});

test('fails what is over each time, with its last figure', async () => {
  const { missed, rounds } = await hold({ a: 11, b: 11 }, { a: 12, b: 9 }, { a: 13, b: 11 });
  assert.deepEqual([missed, rounds], [['a 13'], 3]);
});
