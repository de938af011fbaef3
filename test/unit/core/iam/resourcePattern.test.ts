import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { proofRuns } from '../../../support/proofRuns.js';
import { covers, literalPattern, matchesAction, overlaps } from '../../../../src/core/iam/resourcePattern.js';

/** All texts over two letters up to a length: enough to tell patterns of a few tokens apart. */
const texts: readonly string[] = (() => {
  const all = [''];
  for (let from = 0, length = 0; length < 7; length += 1) {
    const end = all.length;
    for (; from < end; from += 1) all.push(`${all[from] ?? ''}a`, `${all[from] ?? ''}b`);
  }
  return all;
})();

const matched = (pattern: string): Set<string> => {
  const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return new Set(texts.filter((text) => expression.test(text)));
};

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });

describe('patterns of resources', () => {
  test('covers: all that the one matches, the other matches too', () => {
    fc.assert(
      fc.property(pattern, pattern, (general, specific) => {
        const outer = matched(general);
        const isSubset = [...matched(specific)].every((text) => outer.has(text));
        assert.equal(covers(general, specific), isSubset, `${general} over ${specific}`);
      }),
      { numRuns: proofRuns(1000, 50_000) },
    );
  });

  test('overlaps: there is a text that both match', () => {
    fc.assert(
      fc.property(pattern, pattern, (first, second) => {
        const left = matched(first);
        const isMet = [...matched(second)].some((text) => left.has(text));
        assert.equal(overlaps(first, second), isMet, `${first} and ${second}`);
      }),
      { numRuns: proofRuns(1000, 50_000) },
    );
  });

  test('a literal matches itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '*', '?', '$', '{', '}'), maxLength: 6 }), (key) => {
        assert.equal(covers(literalPattern(key), literalPattern(key)), true);
        assert.equal(covers(literalPattern(key), literalPattern(`${key}x`)), false);
      }),
    );
    assert.equal(literalPattern('a*b?c$d'), 'a${*}b${?}c${$}d');
    assert.equal(covers('arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/axb'), false);
    assert.equal(covers('arn:aws:s3:::b/*', 'arn:aws:s3:::b/a${*}b'), true);
  });

  test('what a policy can not hold becomes a star', () => {
    assert.equal(literalPattern('лист/ü.csv'), '*/ü.csv');
  });

  test('variables are neither covered nor excluded', () => {
    const pattern = 'arn:aws:s3:::b/${aws:username}/*';
    assert.equal(covers(pattern, 'arn:aws:s3:::b/x/*'), false);
    assert.equal(overlaps(pattern, 'arn:aws:s3:::b/x/*'), true);
    assert.equal(overlaps(pattern, 'arn:aws:s3:::c/x/*'), false);
  });

  test('actions, whatever the case', () => {
    assert.equal(matchesAction('S3:get*', 's3:GetObject'), true);
    assert.equal(matchesAction('*', 'lambda:InvokeFunction'), true);
    assert.equal(matchesAction('s3:GetObject', 's3:GetObjectVersion'), false);
    assert.equal(matchesAction('s3:GetObject?cl', 's3:GetObjectAcl'), true);
  });
});
