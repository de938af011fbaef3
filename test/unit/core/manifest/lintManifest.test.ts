import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixAll, ManifestByteFixer } from '../../../../src/core/manifest/fixAll.js';
import { lintManifest, type LintResult, ManifestByteLinter } from '../../../../src/core/manifest/lintManifest.js';
import { allRules } from '../../../../src/core/manifest/rules/allRules.js';
import { anyManifest, applyEdits } from '../../../support/manifestText.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Lints bytes in chunks cut at the given places. */
function lintChunks(bytes: Uint8Array, cuts: readonly number[]): LintResult {
  const linter = new ManifestByteLinter({});
  for (const chunk of chunksOf(bytes, cuts)) linter.push(chunk);
  return linter.end();
}

function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): Generator<Uint8Array> {
  let from = 0;
  for (const cut of cuts.map((value) => value % (bytes.length + 1)).toSorted((a, b) => a - b)) {
    // Node's Buffer, as streams give it (its slice does not copy), wiped afterwards: nothing may be kept of it.
    const chunk = Buffer.from(bytes.subarray(from, cut));
    yield chunk;
    chunk.fill(0);
    from = cut;
  }
  const last = Buffer.from(bytes.subarray(from));
  yield last;
  last.fill(0);
}

function fixChunks(bytes: Uint8Array, cuts: readonly number[] = []): Uint8Array {
  const pieces: Uint8Array[] = [];
  const fixer = new ManifestByteFixer({}, (piece) => {
    pieces.push(typeof piece === 'string' ? encoder.encode(piece) : piece);
  });
  for (const chunk of chunksOf(bytes, cuts)) fixer.push(chunk);
  fixer.end();
  return Buffer.concat(pieces);
}

test('counts are exact when the list is cut', () => {
  const text = 'test,a b\n'.repeat(50);
  const result = lintManifest(text, { maxProblems: 10, severities: { 'duplicate-row': 'off' } });
  assert.equal(result.rows, 50);
  assert.equal(result.problems.length, 10);
  assert.equal(result.errors, 50);
  assert.deepEqual(result.counts, { 'unencoded-key': 50 });
  assert.equal(result.isTruncated, true);
  assert.equal(result.problems[9]?.range.line, 9);
});

test('a clean manifest of each line end has no problem', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const result = lintManifest(['test,a', 'test,b%20c', 'test,d/e.txt', ''].join(end));
    assert.deepEqual([result.rows, result.bucketCount, result.problems], [3, 1, []]);
  }
});

test('bytes that are not UTF-8 spoil their field only, and columns stay those of the editor', () => {
  const bytes = Buffer.concat([
    Buffer.from('test,a\ntest,'),
    Buffer.from([0xe2, 0x82, 0x41, 0xff]),
    Buffer.from(',x\ntest,b c\n'),
  ]);
  const result = lintManifest(bytes);
  assert.deepEqual(
    result.problems.map((problem) => [problem.rule, problem.range.line, problem.range.column, problem.range.endColumn]),
    [
      ['not-utf8', 1, 5, 6],
      ['column-count', 1, 9, 10],
      ['unencoded-key', 2, 6, 7],
    ],
  );
});

test('a raw replacement character in valid bytes is a character to encode, not a lost byte', () => {
  assert.deepEqual(lintManifest(encoder.encode('test,\uFFFD')).counts, { 'unencoded-key': 1 });
});

test('one stray quote does not hide the rows after it', () => {
  const result = lintManifest('test,"a\ntest,b c\ntest,"d"\ntest,e=f\n');
  assert.deepEqual(result.counts, { 'unclosed-quote': 1, 'unencoded-key': 2 });
  assert.equal(result.rows, 4);
});

test('a line of 100 MB is one clear error and not kept', () => {
  const linter = new ManifestByteLinter({});
  linter.push(encoder.encode('test,a\n'));
  const chunk = new Uint8Array(1024 * 1024).fill(0x61);
  linter.push(encoder.encode('test,'));
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 100; index += 1) linter.push(chunk);
  assert.ok(process.memoryUsage().arrayBuffers - before < 40 * 1024 * 1024);
  linter.push(encoder.encode('\r'));
  linter.push(encoder.encode('\ntest,b c\n'));
  const result = linter.end();
  assert.deepEqual(result.counts, { 'key-too-long': 1, 'unencoded-key': 1 });
  assert.equal(result.problems[1]?.range.line, 2);
});

