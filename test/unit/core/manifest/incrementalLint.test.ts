import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createManifestModel, type LineChange, ManifestModel } from '../../../../src/core/manifest/incrementalLint.js';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import type { LintOptions } from '../../../../src/core/manifest/lintOptions.js';
import { ruleIds } from '../../../../src/core/manifest/rules/rule.js';
import { anyManifest } from '../../../support/manifestText.js';
import { proofRuns } from '../../../support/proofRuns.js';

/** A text in an editor: edits are ranges of offsets, reported by lines as VS Code does. */
class EditedText {
  text: string;
  #lines: string[];

  constructor(text: string) {
    this.text = text;
    this.#lines = text.split('\n');
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(line: number): string {
    const text = this.#lines[line];
    assert.ok(text !== undefined, `line ${line} of ${this.#lines.length}`);
    return text;
  }

  /** What differs, as one edit: an editor reports an undo so. */
  become(text: string): LineChange[] {
    const before = this.text;
    const shorter = Math.min(before.length, text.length);
    let start = 0;
    while (start < shorter && before[start] === text[start]) start += 1;
    let end = 0;
    while (end < shorter - start && before.at(-1 - end) === text.at(-1 - end)) end += 1;
    return this.edit([{ start, length: before.length - start - end, text: text.slice(start, text.length - end) }]);
  }

  /** Ranges are taken modulo the length, cut where they overlap, and applied from the last to the first. */
  edit(replacements: readonly { start: number; length: number; text: string }[]): LineChange[] {
    const changes: LineChange[] = [];
    let limit = this.text.length;
    const placed = replacements.map((item) => ({ ...item, start: item.start % (this.text.length + 1) }));
    for (const { start, length, text } of placed.toSorted((a, b) => b.start - a.start)) {
      if (start > limit) continue;
      const end = Math.min(start + length, limit);
      const startLine = lineOf(this.text, start);
      changes.push({ startLine, endLine: lineOf(this.text, end), insertedLineCount: text.split('\n').length });
      this.text = this.text.slice(0, start) + text + this.text.slice(end);
      limit = start - 1;
      if (limit < 0) break;
    }
    this.#lines = this.text.split('\n');
    return changes;
  }
}

function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let feed = text.indexOf('\n'); feed >= 0 && feed < offset; feed = text.indexOf('\n', feed + 1)) line += 1;
  return line;
}

/** As an editor does it. */
function apply(model: ManifestModel, changes: readonly LineChange[]): void {
  if (!model.applyChanges(changes)) model.rebuild();
}

function check(model: ManifestModel, text: string, options: LintOptions): void {
  assert.deepEqual(model.lint(options), lintManifest(text, options), JSON.stringify(text.slice(0, 500)));
}

const editorText = anyManifest.map((text) => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));

