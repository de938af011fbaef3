import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTouchedLines, lineChanges } from '../../../../src/ui/lint/lineChanges.js';

function change(startLine: number, endLine: number, text: string) {
  return { range: { start: { line: startLine }, end: { line: endLine } }, text };
}

for (const [text, lines] of [
  ['', 1],
  ['a', 1],
  ['\n', 2],
  ['a\r\nb\rc\nd', 4],
  ['\r\n\r\n', 3],
  ['\r\r', 3],
  ['\n\r', 3],
] as const) {
  test(`${JSON.stringify(text)} makes ${lines} lines`, () => {
    assert.deepEqual(lineChanges([change(3, 5, text)]), [{ startLine: 3, endLine: 5, insertedLineCount: lines }]);
  });
}

test('an edit touches the lines that it takes away and those that it puts in', () => {
  assert.equal(countTouchedLines(lineChanges([change(9, 9, 'x'), change(2, 4, 'a\nb')])), 7);
});
