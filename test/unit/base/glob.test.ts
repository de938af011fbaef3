import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileGlob, hasGlobMagic } from '../../../src/base/glob.js';

const cases: readonly (readonly [pattern: string, matching: readonly string[], other: readonly string[]])[] = [
  ['a.csv', ['a.csv', 'x/a.csv'], ['a.csvx', 'b.csv', '']],
  ['*.csv', ['a.csv', '.csv', 'logs/2026/a.csv'], ['a.csv.gz', 'a.csv/b']],
  ['logs/*.csv', ['logs/a.csv', 'logs/.csv'], ['logs/x/a.csv', 'a.csv', 'xlogs/a.csv']],
  ['logs/**', ['logs/a', 'logs/x/y/a.csv', 'logs/'], ['logs', 'xlogs/a']],
  ['logs/**/a.csv', ['logs/a.csv', 'logs/x/a.csv', 'logs/x/y/a.csv'], ['logs/xa.csv', 'logs/x/ba.csv', 'a.csv']],
  ['**/a.csv', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['ba.csv', 'x/ba.csv']],
  ['**.csv', ['a.csv', 'x/y/a.csv'], ['a.txt']],
  ['**', ['', 'a', 'a/b'], []],
  ['a/**/b/*/c', ['a/b/x/c', 'a/x/b/y/c', 'a/b/b/b/c', 'a/b/q/b/r/c'], ['a/b/c', 'a/b/x/y/c']],
  ['/*', ['/a', '/'], ['a', '/a/b', '']],
  ['a?c', ['abc', 'a😀c', 'x/abc'], ['ac', 'a/c', 'abbc']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x', '-x']],
  ['[!a-c]x', ['dx', '😀x'], ['ax', 'x']],
  ['[]-]', [']', '-'], ['a']],
  ['[\\]a]', [']', 'a'], ['\\']],
  ['y/[!a]b', ['y/cb'], ['y//b', 'y/ab']],
  ['{a,b}.csv', ['a.csv', 'b.csv'], ['c.csv', '{a,b}.csv']],
  ['{a,{b,c}d,}.x', ['a.x', 'bd.x', 'cd.x', '.x'], ['b.x', 'd.x']],
  ['{a,b}/{1,2}', ['a/1', 'b/2'], ['a/3', '1']],
  ['\\*.csv', ['*.csv'], ['a.csv']],
  ['\\{a,b\\}', ['{a,b}'], ['a']],
  ['A', ['A'], ['a']],
  ['date=2026-*/part-?.parquet', ['date=2026-01-01/part-1.parquet'], ['date=2025-01-01/part-1.parquet']],
];

describe('compileGlob', () => {
  for (const [pattern, matching, other] of cases) {
    test(pattern, () => {
      const isMatch = compileGlob(pattern);
      for (const text of matching) assert.ok(isMatch(text), `${pattern} matches ${text}`);
      for (const text of other) assert.ok(!isMatch(text), `${pattern} does not match ${text}`);
    });
  }

  for (const pattern of ['[a', '{a', 'x{a,{b}', `${'{a,b}'.repeat(11)}`]) {
    test(`refuses ${pattern}`, () => assert.throws(() => compileGlob(pattern), { code: 'BadPattern' }));
  }

  test('agrees with a regular expression', () => {
    const piece = fc.constantFrom('a', 'b', '/', '*', '**', '?', '.');
    const text = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 10 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 7 }).map((parts) => `/${parts.join('')}`.replaceAll(/\*{3,}/g, '**')),
        text,
        (pattern, subject) => {
          const source = pattern.replaceAll(/\/\*\*\/|\*\*|\*|\?|\./g, (part) => {
            if (part === '/**/') return '/(?:.*/)?';
            if (part === '**') return '.*';
            if (part === '.') return '\\.';
            return part === '*' ? '[^/]*' : '[^/]';
          });
          // Two overlapping ones are no business of this reading of the pattern.
          fc.pre(!pattern.includes('/**/**/'));
          assert.equal(
            compileGlob(pattern)(`/${subject}`),
            new RegExp(`^${source}$`).test(`/${subject}`),
            `${pattern} ${subject}`,
          );
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('takes no exponential time', () => {
    const isMatch = compileGlob(`/${'*a'.repeat(50)}**${'*a'.repeat(50)}b`);
    assert.equal(isMatch(`/${'a'.repeat(1000)}`), false);
  });

  test('literal text is no pattern', () => {
    assert.ok(!hasGlobMagic('data/manifest (1).csv'));
    assert.ok(['*.csv', 'a?', '[a]', '{a,b}'].every(hasGlobMagic));
  });
});
