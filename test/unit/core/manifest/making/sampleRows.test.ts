import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../../../../src/core/manifest/making/random.js';
import { prefixOf, RowSampler } from '../../../../../src/core/manifest/making/sampleRows.js';
import { eachRow, WrittenRows } from '../../../../support/manifestRows.js';

function sample(text: string, size: number, seed: number, prefixDepth?: number): string[] {
  const sampler = new RowSampler({ size, seed, prefixDepth });
  eachRow(text, (row) => sampler.count(row));
  const written = new WrittenRows();
  eachRow(text, (row) => sampler.isDrawn(row) && written.add(row));
  sampler.end();
  return written.text().split('\n').slice(0, -1);
}

const manifestOf = (rows: number, prefix = (row: number): string => `p${row % 7}/`): string =>
  Array.from({ length: rows }, (_, row) => `test,${prefix(row)}${row}\n`).join('');

describe('RowSampler', () => {
  test('draws exactly so many rows of the file, in its order, the same ones for the same seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.maxSafeNat(),
        fc.constantFrom(undefined, 1, 2),
        (rows, size, seed, depth) => {
          const text = manifestOf(rows);
          const all = text.split('\n').slice(0, -1);
          const drawn = sample(text, size, seed, depth);
          assert.equal(drawn.length, Math.min(rows, size));
          const places = drawn.map((row) => all.indexOf(row));
          assert.deepEqual(
            places,
            [...new Set(places)].toSorted((a, b) => a - b),
          );
          assert.ok(!places.includes(-1));
          assert.deepEqual(sample(text, size, seed, depth), drawn);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('draws each row as often as any other', () => {
    const text = manifestOf(20);
    const times = new Map<string, number>();
    for (let seed = 0; seed < 4000; seed += 1) for (const row of sample(text, 5, seed)) times.set(row, (times.get(row) ?? 0) + 1);
    // 1,000 are expected of each; 27 is one standard deviation.
    for (const [row, count] of times) assert.ok(Math.abs(count - 1000) < 140, `${row} was drawn ${count} times`);
    assert.equal(times.size, 20);
  });

  test('other seeds draw other rows', () => {
    const text = manifestOf(1000);
    assert.notDeepEqual(sample(text, 10, 1), sample(text, 10, 2));
    assert.notDeepEqual(sample(text, 10, 1), sample(text, 10, 2 ** 40 + 1));
  });

  test('takes from every prefix, in proportion', () => {
    const text = manifestOf(1000, (row) => (row < 900 ? 'big/' : row < 990 ? 'middle/' : row === 999 ? 'one/' : 'small/'));
    const drawn = sample(text, 100, 1, 1);
    const counts = new Map<string, number>();
    for (const row of drawn) {
      const name = row.slice('test,'.length, row.indexOf('/'));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(counts), { big: 89, middle: 9, small: 1, one: 1 });
    assert.equal(sample(text, 3, 1, 1).length, 3);
  });

  test('says so when the file is another one the second time', () => {
    for (const [first, second] of [
      ['test,a\n', 'test,a\ntest,b\n'],
      ['test,a\ntest,b\n', 'test,a\n'],
      ['test,a/1\n', 'test,b/1\n'],
    ] as const) {
      const sampler = new RowSampler({ size: 1, seed: 1, prefixDepth: 1 });
      eachRow(first, (row) => sampler.count(row));
      assert.throws(
        () => {
          eachRow(second, (row) => sampler.isDrawn(row));
          sampler.end();
        },
        { code: 'FileChanged' },
      );
    }
  });

  test('prefixes have so many levels', () => {
    assert.deepEqual(
      [prefixOf('a/b/c', 1), prefixOf('a/b/c', 2), prefixOf('a/b/c', 3), prefixOf('c', 1), prefixOf('/a', 1)],
      ['a/', 'a/b/', 'a/b/', '', '/'],
    );
  });
});

test('SeededRandom stays below its limit and repeats', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, limit) => {
      const [a, b] = [new SeededRandom(seed), new SeededRandom(seed)];
      for (let round = 0; round < 20; round += 1) {
        const value = a.below(limit);
        assert.ok(Number.isInteger(value) && value >= 0 && value < limit);
        assert.equal(b.below(limit), value);
      }
    }),
  );
});
