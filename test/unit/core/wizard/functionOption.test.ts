import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionOption } from '../../../../src/core/wizard/functionOption.js';

const summary = { name: 'rename', arn: 'arn:aws:lambda:us-east-1:000000000000:function:rename' };

test('a function is offered with its description, and with a warning in its place where there is one', () => {
  assert.deepEqual(functionOption(summary), { label: 'rename', description: '', detail: summary.arn, value: summary.arn });
  const described = { ...summary, runtime: 'nodejs22.x', description: 'Renames' };
  assert.deepEqual(functionOption(described), {
    label: 'rename',
    description: 'nodejs22.x',
    detail: 'Renames',
    value: summary.arn,
  });
  assert.equal(functionOption({ ...described, stateReason: 'Declared twice' }).detail, '$(warning) Declared twice');
});
