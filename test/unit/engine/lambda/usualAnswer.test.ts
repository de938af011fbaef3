import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUsualAnswer } from '../../../../src/engine/lambda/node/usualAnswer.js';

const usual = {
  invocationSchemaVersion: '1.0',
  treatMissingKeysAs: 'PermanentFailure',
  invocationId: 'id',
  results: [{ taskId: 'task', resultCode: 'Succeeded', resultString: 'ok' }],
};

test('knows the answers of the contract', () => {
  assert.ok(isUsualAnswer(usual));
  assert.ok(isUsualAnswer({ results: [{ taskId: 'task', resultCode: 'Succeeded' }] }));
});

test('leaves everything else to the general way', () => {
  const [result] = usual.results;
  for (const value of [
    undefined,
    null,
    'text',
    [usual],
    { ...usual, results: {} },
    { ...usual, more: 1 },
    { ...usual, invocationId: 1n },
    { ...usual, treatMissingKeysAs: undefined },
    { ...usual, results: [{ ...result, resultString: 1 }] },
    { ...usual, results: [{ ...result, resultString: 'x'.repeat(5000) }] },
    { ...usual, results: [result, undefined] },
    { ...usual, results: [{ ...result, toJSON: () => 'other' }] },
    { ...usual, toJSON: () => 'other' },
    { ...usual, results: Object.assign([result], { toJSON: () => 'other' }) },
    new (class {
      results = usual.results;
    })(),
  ]) {
    assert.ok(!isUsualAnswer(value));
  }
});

test('what it accepts is what JSON carries', () => {
  const text = fc.option(fc.string(), { nil: undefined });
  const part = fc.oneof(text, fc.jsonValue(), fc.constant(Number.NaN), fc.constant(new Date(0)));
  const result = fc.record({ taskId: part, resultCode: part, resultString: part, other: part }, { requiredKeys: [] });
  const answer = fc.record(
    { invocationSchemaVersion: part, invocationId: part, treatMissingKeysAs: part, results: fc.array(fc.oneof(result, part)) },
    { requiredKeys: ['results'] },
  );
  fc.assert(
    fc.property(answer, (value) => {
      if (isUsualAnswer(value)) assert.deepEqual(JSON.parse(JSON.stringify(value)), { ...value });
    }),
    { numRuns: 2000 },
  );
});
