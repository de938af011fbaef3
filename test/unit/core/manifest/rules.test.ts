import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixAll } from '../../../../src/core/manifest/fixAll.js';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import type { LintOptions } from '../../../../src/core/manifest/lintOptions.js';
import type { Severity } from '../../../../src/core/manifest/problem.js';
import { allRules, dataRowRules } from '../../../../src/core/manifest/rules/allRules.js';
import { type RuleId, ruleIds } from '../../../../src/core/manifest/rules/rule.js';
import { applyEdits } from '../../../support/manifestText.js';

interface Case {
  /** The manifest, with `[[` and `]]` around the range of the one problem that the rule must report; without them: none. */
  readonly text: string;
  readonly severity?: Severity;
  /** Rules that report the same manifest too, in file order with this one. Left out: this rule alone reports anything. */
  readonly all?: readonly RuleId[];
  readonly options?: LintOptions;
  /** The text after each of the problem's fixes. */
  readonly fixes?: readonly string[];
}

const long = 'k'.repeat(1020);

const table: Readonly<Record<RuleId, readonly Case[]>> = {
  'empty-manifest': [
    { text: '[[]]' },
    { text: '[[]]\n', all: ['empty-manifest', 'blank-line'] },
    { text: '[[]] \n\t\n', all: ['empty-manifest', 'blank-line', 'blank-line'] },
    { text: 'test,a' },
  ],
  'byte-order-mark': [
    { text: '\uFEFF[[]]test,a\n' },
    { text: '[[]]test,a\n', options: { hasByteOrderMark: true } },
    { text: '\uFEFF[[]]', all: ['byte-order-mark', 'empty-manifest'] },
    { text: 'test,a\n' },
  ],
  'not-utf8': [
    { text: 'test,a[[\uFFFD]]b\uFFFD\n' },
    { text: 'te[[\uD800]]st,a b\n', all: ['not-utf8', 'unencoded-key'] },
    { text: 'test,a\ntest,c[[Ã]]© b\n', options: { foreignEncoding: 'windows1252' } },
    { text: 'test,a b\n', all: ['unencoded-key'], options: { foreignEncoding: 'windows1252' } },
    { text: '[[]]test,a\n', options: { foreignEncoding: 'utf16le' } },
    { text: '[[]]', options: { foreignEncoding: 'utf16be' }, all: ['not-utf8', 'empty-manifest'] },
    { text: 'test,a%EF%BF%BD\n' },
  ],
  'header-row': [
    { text: '[[bucket,key]]\ntest,a\n', fixes: ['test,a\n'] },
    { text: '[["Bucket Name", "Object_Key" ,version-id,Last Modified Date]]\ntest,a\n', fixes: ['test,a\n'] },
    { text: '[[KEY]]', fixes: [''] },
    { text: '\n[[S3_Bucket,s3key,ETag,IsLatest]]\ntest,a\n', all: ['blank-line', 'header-row'] },
    { text: 'test,a\nbucket,key\n', all: ['mixed-buckets'] },
    { text: 'bucket,keys\ntest,a\n', all: ['mixed-buckets'] },
  ],
  'blank-line': [
    { text: 'test,a\n[[]]\ntest,b\n', fixes: ['test,a\ntest,b\n'] },
    { text: 'test,a\n[[ \t]]\r\ntest,b\r\n', fixes: ['test,a\ntest,b\r\n'] },
    { text: 'test,a\n[[  ]]', fixes: ['test,a\n'] },
    { text: 'test,a\n' },
    { text: 'test,a\r\n' },
    { text: 'test,a\r' },
  ],
  'column-count': [
    { text: 'test,a\n[[test]]\n' },
    { text: 'test,a\ntest,b,[[c,d]]\n' },
    { text: 'test,a,v1\n[[test,b]]\n' },
    { text: '[[test]]' },
    { text: '[[# a list]]\ntest,a\n', all: ['column-count', 'bucket-name'] },
    { text: 'a,test,x\n[[a,test]]\n', options: { fields: ['Key', 'Bucket', 'Ignore'] } },
    { text: '[[test,a]]', options: { fields: ['Bucket', 'Key', 'VersionId'] } },
    { text: 'test,a,[[v1]]', options: { fields: ['Bucket', 'Key'] } },
    { text: '"test","a,b"\ntest,c\n', all: ['unencoded-key'] },
    { text: 'a\n', options: { fields: ['Key'] } },
  ],
  'extra-columns': [
    { text: 'test,a,null,[[2023,STANDARD]]\ntest,b,null,1,2\n', fixes: ['test,a,null,2023,STANDARD\ntest,b,null,1,2\n', ''] },
    { text: 'bucket,key,size,etag\ntest,a,5,[[x]]\n', all: ['header-row', 'extra-columns'] },
    { text: 'test,a,null,x', options: { fields: ['Bucket', 'Key', 'VersionId', 'Ignore'] } },
    { text: 'test,a,null' },
  ],
  'unclosed-quote': [
    { text: 'test,[["a]]\ntest,b c\n', all: ['unclosed-quote', 'unencoded-key'] },
    { text: 'test,"a"[[b]],v\n' },
    { text: 'test,a\ntest,[["a b,"" +]]' },
    { text: '"test","a"\n' },
  ],
  'line-break-in-field': [
    { text: 'test,[["a b\nc%"]]\ntest,b\n' },
    { text: 'test,a\r\n[["te\r\nst"]],b\r\ntest,b\r\n' },
    { text: ' test,[["a\r\rb"]] \n', all: ['surrounding-space', 'line-break-in-field'] },
  ],
  'surrounding-space': [
    { text: 'test,[[ ]]a\n', fixes: ['test,a\n'] },
    { text: '[[ \t]]test , a\t, null \n', fixes: ['test,a,null\n'] },
    { text: '"test[[ ]]"," a" \n', fixes: ['"test","a"\n'] },
    { text: 'test,[[ ]]"a"\n', fixes: ['test,"a"\n'] },
    { text: 'test,a,null,b,[[  ]]\n', all: ['extra-columns', 'surrounding-space'], fixes: ['test,a,null,b,\n'] },
    { text: 'test,a%20\n' },
  ],
  's3-uri': [
    { text: '[[s3://test/a/b c]]\n', all: ['column-count', 's3-uri'], fixes: ['test,a/b%20c\n'] },
    { text: '[[s3://test]],a\n', fixes: ['test,a\n'] },
    { text: '[[arn:aws:s3:::test]],a\n', fixes: ['test,a\n'] },
    { text: '[[s3://test/a]],\n', all: ['s3-uri', 'empty-key'], fixes: ['test,a\n'] },
    { text: '[[s3://test/p]],a\n', fixes: ['test,a\n', 'test,p/a\n'] },
    { text: 'test,[[s3://test/a=b]]\n', fixes: ['test,a%3Db\n'] },
    { text: 'test,"[[arn:aws-cn:s3:::other/a]]"\n', fixes: ['other,a\n'] },
    { text: 'test,s3/a\n' },
  ],
  'bucket-name': [
    { text: '[[]],a\n' },
    { text: '[[ab]],a\n' },
    { text: '[[-test]],a\n' },
    { text: '[[te..st]],a\n' },
    { text: '[[192.168.5.4]],a\n' },
    { text: '[[te st]],a\n' },
    { text: '"[[te""st]]",a\n' },
    { text: `[[${'b'.repeat(256)}]],a\n` },
    { text: '[[My_Bucket]],a\n', severity: 'warning' },
    { text: `[[${'b'.repeat(64)}]],a\n`, severity: 'warning' },
    { text: `${'b'.repeat(63)},a\n` },
    { text: 'a.b-c,a\n' },
    { text: 'base--usw2-az1--x-s3,a\n' },
  ],
  'empty-key': [
    { text: 'test,[[]]\n' },
    { text: 'test,"[[]]",null\n' },
    { text: 'test,  [[]]\n', all: ['surrounding-space', 'empty-key'] },
    { text: '[[]],test\n', options: { fields: ['Key', 'Bucket'] } },
  ],
  'unencoded-key': [
    { text: 'test,a[[ b=]]c%20d\n', fixes: ['test,a%20b%3Dc%20d\n'] },
    { text: 'test,a[[é]]b\n', fixes: ['test,a%C3%A9b\n'] },
    { text: 'test,[[😀]]\n', fixes: ['test,%F0%9F%98%80\n'] },
    { text: 'test,a[[\0]]\n', fixes: ['test,a%00\n'] },
    { text: 'test,a[["]]b\n', fixes: ['test,a%22b\n'] },
    { text: 'test,"a[[""b,]]c"\n', fixes: ['test,"a%22b%2Cc"\n'] },
    { text: 'test,[[\u00A0]]\n', fixes: ['test,%C2%A0\n'] },
    { text: 'test,a[[=]]1\n', severity: 'warning', fixes: ['test,a%3D1\n'] },
    { text: 'test,a[[<b>&]]c\n', severity: 'warning', fixes: ['test,a%3Cb%3E%26c\n'] },
    { text: `test,AZaz09-_.~/!'()*%25\n` },
  ],
  'plus-in-key': [
    { text: 'test,a[[+]]b+c\n', severity: 'warning', fixes: ['test,a%2Bb%2Bc\n', 'test,a%20b%20c\n'] },
    { text: 'test,a%2Bb\n' },
    { text: 'te+st,a\n', all: ['bucket-name'] },
  ],
  'bad-escape': [
    { text: 'test,100[[%]]\n', fixes: ['test,100%25\n'] },
    { text: 'test,[[%]]zz%4%41%%20\n', fixes: ['test,%25zz%254%41%25%20\n'] },
    { text: 'test,%e9%aA\n', all: ['escape-not-utf8'] },
  ],
  'escape-not-utf8': [
    { text: 'test,a[[%E9]]b%E9\n' },
    { text: 'test,%C3%A9[[%E2%82]]%41\n' },
    { text: 'test,[[%ED]]%A0%80\n' },
    { text: 'test,%F0%9F%98%80\n' },
  ],
  'double-encoded-key': [
    { text: 'test,a[[%2520]]b%2541\n', severity: 'warning', fixes: ['test,a%20b%41\n'] },
    { text: 'test,100%25%20\n' },
    { text: 'test,100%25zz\n' },
  ],
  'key-too-long': [
    { text: `test,[[${long}aaaaa]]\n` },
    { text: `test,[[${long}%C3%A9%C3%A9a]]\n` },
    { text: `test,[[${long}%C3%A9%C3%A9]]\n`, severity: 'warning' },
    { text: `test,${long}aaaa\n` },
    { text: `[[test,a,${'v'.repeat(1024 * 1024 - 7)}]]${'v'.repeat(1000)}\n` },
  ],
  'leading-slash': [
    { text: 'test,[[/]]a\n', severity: 'warning', fixes: ['test,a\n'] },
    { text: 'test,[[%2f]]a\n', severity: 'warning', fixes: ['test,a\n'] },
    { text: 'test,a/b/\n' },
  ],
  'missing-version-id': [
    { text: 'test,a,v1\ntest,b,[[]]\n', fixes: ['test,a,v1\ntest,b,null\n'] },
    { text: 'test,a,"[[]]"\n', fixes: ['test,a,"null"\n'] },
    { text: '[[]],test,a\n', options: { fields: ['VersionId', 'Bucket', 'Key'] }, fixes: ['null,test,a\n'] },
    { text: 'test,a,', options: { fields: ['Bucket', 'Key', 'Ignore'] } },
  ],
  'mixed-buckets': [
    { text: 'test,a\ntest,b\n[[other]],a\nother,b\ntest,c\n', severity: 'warning' },
    { text: 'test,a\n[[other]],a\n', options: { isOneBucketOnly: true }, severity: 'error' },
    { text: 'test,a\ns3://other,b\n', all: ['s3-uri'] },
  ],
  'duplicate-row': [
    { text: 'test,a\ntest,b\n[[test,a]]\n', severity: 'warning', fixes: ['test,a\ntest,b\n'] },
    { text: 'test,a%20b\n[["test",a%20%62]]', severity: 'warning', fixes: ['test,a%20b\n'] },
    { text: 'test,a+b\n[[test,a%20b]]\n', severity: 'warning', all: ['plus-in-key', 'duplicate-row'] },
    { text: 'test,a,v1\ntest,a,v2\n' },
    { text: 'test,a\ntest,A\n' },
    { text: 'test,a\ntest,a,x\n', all: ['column-count'] },
  ],
};

