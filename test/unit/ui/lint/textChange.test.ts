import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textChange } from '../../../../src/ui/lint/textChange.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r\n', '\n', '😀', '\uD83D', ',') });

test('applied to the old text it gives the new one, and cuts no CRLF', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = textChange(before, after);
      if (change === undefined) return before === after;
      const applied = before.slice(0, change.start) + change.text + before.slice(change.end);
      const cuts = [change.start, change.end].some((at) => at > 0 && before.slice(at - 1, at + 1) === '\r\n');
      return applied === after && !cuts;
    }),
  );
});

test('what is the same at both ends is left alone', () => {
  assert.deepEqual(textChange('b,a\nb,c d\nb,e\n', 'b,a\nb,c%20d\nb,e\n'), { start: 7, end: 8, text: '%20' });
});
