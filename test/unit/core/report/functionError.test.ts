import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { functionErrorPrefix, parseFunctionError } from '../../../../src/core/report/functionError.js';
import { normaliseMessage } from '../../../../src/core/report/normaliseMessage.js';
import { messageLines } from '../../../../src/core/view/causeMessage.js';

const text = (payload: unknown): string => functionErrorPrefix + JSON.stringify(payload);

const node = {
  errorType: 'ReferenceError',
  errorMessage: 'newKey is not defined',
  trace: [
    'ReferenceError: newKey is not defined',
    '    at Runtime.handler (file:///var/task/index.mjs:3:5)',
    '    at a (b.js:1:2)',
  ],
};
const python = {
  errorMessage: "'sourec'",
  errorType: 'KeyError',
  requestId: '2845ca0d-38d9-4c4b-abcf-379dc749c451',
  stackTrace: ['  File "/var/task/app.py", line 3, in handler\n    return event["sourec"]\n'],
};

test('what the runtimes answer: type, message and stack, said once', () => {
  assert.deepEqual(parseFunctionError(text(node)), {
    type: 'ReferenceError',
    message: 'newKey is not defined',
    trace: node.trace.slice(1),
  });
  assert.deepEqual(parseFunctionError(text(python)), {
    type: 'KeyError',
    message: "'sourec'",
    trace: ['  File "/var/task/app.py", line 3, in handler', '    return event["sourec"]'],
  });
  assert.deepEqual(parseFunctionError(text({ errorMessage: 'm' })), { type: undefined, message: 'm', trace: [] });
});

test('other messages are none', () => {
  for (const other of ['', 'my own words', `${functionErrorPrefix}null`, `${functionErrorPrefix}{"a":1}`, JSON.stringify(node)]) {
    assert.equal(parseFunctionError(other), undefined, other);
  }
});

test('cut anywhere, what is left is read, and the cause is the same once its message is whole', () => {
  for (const payload of [node, python]) {
    const whole = text(payload);
    const cause = normaliseMessage(whole).text;
    for (let length = 0; length <= whole.length; length += 1) {
      const error = parseFunctionError(whole.slice(0, length));
      if (error === undefined) continue;
      assert.ok(payload.errorMessage.startsWith(error.message), error.message);
      const isKnown = error.message === payload.errorMessage && error.type === payload.errorType;
      if (isKnown) assert.equal(normaliseMessage(whole.slice(0, length)).text, cause);
    }
  }
});

test('any message and stack is read back, escapes and all', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
      (errorMessage, trace) => {
        const error = parseFunctionError(text({ errorType: 'E', errorMessage, trace: ['other', ...trace] }));
        assert.equal(error?.message, errorMessage);
        assert.deepEqual(
          error?.trace,
          ['other', ...trace].flatMap((entry) => entry.replace(/\n+$/, '').split('\n')),
        );
      },
    ),
  );
});

test('shown as the runtime prints it', () => {
  assert.deepEqual(messageLines({ sampleMessage: text(node) }), [
    `${functionErrorPrefix}ReferenceError: newKey is not defined`,
    ...node.trace.slice(1),
  ]);
  assert.deepEqual(messageLines({ sampleMessage: 'one\r\ntwo' }), ['one', 'two']);
});
