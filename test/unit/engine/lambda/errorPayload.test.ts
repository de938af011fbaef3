import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionDefinition } from '../../../../src/engine/contracts.js';
import { errorLines, errorPayload } from '../../../../src/engine/lambda/errorPayload.js';
import { functionError } from '../../../../src/engine/lambda/functionError.js';

const definition = (runtime: string): FunctionDefinition => ({ runtime }) as FunctionDefinition;

test('payloads are those that the runtimes post', () => {
  const error = functionError('KeyError', "'a'", ['  File "app.py", line 1, in handler\n    x\n']);
  assert.deepEqual(errorPayload(definition('nodejs22.x'), error, 'r', 0), {
    errorType: 'KeyError',
    errorMessage: "'a'",
    trace: error.trace,
  });
  assert.deepEqual(errorPayload(definition('python3.12'), error, 'r', 0), {
    errorMessage: "'a'",
    errorType: 'KeyError',
    requestId: 'r',
    stackTrace: error.trace,
  });
  assert.deepEqual(errorPayload(definition('nodejs22.x'), { kind: 'timedOut', afterMs: 3000, requestId: 'r' }, 'r', 0), {
    errorMessage: '1970-01-01T00:00:00.000Z r Task timed out after 3.00 seconds',
  });
});

test('a log names the error once and has a line a line', () => {
  assert.deepEqual(errorLines(functionError('KeyError', "'a'", ['  File "app.py", line 1, in handler\n    x\n'])), [
    "KeyError: 'a'",
    '  File "app.py", line 1, in handler',
    '    x',
  ]);
  assert.deepEqual(errorLines(functionError('Error', 'two\nlines', ['Error: two', 'lines', '    at f'])), [
    'Error: two',
    'lines',
    '    at f',
  ]);
  assert.deepEqual(errorLines(functionError('Error', 'x')), ['Error: x']);
});