const edits = fc.array(
  fc.array(
    fc.record({
      start: fc.nat(3000),
      length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
      text: fc.oneof(
        fc.constantFrom('', '\n', '"', ',', 'x', ' ', '%', 'test,a', '\ntest,a', 'other,b\n', '"\n', 'bucket,key\n'),
        editorText,
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { maxLength: 12 },
);

const anyOptions: fc.Arbitrary<LintOptions> = fc.record({
  fields: fc.constantFrom(undefined, undefined, ['Bucket', 'Key', 'VersionId'] as const, ['Key', 'Bucket'] as const),
  isOneBucketOnly: fc.boolean(),
  maxProblems: fc.constantFrom(undefined, 3),
  hasByteOrderMark: fc.boolean(),
  foreignEncoding: fc.constantFrom(undefined, undefined, 'utf16le', 'windows1252'),
  severities: fc.constantFrom<LintOptions['severities'][]>(
    undefined,
    { 'duplicate-row': 'off', 'unencoded-key': 'information' },
    { 'mixed-buckets': 'off' },
  ),
});

test('after any edits the result is that of a full lint', () => {
  fc.assert(
    fc.property(editorText, edits, anyOptions, (text, steps, options) => {
      const lines = new EditedText(text);
      const model = createManifestModel(lines, options);
      check(model, text, options);
      const texts: string[] = [];
      for (const step of steps) {
        texts.push(lines.text);
        apply(model, lines.edit(step));
        check(model, lines.text, options);
      }
      // And undone, all the way back.
      for (const before of texts.toReversed()) {
        apply(model, lines.become(before));
        check(model, before, options);
      }
    }),
    { numRuns: proofRuns(150, 5000) },
  );
});

test('the edits that are tried reach every rule, and those of several rows often', () => {
  const seen = new Map<string, number>();
  for (const [text, steps] of fc.sample(fc.tuple(editorText, edits), { numRuns: 300, seed: 1 })) {
    const lines = new EditedText(text);
    for (const step of steps) {
      lines.edit(step);
      for (const rule of Object.keys(lintManifest(lines.text).counts)) seen.set(rule, (seen.get(rule) ?? 0) + 1);
    }
  }
  // Of the file as such, and what only an editor knows.
  const others = ['byte-order-mark'];
  assert.deepEqual([...seen.keys(), ...others].toSorted(), ruleIds.toSorted());
  for (const rule of ['duplicate-row', 'mixed-buckets', 'column-count', 'header-row'])
    assert.ok((seen.get(rule) ?? 0) > 10, `${rule}: ${seen.get(rule)}`);
});

const manyLines = fc
  .tuple(
    fc.constantFrom(
      'test,a',
      'test,same',
      'other,x',
      'test,a,b',
      'bucket,key',
      'test,b c',
      'x,y',
      'test,"q',
      'q"',
      '""',
      'test,"a,b"',
    ),
    fc.constantFrom(1, 700, 1030, 3000, 5000),
  )
  .map(([line, times]) => Array.from({ length: times }, (_, index) => (line === 'test,a' ? `${line}${index}` : line)).join('\n'));

test('the same with thousands of lines, and quotes that reach far', () => {
  fc.assert(
    fc.property(
      fc.array(manyLines, { minLength: 1, maxLength: 4 }),
      fc.array(
        fc.record({
          at: fc.nat(1_000_000),
          length: fc.constantFrom(0, 0, 1, 200, 20_000),
          text: fc.oneof(manyLines, fc.constantFrom('', '"', '\n', 'test,"')),
        }),
        { maxLength: 5 },
      ),
      (parts, steps) => {
        const lines = new EditedText(parts.join('\n'));
        const model = createManifestModel(lines);
        check(model, lines.text, {});
        for (const { at, length, text } of steps) {
          apply(model, lines.edit([{ start: at, length, text }]));
          check(model, lines.text, {});
        }
      },
    ),
    { numRuns: proofRuns(10, 300) },
  );
});

test('many replacements at once, as Replace All makes them', () => {
  const lines = new EditedText('test,a b\n'.repeat(500));
  const model = createManifestModel(lines);
  const changes = lines.edit(
    Array.from({ length: 500 }, (_, index) => ({ start: index * 9 + 6, length: 1, text: `%20${index}` })),
  );
  assert.equal(changes.length, 500);
  assert.ok(model.applyChanges(changes));
  check(model, lines.text, {});
  assert.equal(model.lint({}).errors, 0);
});

test('a model can be built in slices, and says at any time what is known so far', () => {
  const lines = new EditedText('test,a b\n'.repeat(1000));
  const model = new ManifestModel(lines, undefined);
  const sizes: number[] = [];
  for (const _ of model.build()) {
    sizes.push(model.lineCount);
    check(model, 'test,a b\n'.repeat(model.lineCount), {});
  }
  check(model, lines.text, {});
  assert.deepEqual(sizes.slice(0, 3), [64, 128, 192]);
});

test('changes that do not come from the last to the first are made one after the other', () => {
  fc.assert(
    fc.property(
      editorText,
      fc.array(fc.record({ start: fc.nat(3000), length: fc.nat(30), text: editorText }), { minLength: 1, maxLength: 5 }),
      (text, steps) => {
        const lines = new EditedText(text);
        const model = createManifestModel(lines);
        apply(
          model,
          steps.flatMap((step) => lines.edit([step])),
        );
        check(model, lines.text, {});
      },
    ),
    { numRuns: 200 },
  );
});

test('most edits are followed; one that changes the columns is not', () => {
  const lines = new EditedText('test,a\ntest,b\ntest,c\n');
  const model = createManifestModel(lines);
  assert.ok(model.applyChanges(lines.edit([{ start: 8, length: 0, text: '"' }])));
  assert.ok(model.applyChanges(lines.edit([{ start: 0, length: 4, text: 'best' }])));
  assert.ok(!model.applyChanges(lines.edit([{ start: 6, length: 0, text: ',version' }])));
  model.rebuild();
  check(model, lines.text, {});
});

test('an edit that makes an earlier quote swallow the row that decides the columns', () => {
  const lines = new EditedText('b,"\ntest,a,v1\n""x,y\ntest,z\n');
  const model = createManifestModel(lines);
  apply(model, lines.edit([{ start: lines.text.indexOf('test,z'), length: 0, text: '"\n' }]));
  check(model, lines.text, {});
});

test('a report that does not fit the text is not believed', () => {
  const lines = new EditedText('test,a\ntest,b c\n');
  const model = createManifestModel(lines);
  lines.edit([{ start: 0, length: 0, text: 'test,x y\n' }]);
  assert.ok(!model.applyChanges([{ startLine: 0, endLine: 0, insertedLineCount: 1 }]));
  assert.ok(!model.applyChanges([{ startLine: 7, endLine: 7, insertedLineCount: 1 }]));
  model.rebuild();
  check(model, lines.text, {});
});

test('an edit looks at the lines it touches only', () => {
  const lines = new EditedText(Array.from({ length: 5000 }, (_, index) => `test,key${index}`).join('\n'));
  const model = createManifestModel(lines);
  const read: number[] = [];
  const lineAt = lines.lineAt.bind(lines);
  lines.lineAt = (line) => {
    read.push(line);
    return lineAt(line);
  };
  const start = lines.text.indexOf('key4000');
  model.applyChanges(lines.edit([{ start, length: 0, text: 'x y' }]));
  assert.deepEqual(
    [...new Set(read)].toSorted((a, b) => a - b),
    [4000, 4999],
  );
  assert.equal(model.lint({}).errors, 1);
});
