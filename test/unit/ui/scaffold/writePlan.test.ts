import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionNameProblem, planWrites } from '../../../../src/ui/scaffold/writePlan.js';

test('only files with another content are a conflict', () => {
  const files = [
    { path: 'handler.ts', text: 'new\n' },
    { path: 'README.md', text: 'one\ntwo\n' },
    { path: 'template.yaml', text: 'a' },
  ];
  const plan = planWrites(
    files,
    new Map([
      ['README.md', 'one\r\ntwo\r\n'],
      ['template.yaml', 'b'],
      ['other.txt', ''],
    ]),
  );
  const paths = (part: readonly { path: string }[]): string[] => part.map((file) => file.path);
  assert.deepEqual(paths(plan.create), ['handler.ts']);
  assert.deepEqual(paths(plan.same), ['README.md']);
  assert.deepEqual(paths(plan.conflicts), ['template.yaml']);
});

test('an empty file is there all the same', () => {
  assert.equal(planWrites([{ path: 'a', text: 'x' }], new Map([['a', '']])).conflicts.length, 1);
});

test('names of functions', () => {
  assert.equal(functionNameProblem('rename-reports_2'), undefined);
  assert.equal(functionNameProblem(''), 'empty');
  assert.equal(functionNameProblem('my handler'), 'characters');
  assert.equal(functionNameProblem('a'.repeat(64)), undefined);
  assert.equal(functionNameProblem('a'.repeat(65)), 'length');
});
