import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditList } from '../../../../src/core/manifest/editList.js';
import { fixAll, fixLinesInSteps, type LineFixResult } from '../../../../src/core/manifest/fixAll.js';
import { documentLines } from '../../../../src/core/manifest/manifestLine.js';
import type { Edit } from '../../../../src/core/manifest/problem.js';
import { applyEdits } from '../../../support/manifestText.js';

/** A document that counts the lines that are asked for. */
function countedLines(lines: readonly string[]): { readonly lineCount: number; lineAt(line: number): string; asked: number } {
  return {
    lineCount: lines.length,
    asked: 0,
    lineAt(line) {
      this.asked += 1;
      return lines[line] ?? assert.fail(`no line ${line}`);
    },
  };
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

function finish(steps: Generator<void, LineFixResult, undefined>): LineFixResult {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test('no step of fix all looks at more than 64 lines', () => {
  const source = countedLines(Array.from({ length: 20_000 }, (_, row) => `test,raw key ${row}`));
  const steps = fixLinesInSteps(() => documentLines(source, '\n'));
  const perStep: number[] = [];
  for (;;) {
    const before = source.asked;
    const step = steps.next();
    perStep.push(source.asked - before);
    if (step.done !== true) continue;
    assert.equal(step.value.edits.length, 40_000);
    break;
  }
  assert.ok(perStep.length > 300);
  assert.equal(most(perStep), 64);
  // Both passes went over the lines as they were asked for.
  assert.equal(source.asked, source.lineCount);
});

test('a manifest that one pass does not settle is fixed by one edit of the whole', () => {
  // Too far from its closing quote, the first quote opens nothing, and the last two hold a row between them. Without the blank lines the
  // first quote is closed by the second, and the row stands free.
  const text = `test,"${'\n'.repeat(1100)}"\ntest,a b\n"`;
  const result = fixAll(text);
  assert.equal(result.text, 'test,"\n"\ntest,a%20b\n"');
  assert.deepEqual(result.fixed, { 'blank-line': 1099, 'unencoded-key': 1 });
  assert.equal(result.edits.length, 1);
  assert.equal(applyEdits(text, result.edits), result.text);

  const lines = countedLines(text.split('\n'));
  const { edits, fixed } = finish(fixLinesInSteps(() => documentLines(lines, '\n')));
  assert.deepEqual([edits.at(0), edits.length, fixed], [result.edits[0], 1, result.fixed]);
});

test('a list of edits gives back what was put in, across its blocks', () => {
  const edits: Edit[] = Array.from({ length: 40_000 }, (_, index) => ({
    range: { line: index, column: index % 1000, endLine: index + (index % 2), endColumn: (index % 1000) + 1 },
    text: index % 3 === 0 ? '%20' : index % 3 === 1 ? '' : `%${index}`,
  }));
  const list = new EditList();
  for (const edit of edits) list.push(edit);
  assert.equal(list.length, edits.length);
  assert.deepEqual(list.toArray(), edits);
  assert.deepEqual([list.at(-1), list.at(40_000), list.at(65_535)], [undefined, undefined, undefined]);
});