test('a row of one column says so when something else than a comma stands between columns', () => {
  const messageOf = (text: string): string | undefined =>
    lintManifest(text).problems.find(({ rule }) => rule === 'column-count')?.message;
  assert.match(
    messageOf('test;a b\n') ?? '',
    /it needs at least a bucket and a key\. Columns are separated by commas, not semicolons\.$/,
  );
  assert.match(messageOf('test\ta\n') ?? '', /not tabs\.$/);
  assert.match(messageOf('test\n') ?? '', /a bucket and a key\.$/);
  assert.match(messageOf('test,a,v\ntest,a;b\n') ?? '', /it needs 3\.$/);
});

for (const [id, cases] of Object.entries(table)) {
  describe(id, () => {
    for (const [index, item] of cases.entries()) {
      test(`${index}: ${JSON.stringify(item.text.slice(0, 60))}`, () => checkCase(id, item));
    }
  });
}

function checkCase(id: string, item: Case): void {
  const start = item.text.indexOf('[[');
  const text = item.text.replace('[[', '').replace(']]', '');
  const result = lintManifest(text, item.options);
  const expectedRules = item.all ?? (start < 0 ? [] : [id]);
  assert.deepEqual(
    result.problems.map((problem) => problem.rule),
    expectedRules,
  );
  const own = result.problems.filter((problem) => problem.rule === id);
  if (start < 0) {
    assert.equal(own.length, 0);
    return;
  }
  assert.equal(own.length, 1);
  const [problem] = own;
  assert.ok(problem !== undefined);
  assert.equal(problem.severity, item.severity ?? allRules.find((rule) => rule.id === id)?.severity);
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const marked = applyEdits(body, [
    { range: { ...problem.range, endLine: problem.range.line, endColumn: problem.range.column }, text: '[[' },
    { range: { ...problem.range, line: problem.range.endLine, column: problem.range.endColumn }, text: ']]' },
  ]);
  assert.equal(marked, item.text.replace('\uFEFF', ''));
  item.fixes?.forEach((expected, number) => {
    const fix = problem.fixes[number];
    assert.ok(fix !== undefined);
    if (fix.columns === undefined) assert.equal(applyEdits(body, fix.edits), expected);
  });
}

