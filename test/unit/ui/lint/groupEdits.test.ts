import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Edit } from '../../../../src/core/manifest/problem.js';
import { fixAll } from '../../../../src/core/manifest/fixAll.js';
import { groupEdits } from '../../../../src/ui/lint/groupEdits.js';
import { anyManifest } from '../../../support/manifestText.js';
import { proofRuns } from '../../../support/proofRuns.js';

function group(lines: readonly string[], lineEnd: string, edits: readonly Edit[], maxEdits: number): readonly Edit[] {
  const steps = groupEdits({ lineAt: (line) => lines[line] ?? assert.fail(`no line ${line}`), lineEnd }, edits, maxEdits);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function apply(lines: readonly string[], lineEnd: string, edits: readonly Edit[]): string {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + lineEnd.length;
  }
  const text = lines.join(lineEnd);
  let result = '';
  let copied = 0;
  for (const { range, text: replacement } of edits) {
    const start = (starts[range.line] ?? 0) + range.column;
    assert.ok(start >= copied, 'edits are ascending and do not overlap');
    result += text.slice(copied, start) + replacement;
    copied = (starts[range.endLine] ?? 0) + range.endColumn;
  }
  return result + text.slice(copied);
}

test('grouped edits make the same text, in as many edits as are allowed', () => {
  const anyText = fc.tuple(fc.array(anyManifest, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n'));
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 8 }), ([texts, lineEnd], maxEdits) => {
      const lines = texts
        .join('\n')
        .replaceAll('\uFEFF', '')
        .split(/\r\n|\r|\n/);
      const { text, edits } = fixAll(lines.join(lineEnd));
      const grouped = group(lines, lineEnd, edits, maxEdits);
      assert.ok(grouped.length <= maxEdits);
      assert.equal(apply(lines, lineEnd, grouped), text);
    }),
    { numRuns: proofRuns(300, 20_000) },
  );
});

test('few edits stay as they are', () => {
  const edits: Edit[] = [{ range: { line: 0, column: 1, endLine: 0, endColumn: 2 }, text: 'x' }];
  assert.deepEqual(group(['abc'], '\n', edits, 1), edits);
});

test('no step looks at more than a few hundred lines, however far apart the edits are', () => {
  const edits: Edit[] = Array.from({ length: 2000 }, (_, index) => {
    const line = index < 1000 ? index : 90_000 + index;
    return { range: { line, column: 4, endLine: line, endColumn: 5 }, text: '%20' };
  });
  let asked = 0;
  const lineAt = (): string => {
    asked += 1;
    return 'test line';
  };
  const steps = groupEdits({ lineAt, lineEnd: '\n' }, edits, 3);
  let mostAtOnce = 0;
  for (let isDone = false; !isDone;) {
    const before = asked;
    isDone = steps.next().done === true;
    mostAtOnce = Math.max(mostAtOnce, asked - before);
  }
  assert.ok(asked > 90_000);
  assert.ok(mostAtOnce < 512, `${mostAtOnce}`);
});
