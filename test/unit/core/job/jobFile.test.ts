import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatJobFile, type JobFile, toCreateJobRequest, toJobFile } from '../../../../src/core/job/jobFile.js';
import { applyFix, parseJobFile } from '../../../../src/core/job/parseJobFile.js';
import { chaosTag, debugTag, readThroughTag } from '../../../../src/core/job/runTags.js';
import { validRequest, withMember } from '../../../support/jobFixtures.js';

const { Location: _, ...manifestRest } = validRequest.Manifest;
const jobValue: JobFile = {
  ...validRequest,
  ManifestFile: 'manifest.csv',
  Manifest: { ...manifestRest, Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' } },
};

function found(text: string): string[] {
  return parseJobFile(text).findings.map(
    ({ severity, code, start, end }) => `${severity} ${code} ${JSON.stringify(text.slice(start, end))}`,
  );
}

const textOf = (value: unknown): string => JSON.stringify(value, undefined, 2);

test('a job file with comments and a manifest file is a job', () => {
  const text = `// renames\n${textOf(jobValue)} /* end */\n`;
  const parsed = parseJobFile(text);
  assert.deepEqual(parsed.findings, []);
  assert.deepEqual(parsed.job, jobValue);
});

test('a byte order mark does not matter', () => {
  assert.deepEqual(found(`\uFEFF${textOf(jobValue)}`), []);
});

test('findings stand where the mistake is', () => {
  assert.deepEqual(found(textOf(withMember(jobValue, ['Report', 'Prefix'], 'a/'))), ['warning prefix-trailing-slash "\\"a/\\""']);
  assert.deepEqual(found(textOf({ ...jobValue, AccountId: '111122223333' })), ['warning not-stored "\\"AccountId\\""']);
  assert.deepEqual(found(textOf({ ...jobValue, Colour: 1 })), ['error unknown-member "\\"Colour\\""']);
  assert.deepEqual(found(textOf(withMember(jobValue, ['Report', 'Enabled'], undefined))), ['error required "\\"Report\\""']);
  assert.deepEqual(found(textOf(withMember(jobValue, ['Priority'], undefined))), ['error required "{"']);
  assert.deepEqual(found('[]'), ['error not-a-job "["']);
  assert.equal(parseJobFile('').job, undefined);
  assert.ok(found('').length > 0);
});

test('lines and columns, with every kind of line end', () => {
  const at = (text: string): string => {
    const finding = parseJobFile(text).findings.find(({ code }) => code === 'wrong-type');
    return `${finding?.range.line}:${finding?.range.column}-${finding?.range.endLine}:${finding?.range.endColumn}`;
  };
  const text = textOf({ ...jobValue, Priority: 'x' });
  const line = text.split('\n').findIndex((content) => content.includes('"Priority"'));
  assert.equal(at(text), `${line}:14-${line}:17`);
  assert.equal(at(text.replaceAll('\n', '\r\n')), `${line}:14-${line}:17`);
  assert.equal(at(text.replaceAll('\n', '\r')), `${line}:14-${line}:17`);
});

test('broken JSON is said in words, and what can be read is still checked', () => {
  assert.deepEqual(found('{ "Priority": 1, }').slice(-1), ['error bad-json "}"']);
  const parsed = parseJobFile('{ "Priority": "x" "Description": "y" }');
  assert.ok(parsed.findings.some(({ code, message }) => code === 'bad-json' && message === 'A comma is missing here.'));
  assert.ok(parsed.findings.some(({ code }) => code === 'wrong-type'));
  assert.equal(parsed.job, undefined);
});

test('of broken JSON one mistake a line is told, and nothing of what may stand behind it', () => {
  assert.deepEqual(found('{'), ['error bad-json ""']);
  assert.deepEqual(found("{'Priority': 1}"), ['error bad-json "\'Priority\'"']);
  assert.deepEqual(found(textOf(jobValue).slice(0, -1)), ['error bad-json ""']);
  const two = parseJobFile('{ "Priority": 1,, "Tags": [,\n"Tags": ]').findings.filter(({ code }) => code === 'bad-json');
  assert.deepEqual(
    two.map(({ range }) => range.line),
    [0, 1],
  );
});

test('what is no job at all is told so, however deep it is nested', () => {
  for (const text of ['', ' \n', '// nothing', 'hello', '[]', '"x"', '['.repeat(100_000), '{"a":'.repeat(100_000)]) {
    const parsed = parseJobFile(text);
    assert.deepEqual(
      parsed.findings.map(({ code }) => code),
      ['not-a-job'],
    );
    assert.equal(parsed.job, undefined);
  }
  // Brackets in text and comments are no levels.
  assert.deepEqual(found(textOf({ ...jobValue, Description: '['.repeat(200) })), []);
  assert.deepEqual(found(`/* ${'{'.repeat(200)} */${textOf(jobValue)}`), []);
});

test('an unknown member is told what a job file may hold', () => {
  const [finding] = parseJobFile(textOf({ ...jobValue, Colour: 1 })).findings;
  assert.match(finding?.message ?? '', /Possible are Description, Operation, ManifestFile, /);
  assert.doesNotMatch(finding?.message ?? '', /AccountId|ClientRequestToken/);
});

test('a member that is there twice, at any depth', () => {
  const text = textOf(jobValue).replace('"Enabled": true', '"Enabled": false, "Enabled": true');
  assert.deepEqual(found(text), ['error duplicate-member "\\"Enabled\\""']);
  assert.equal(found(`{"__proto__": {}, ${textOf(jobValue).slice(1)}`).length, 1);
});

test('rules of ManifestFile', () => {
  const codes = (value: unknown): string[] => parseJobFile(textOf(value)).findings.map(({ code }) => code);
  assert.deepEqual(codes({ ...jobValue, ManifestFile: '/tmp/m.csv' }), ['manifest-file-absolute']);
  assert.deepEqual(codes({ ...jobValue, ManifestFile: 'C:\\m.csv' }), ['manifest-file-absolute']);
  assert.deepEqual(codes({ ...jobValue, ManifestFile: 's3://b/m.csv' }), ['manifest-file-absolute']);
  assert.deepEqual(codes({ ...jobValue, ManifestFile: 'lists\\m.csv' }), ['manifest-file-backslash']);
  assert.deepEqual(codes({ ...jobValue, ManifestFile: '' }), ['manifest-file']);
  assert.deepEqual(codes(withMember(jobValue, ['Manifest', 'Location', 'ETag'], 'abc')), ['filled-in-at-submit']);
  assert.deepEqual(codes(withMember(jobValue, ['ManifestFile'], undefined)), ['required']);
});

test('a fix changes what it says and leaves comments alone', () => {
  const text = textOf({ ...jobValue, AccountId: '1' }).replace('"Priority"', '// high\n  "Priority"');
  const [finding] = parseJobFile(text).findings;
  assert.ok(finding?.fix);
  const mended = applyFix(text, finding.fix);
  assert.deepEqual(found(mended), []);
  assert.match(mended, /\/\/ high/);
});

test('the request: nothing of the file that the service does not know', () => {
  const request = toCreateJobRequest(jobValue, {
    accountId: '111122223333',
    clientRequestToken: 'token',
    uploaded: { objectArn: 'arn:aws:s3:::manifests/manifest.csv', etag: '"abc"' },
  });
  assert.deepEqual(request, {
    ...validRequest,
    AccountId: '111122223333',
    ClientRequestToken: 'token',
    Manifest: { ...validRequest.Manifest, Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv', ETag: 'abc' } },
  });
});

test('a job becomes a file and the same job again', () => {
  const file = toJobFile({ JobId: 'id', Status: 'Complete', ...validRequest }, validRequest.Tags);
  const parsed = parseJobFile(formatJobFile(file));
  assert.deepEqual(parsed.findings, []);
  assert.deepEqual({ ...parsed.job }, { ...validRequest });
});

test('the tags of one run of a job are not those of the next', () => {
  const tags = [
    ...validRequest.Tags,
    { Key: chaosTag, Value: '7' },
    { Key: debugTag, Value: 'yes' },
    { Key: readThroughTag, Value: 'x' },
  ];
  assert.deepEqual(toJobFile({ JobId: 'id', Status: 'Complete', ...validRequest }, tags).Tags, validRequest.Tags);
});

test('any text at all is read without throwing, and every finding lies within it', () => {
  const json = textOf(jobValue);
  const broken = fc
    .tuple(fc.nat(json.length), fc.nat(20), fc.string({ maxLength: 6, unit: 'binary' }))
    .map(([start, length, text]) => json.slice(0, start) + text + json.slice(start + length));
  fc.assert(
    fc.property(fc.oneof(broken, fc.json(), fc.string({ unit: 'binary' })), (text) => {
      for (const { start, end } of parseJobFile(text).findings) assert.ok(0 <= start && start <= end && end <= text.length);
    }),
    { numRuns: 500 },
  );
});