test('the same problems however the bytes come', () => {
  fc.assert(
    fc.property(anyManifest, fc.array(fc.nat(2000), { maxLength: 6 }), (text, cuts) => {
      const bytes = encoder.encode(text);
      const whole = lintManifest(bytes);
      assert.deepEqual(lintChunks(bytes, cuts), whole);
      // A string has the same problems but for U+FFFD, which may be a lost byte there.
      if (!/[\uFFFD\p{Surrogate}]/u.test(text)) assert.deepEqual(lintManifest(text), whole);
    }),
  );
});

test('bytes of any kind: never throws, counts add up, ranges lie in the file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const result = lintManifest(bytes);
      assert.equal(result.errors + result.warnings + result.information, result.problems.length);
      assert.equal(
        Object.values(result.counts).reduce((sum, count) => sum + count, 0),
        result.problems.length,
      );
      const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
      for (const { range } of result.problems) {
        assert.ok(range.line <= range.endLine && range.endLine < lines.length);
        assert.ok(range.endColumn <= (lines[range.endLine]?.length ?? 0));
        assert.ok(range.line < range.endLine || range.column <= range.endColumn);
      }
    }),
  );
});

test('problems are in file order, one of a rule and row', () => {
  fc.assert(
    fc.property(anyManifest, (text) => {
      const { problems } = lintManifest(text);
      const seen = new Set<string>();
      let [line, column] = [0, 0];
      for (const problem of problems) {
        assert.ok(problem.range.line > line || (problem.range.line === line && problem.range.column >= column));
        ({ line, column } = problem.range);
        const id = `${problem.rule} ${line}`;
        assert.ok(!seen.has(id), id);
        seen.add(id);
      }
    }),
  );
});

const certain = allRules.filter((rule) => rule.isFixedByFixAll).map((rule) => rule.id);

test('fix all leaves nothing that it could fix, and fixing again changes nothing', () => {
  fc.assert(
    fc.property(anyManifest, (text) => {
      const fixed = fixAll(text);
      const { counts } = lintManifest(fixed.text);
      for (const rule of certain) assert.equal(counts[rule] ?? 0, 0, `${rule} in ${JSON.stringify(fixed.text)}`);
      assert.deepEqual(fixAll(fixed.text), { text: fixed.text, edits: [], fixed: {} });
      const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
      assert.equal(applyEdits(body, fixed.edits), fixed.text);
    }),
    { numRuns: 2000 },
  );
});

test('the fixes of all problems apply as edits', () => {
  fc.assert(
    fc.property(anyManifest, (text) => {
      const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
      for (const problem of lintManifest(body).problems) for (const fix of problem.fixes) applyEdits(body, fix.edits);
    }),
  );
});

test('fixing bytes in chunks gives what fixing the text gives', () => {
  fc.assert(
    fc.property(anyManifest, fc.array(fc.nat(2000), { maxLength: 4 }), (text, cuts) => {
      fc.pre(!/[\uFFFD\p{Surrogate}]/u.test(text));
      const once = fixChunks(encoder.encode(text), cuts);
      // The text is fixed until nothing changes; bytes in one pass, which is the same but in rare cases of stray quotes.
      assert.equal(fixAll(decoder.decode(once)).text, fixAll(text).text);
    }),
  );
});

test('fixing keeps every byte that no fix touches', () => {
  const bad = Buffer.from([0xff, 0xe2, 0x82]);
  const bytes = Buffer.concat([
    Buffer.from('\uFEFFtest,'),
    bad,
    Buffer.from('\r\n test,'),
    bad,
    Buffer.from('\ntest,é\rtest,ok'),
  ]);
  const expected = Buffer.concat([
    Buffer.from('test,'),
    bad,
    Buffer.from('\r\ntest,'),
    bad,
    Buffer.from('\ntest,%C3%A9\rtest,ok'),
  ]);
  assert.deepEqual(Buffer.from(fixChunks(bytes)), expected);
});

test('fix all does not touch plus signs, duplicates, double encoding or S3 URIs', () => {
  const text = 'test,a+b\ntest,a+b\ntest,%2520\ntest,s3://test/a b\n';
  assert.equal(fixAll(text).text, text);
});

test('fix all leaves rules alone that are off', () => {
  const text = '\uFEFFbucket,key\ntest,a b\n';
  const off = { severities: { 'byte-order-mark': 'off', 'header-row': 'off' } } as const;
  assert.deepEqual(fixAll(text, off), {
    text: '\uFEFFbucket,key\ntest,a%20b\n',
    edits: [{ range: { line: 1, column: 6, endLine: 1, endColumn: 7 }, text: '%20' }],
    fixed: { 'unencoded-key': 1 },
  });
});
