import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import { fixActions, fixesOfRule } from '../../../../src/ui/lint/fixActions.js';

test('one fix is preferred, of two choices none is', () => {
  const { problems } = lintManifest('test,a%3Db c\ntest,d+e\n');
  const preferred = problems.map((problem) => [problem.rule, fixActions(problem).map((action) => action.isPreferred)]);
  assert.deepEqual(preferred, [
    ['unencoded-key', [true]],
    ['plus-in-key', [false, false]],
  ]);
});

test('the same choice for all problems of a rule; none for a single problem', () => {
  const { problems } = lintManifest('test,a+1\ntest,b+2\ntest,c d\n');
  const choices = fixesOfRule(problems, 'plus-in-key');
  assert.equal(choices.length, 2);
  for (const fixes of choices) {
    assert.equal(fixes.length, 2);
    assert.equal(new Set(fixes.map((fix) => fix.title)).size, 1);
  }
  assert.deepEqual(fixesOfRule(problems, 'unencoded-key'), []);
});