test('every rule has a table, is registered once and is documented', () => {
  assert.deepEqual(
    allRules.map((rule) => rule.id),
    [...ruleIds],
  );
  assert.deepEqual(Object.keys(table), [...ruleIds]);
  for (const rule of allRules) {
    assert.match(
      rule.docUrl,
      /^https:\/\/docs\.aws\.amazon\.com\/AmazonS3\/latest\/userguide\/[a-z0-9-]+\.html(?:#[a-z-]+)?$/,
      rule.id,
    );
    assert.match(rule.description, /\.$/, rule.id);
  }
  for (const rule of dataRowRules) assert.ok(allRules.includes(rule));
});

test('a rule says isFixedByFixAll exactly when fix all leaves none of its problems', () => {
  for (const rule of allRules) {
    for (const item of table[rule.id]) {
      const text = item.text.replace('[[', '').replace(']]', '');
      if (item.text === text || item.options?.hasByteOrderMark === true) continue;
      const left = lintManifest(fixAll(text, item.options).text, item.options).counts[rule.id] ?? 0;
      assert.equal(left === 0, rule.isFixedByFixAll, `${rule.id}: ${JSON.stringify(text.slice(0, 60))}`);
    }
  }
});

test('a raw character that nobody would see is named', () => {
  const told = (key: string): string | undefined => lintManifest(`test,a${key}\n`).problems[0]?.message;
  assert.equal(told('\u00A0'), 'Keys are URL-encoded: U+00A0 is written %C2%A0.');
  assert.equal(told('\u200B'), 'Keys are URL-encoded: U+200B is written %E2%80%8B.');
  assert.equal(told('\u0301'), 'Keys are URL-encoded: U+0301 is written %CC%81.');
  assert.equal(told('\u{E0020}'), 'Keys are URL-encoded: U+E0020 is written %F3%A0%80%A0.');
  assert.equal(told('é'), 'Keys are URL-encoded: é is written %C3%A9.');
});

test('a severity setting replaces the severity of all problems of the rule, off leaves them out', () => {
  const text = 'test,a=b\ntest,a b\n';
  const set = lintManifest(text, { severities: { 'unencoded-key': 'information' } });
  assert.deepEqual([set.errors, set.warnings, set.information], [0, 0, 2]);
  const off = lintManifest(text, { severities: { 'unencoded-key': 'off' } });
  assert.deepEqual([off.counts, off.problems], [{}, []]);
});
