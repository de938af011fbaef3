import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResponse } from '../../../../src/core/handler/response.js';

const answer = (results: unknown, more: object = {}): unknown => ({
  invocationSchemaVersion: '1.0',
  invocationId: 'i',
  results,
  ...more,
});

test('the result of the task is taken, whatever else there is', () => {
  const payload = answer([
    { taskId: 'other', resultCode: 'PermanentFailure', resultString: 'no' },
    { taskId: 't', resultCode: 'Succeeded', resultString: 'yes' },
    { taskId: 't', resultCode: 'PermanentFailure', resultString: 'twice' },
  ]);
  assert.deepEqual(readResponse(payload, 't'), { kind: 'result', resultCode: 'Succeeded', resultString: 'yes' });
});

test('a task without a result counts as treatMissingKeysAs says, else as TemporaryFailure', () => {
  assert.deepEqual(readResponse(answer([]), 't'), { kind: 'result', resultCode: 'TemporaryFailure', resultString: '' });
  assert.deepEqual(readResponse(answer([], { treatMissingKeysAs: null }), 't'), {
    kind: 'result',
    resultCode: 'TemporaryFailure',
    resultString: '',
  });
  assert.deepEqual(readResponse(answer([], { treatMissingKeysAs: 'PermanentFailure' }), 't'), {
    kind: 'result',
    resultCode: 'PermanentFailure',
    resultString: '',
  });
});

test('an answer without invocationId and schema version is read', () => {
  const payload = { results: [{ taskId: 't', resultCode: 'Succeeded' }] };
  assert.deepEqual(readResponse(payload, 't'), { kind: 'result', resultCode: 'Succeeded', resultString: '' });
});

test('result strings that are no strings', () => {
  const read = (resultString: unknown): unknown =>
    readResponse(answer([{ taskId: 't', resultCode: 'Succeeded', resultString }]), 't');
  assert.deepEqual(read(7), { kind: 'result', resultCode: 'Succeeded', resultString: '7' });
  assert.deepEqual(read(null), { kind: 'result', resultCode: 'Succeeded', resultString: '' });
  assert.deepEqual(read({}), { kind: 'invalid' });
});

test('result strings are cut to 1,024 characters, never inside a character', () => {
  const read = (resultString: string): string => {
    const result = readResponse(answer([{ taskId: 't', resultCode: 'Succeeded', resultString }]), 't');
    assert.ok(result.kind === 'result');
    return result.resultString;
  };
  assert.equal(read('x'.repeat(1024)).length, 1024);
  assert.equal(read('x'.repeat(1025)).length, 1024);
  assert.equal(read(`${'x'.repeat(1023)}😀`), 'x'.repeat(1023));
});

for (const [name, payload] of Object.entries({
  null: null,
  'a string': 'Succeeded',
  'an array': [],
  'no results': { invocationId: 'i' },
  'results of another type': answer({}),
  'a result that is null': answer([null]),
  'an unknown code': answer([{ taskId: 't', resultCode: 'succeeded', resultString: '' }]),
  'a result without task': answer([{ resultCode: 'Succeeded', resultString: '' }]),
  'an unknown treatMissingKeysAs': answer([{ taskId: 't', resultCode: 'Succeeded' }], { treatMissingKeysAs: 'Ignore' }),
})) {
  test(`invalid: ${name}`, () => assert.deepEqual(readResponse(payload, 't'), { kind: 'invalid' }));
}
