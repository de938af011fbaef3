import fc from 'fast-check';

const keys = [
  'photos/2023/ab/IMG_1.jpg',
  'warehouse/events/year%3D2023/month%3D01/part-00000-0123abcd.c000.snappy.parquet',
  'uploads/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
  'documents/Annual%20Report%20%281%29.pdf',
  'docs/%C3%A5rs-%E2%82%AC-1-%F0%9F%98%80.txt',
  't/1',
  "a_b-c.d~e!f'g(h)i*j",
];
const badKeys = [
  'a b',
  'ä/ö',
  'a+b',
  'a%20b',
  'a=b&c',
  'x%2',
  'x%zz',
  '%E2%82',
  '%C3%28',
  '%2525',
  '%252',
  '/a',
  '%2Fa',
  '%2fa',
  '%41',
  'A',
  '%5a',
  '',
  ' a',
  'a ',
  's3://b/k',
  'arn:aws:s3:::b/k',
  'ab:c',
  'a\tb',
  'a\u007Fb',
  'a\0b',
  'x'.repeat(1030),
  '%20'.repeat(342),
];
const versions = ['null', 'GVn_0.abcDEF-ghijklmnopqrstuvwxyz', '0123456789012345678901234567890a', '', 'a b', 'v1'];

/** Rows as tools write them, nearly all fine, with some mistakes among them: what the fast lint takes in blocks. */
export const anyLargerManifest: fc.Arbitrary<string> = fc
  .record({
    hasVersion: fc.boolean(),
    isQuoted: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    mark: fc.constantFrom('', '', '', '\uFEFF'),
    header: fc.constantFrom('', '', '', 'bucket,key\n', '\n'),
    isLastEnded: fc.boolean(),
    buckets: fc.uniqueArray(
      fc.constantFrom('acme-data-lake-prod-euw1', 'abc', 'other.bucket', 'Legacy_Bucket', 'x'.repeat(63), '1.2.3.4'),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    rows: fc.array(
      fc.record({
        bucket: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 2),
        key: fc.oneof(
          { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...keys), fc.nat(40)).map(([key, number]) => `${key}${number}`) },
          { weight: 1, arbitrary: fc.constantFrom(...badKeys) },
        ),
        version: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4, 5),
        oddity: fc.oneof({ weight: 40, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...oddities()) }),
      }),
      { maxLength: 120 },
    ),
  })
  .map(({ hasVersion, isQuoted, lineEnd, mark, header, isLastEnded, buckets, rows }) => {
    const lines = rows.map(({ bucket, key, version, oddity }) => {
      const fields = [buckets[bucket % buckets.length] ?? 'b', key, ...(hasVersion ? [versions[version] ?? ''] : [])];
      const line = fields.map((field) => (isQuoted ? `"${field}"` : field)).join(',');
      return oddity === '' ? line : oddity.replace('ROW', line);
    });
    return mark + header + lines.join(lineEnd) + (isLastEnded ? lineEnd : '');
  });

function oddities(): string[] {
  return [
    'ROW,more',
    'alone',
    '\n',
    '  ',
    'ROW\r',
    'ROW\rROW',
    '"abc","k"',
    'abc,"k',
    'abc,"k\nl"',
    'abc,"k\nl"\n\n',
    'ROW"',
    '""',
    'abc,k',
  ];
}
