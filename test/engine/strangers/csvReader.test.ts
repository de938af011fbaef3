import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowScanner } from '../../../src/core/manifest/making/rowScanner.js';
import { fieldText } from '../../../src/core/report/rowBytes.js';
import { proofRuns } from '../../support/proofRuns.js';
import { noPython } from '../../support/python.js';

const field = fc.string({
  unit: fc.constantFrom('a', 'Z', '"', ',', '\n', '\r', '\0', ' ', '\t', 'é', '😀', '%', '+', ';'),
  maxLength: 6,
});

/** Every input that RFC 4180 allows: records of fields, quoted where they must be and where they need not, each with some line end. */
const anyCsv = fc
  .tuple(
    fc.array(
      fc.tuple(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n', '\r')),
      { minLength: 1, maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([records, isLastEnded]) =>
    records
      .map(([fields, end], index) => {
        const row = fields
          .map(([text, isQuoted]) => (isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
          .join(',');
        return row + (index < records.length - 1 || isLastEnded ? end : '');
      })
      .join(''),
  );

const script = `
import csv, io, json, sys
for line in sys.stdin:
    text = json.loads(line)
    print(json.dumps([row for row in csv.reader(io.StringIO(text, newline=''), strict=True)]))
`;

test("reads every CSV as Python's reader does", { skip: noPython }, () => {
  const texts = fc.sample(anyCsv, proofRuns(3000, 100_000));
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: texts.map((text) => `${JSON.stringify(text)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  assert.equal(status, 0, stderr);
  const expected = stdout.trimEnd().split('\n');
  assert.equal(expected.length, texts.length);
  for (const [index, text] of texts.entries()) {
    const read: string[][] = [];
    const scanner = new RowScanner(
      ({ bytes, start, end, spans }) => {
        // A blank line is a row without fields for Python, and one with an empty field for us.
        const fields = Array.from({ length: spans.count }, (_, at) => fieldText(bytes, spans.start(at), spans.end(at)));
        read.push(start === end ? [] : fields);
      },
      { name: 'test' },
    );
    const bytes = new TextEncoder().encode(text);
    const chunk = 1 + (index % 13);
    for (let at = 0; at < bytes.length; at += chunk) scanner.push(bytes.subarray(at, at + chunk));
    scanner.end();
    assert.deepEqual(read, JSON.parse(expected[index] ?? ''), JSON.stringify(text));
  }
});
