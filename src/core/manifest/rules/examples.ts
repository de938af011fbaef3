import type { RuleId } from './rule.js';

/** Rows with the problem, and how they should be. For the documentation; a test holds both to what the rule says of them. */
export interface RuleExample {
  readonly wrong: string;
  readonly right: string;
}

export const ruleExamples: Readonly<Record<RuleId, RuleExample>> = {
  'empty-manifest': { wrong: '', right: 'my-bucket,a.csv' },
  'byte-order-mark': { wrong: '\uFEFFmy-bucket,a.csv', right: 'my-bucket,a.csv' },
  // An editor shows U+FFFD for bytes that are not UTF-8.
  'not-utf8': { wrong: 'my-bucket,caf\uFFFD.csv', right: 'my-bucket,caf%C3%A9.csv' },
  'header-row': { wrong: 'Bucket,Key\nmy-bucket,a.csv', right: 'my-bucket,a.csv' },
  'blank-line': { wrong: 'my-bucket,a.csv\n\nmy-bucket,b.csv', right: 'my-bucket,a.csv\nmy-bucket,b.csv' },
  'column-count': { wrong: 'my-bucket,a.csv\nmy-bucket,b,c.csv', right: 'my-bucket,a.csv\nmy-bucket,b%2Cc.csv' },
  'extra-columns': { wrong: 'my-bucket,a.csv,null,1024', right: 'my-bucket,a.csv,null' },
  'unclosed-quote': { wrong: 'my-bucket,"a.csv', right: 'my-bucket,a.csv' },
  'line-break-in-field': { wrong: 'my-bucket,"a\nb.csv"', right: 'my-bucket,a%0Ab.csv' },
  'surrounding-space': { wrong: 'my-bucket, a.csv', right: 'my-bucket,a.csv' },
  's3-uri': { wrong: 's3://my-bucket/a.csv', right: 'my-bucket,a.csv' },
  'bucket-name': { wrong: 'my bucket,a.csv', right: 'my-bucket,a.csv' },
  'empty-key': { wrong: 'my-bucket,', right: 'my-bucket,a.csv' },
  'unencoded-key': { wrong: 'my-bucket,Annual report=2023.csv', right: 'my-bucket,Annual%20report%3D2023.csv' },
  'plus-in-key': { wrong: 'my-bucket,a+b.csv', right: 'my-bucket,a%2Bb.csv' },
  'bad-escape': { wrong: 'my-bucket,50%.csv', right: 'my-bucket,50%25.csv' },
  'escape-not-utf8': { wrong: 'my-bucket,caf%E9.csv', right: 'my-bucket,caf%C3%A9.csv' },
  'double-encoded-key': { wrong: 'my-bucket,a%2520b.csv', right: 'my-bucket,a%20b.csv' },
  'key-too-long': { wrong: `my-bucket,${'a'.repeat(1025)}`, right: `my-bucket,${'a'.repeat(1024)}` },
  'leading-slash': { wrong: 'my-bucket,/a.csv', right: 'my-bucket,a.csv' },
  'missing-version-id': { wrong: 'my-bucket,a.csv,', right: 'my-bucket,a.csv,null' },
  'mixed-buckets': { wrong: 'my-bucket,a.csv\nother-bucket,b.csv', right: 'my-bucket,a.csv\nmy-bucket,b.csv' },
  'duplicate-row': { wrong: 'my-bucket,a/b.csv\nmy-bucket,a%2Fb.csv', right: 'my-bucket,a/b.csv' },
};
