import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateCreateJobRequest } from '../../../../src/core/job/validateRequest.js';
import { validRequest, withMember } from '../../../support/jobFixtures.js';

function found(request: unknown, filledIn?: readonly string[]): string[] {
  return validateCreateJobRequest(request, filledIn === undefined ? {} : { filledIn }).map(
    (finding) => `${finding.severity} ${finding.code} ${finding.path.join('/')}`,
  );
}

function messageOf(request: unknown, code: string): string {
  return validateCreateJobRequest(request).find((finding) => finding.code === code)?.message ?? 'no such finding';
}

test('a complete request has no finding', () => {
  assert.deepEqual(found(validRequest), []);
  assert.deepEqual(found({ ...validRequest, AccountId: '111122223333', ClientRequestToken: 'token' }, []), []);
});

test('what is filled in at submit may be missing, and only that', () => {
  assert.deepEqual(found(validRequest, []), ['error required ', 'error required ']);
  const withoutEtag = withMember(validRequest, ['Manifest', 'Location', 'ETag'], undefined);
  assert.deepEqual(found(withoutEtag), ['error required Manifest/Location']);
  assert.deepEqual(found(withoutEtag, ['AccountId', 'ClientRequestToken', 'Manifest.Location.ETag']), []);
});

const cases: readonly { name: string; path: (string | number)[]; value: unknown; expected: string[] }[] = [
  { name: 'no operation', path: ['Operation'], value: {}, expected: ['error no-operation Operation'] },
  {
    name: 'unknown operation',
    path: ['Operation'],
    value: { LambdaInvokeFunction: {} },
    expected: ['error unknown-member Operation/LambdaInvokeFunction'],
  },
  {
    name: 'neither manifest nor generator',
    path: ['Manifest'],
    value: undefined,
    expected: ['error no-manifest '],
  },
  {
    name: 'both manifest and generator',
    path: ['ManifestGenerator'],
    value: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::source', EnableManifestOutput: false } },
    expected: ['error manifest-and-generator ManifestGenerator'],
  },
  {
    name: 'report without bucket',
    path: ['Report', 'Bucket'],
    value: undefined,
    expected: ['error report-needs Report'],
  },
  { name: 'no report at all is fine', path: ['Report'], value: { Enabled: false }, expected: [] },
  {
    name: 'object ARN for the report bucket',
    path: ['Report', 'Bucket'],
    value: 'arn:aws:s3:::reports/folder',
    expected: ['error object-arn-for-bucket Report/Bucket'],
  },
  {
    name: 'bucket name for the report bucket',
    path: ['Report', 'Bucket'],
    value: 'reports',
    expected: ['error bucket-name-for-arn Report/Bucket'],
  },
  {
    name: 'two colons',
    path: ['Report', 'Bucket'],
    value: 'arn:aws:s3::reports',
    expected: ['error not-a-bucket-arn Report/Bucket'],
  },
  {
    name: 'bucket ARN for the manifest',
    path: ['Manifest', 'Location', 'ObjectArn'],
    value: 'arn:aws:s3:::manifests',
    expected: ['error not-an-object-arn Manifest/Location/ObjectArn'],
  },
  {
    name: 'prefix with a slash at the end',
    path: ['Report', 'Prefix'],
    value: 'completion/',
    expected: ['warning prefix-trailing-slash Report/Prefix'],
  },
  {
    name: 'confirmation left out',
    path: ['ConfirmationRequired'],
    value: undefined,
    expected: ['warning confirmation-omitted '],
  },
  {
    name: "the generator's format",
    path: ['Manifest', 'Spec', 'Format'],
    value: 'S3InventoryReport_CSV_20211130',
    expected: ['error generated-manifest-format Manifest/Spec/Format'],
  },
  {
    name: 'fields with an inventory',
    path: ['Manifest', 'Spec', 'Format'],
    value: 'S3InventoryReport_CSV_20161130',
    expected: ['error fields-with-inventory Manifest/Spec/Fields'],
  },
  {
    name: 'fields without Key',
    path: ['Manifest', 'Spec', 'Fields'],
    value: ['Bucket', 'Ignore'],
    expected: ['error field-missing Manifest/Spec/Fields'],
  },
  {
    name: 'Bucket twice',
    path: ['Manifest', 'Spec', 'Fields'],
    value: ['Bucket', 'Bucket', 'Key', 'Ignore', 'Ignore'],
    expected: ['error field-repeated Manifest/Spec/Fields'],
  },
  { name: 'role name', path: ['RoleArn'], value: 'batch-operations', expected: ['error role-name-for-arn RoleArn'] },
  {
    name: 'assumed role',
    path: ['RoleArn'],
    value: 'arn:aws:sts::111122223333:assumed-role/x/y',
    expected: ['error not-a-role-arn RoleArn'],
  },
  {
    name: 'something after a role ARN is a role too',
    path: ['RoleArn'],
    value: 'arn:aws:iam::111122223333:role/a/b',
    expected: [],
  },
  {
    name: 'a role ARN inside other text',
    path: ['RoleArn'],
    value: 'x arn:aws:iam::111122223333:role/a',
    expected: ['error pattern RoleArn'],
  },
  { name: 'empty description', path: ['Description'], value: '', expected: ['error too-short Description'] },
  { name: 'long description', path: ['Description'], value: 'x'.repeat(257), expected: ['error too-long Description'] },
  { name: 'a description of 256 characters outside the BMP', path: ['Description'], value: '𝒳'.repeat(256), expected: [] },
  { name: 'priority as text', path: ['Priority'], value: '10', expected: ['error wrong-type Priority'] },
  { name: 'priority too high', path: ['Priority'], value: 2 ** 31, expected: ['error out-of-range Priority'] },
  { name: 'priority 0', path: ['Priority'], value: 0, expected: [] },
  { name: 'priority 1.5', path: ['Priority'], value: 1.5, expected: ['error wrong-type Priority'] },
  { name: 'null is a wrong type', path: ['Priority'], value: null, expected: ['error wrong-type Priority'] },
  { name: 'no priority', path: ['Priority'], value: undefined, expected: ['error required '] },
  {
    name: 'user arguments with schema 1.0',
    path: ['Operation', 'LambdaInvoke', 'InvocationSchemaVersion'],
    value: '1.0',
    expected: ['error user-arguments-need-schema-2 Operation/LambdaInvoke/UserArguments'],
  },
  {
    name: 'user arguments with no schema, which is 1.0',
    path: ['Operation', 'LambdaInvoke', 'InvocationSchemaVersion'],
    value: undefined,
    expected: ['error user-arguments-need-schema-2 Operation/LambdaInvoke/UserArguments'],
  },
  {
    name: 'no user argument',
    path: ['Operation', 'LambdaInvoke', 'UserArguments'],
    value: {},
    expected: ['error too-few Operation/LambdaInvoke/UserArguments'],
  },
  {
    name: 'eleven user arguments',
    path: ['Operation', 'LambdaInvoke', 'UserArguments'],
    value: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, ''])),
    expected: ['error too-many Operation/LambdaInvoke/UserArguments'],
  },
  {
    name: 'user argument limits',
    path: ['Operation', 'LambdaInvoke', 'UserArguments'],
    value: { ['k'.repeat(65)]: 'v'.repeat(1025), ['k'.repeat(64)]: 'v'.repeat(1024) },
    expected: [
      `error name-too-long Operation/LambdaInvoke/UserArguments/${'k'.repeat(65)}`,
      `error too-long Operation/LambdaInvoke/UserArguments/${'k'.repeat(65)}`,
    ],
  },
  {
    name: 'no function',
    path: ['Operation', 'LambdaInvoke'],
    value: {},
    expected: ['error function-missing Operation/LambdaInvoke'],
  },
  {
    name: 'an unknown member',
    path: ['RoleARN'],
    value: 'x',
    expected: ['error unknown-member RoleARN'],
  },
  {
    name: 'tags twice',
    path: ['Tags', 1],
    value: { Key: 'team', Value: '' },
    expected: ['error duplicate-tag Tags/1/Key'],
  },
  {
    name: 'reserved tag',
    path: ['Tags', 0, 'Key'],
    value: 'aws:team',
    expected: ['error reserved-tag Tags/0/Key'],
  },
  { name: 'tag with a bad character', path: ['Tags', 0, 'Value'], value: 'a*b', expected: ['error pattern Tags/0/Value'] },
  { name: 'tag in any script', path: ['Tags', 0, 'Value'], value: 'Größe 長 ١', expected: [] },
  {
    name: '51 tags',
    path: ['Tags'],
    value: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })),
    expected: ['error too-many-tags Tags'],
  },
  {
    name: 'an account id of 11 digits',
    path: ['Report', 'ExpectedBucketOwner'],
    value: '11112222333',
    expected: ['error pattern Report/ExpectedBucketOwner'],
  },
  {
    name: 'a quoted ETag',
    path: ['Manifest', 'Location', 'ETag'],
    value: '"abc"',
    expected: ['warning quoted-etag Manifest/Location/ETag'],
  },
  { name: '__proto__ is unknown', path: ['constructor'], value: {}, expected: ['error unknown-member constructor'] },
];

for (const { name, path, value, expected } of cases) {
  test(name, () => assert.deepEqual(found(withMember(validRequest, path, value)), expected));
}

test('two operations', () => {
  const request = { ...validRequest, Operation: { LambdaInvoke: validRequest.Operation.LambdaInvoke, Other: {} } };
  assert.deepEqual(found(request), ['error unknown-member Operation/Other', 'error several-operations Operation']);
});

test('something that is no request at all', () => {
  for (const value of [null, 1, 'x', [], undefined]) assert.deepEqual(found(value), ['error wrong-type ']);
});

test('messages say what to write', () => {
  assert.match(
    messageOf({ ...validRequest, RoleArn: 'my-role' }, 'role-name-for-arn'),
    /Write arn:aws:iam::111122223333:role\/my-role/,
  );
  assert.match(
    messageOf(withMember(validRequest, ['Report', 'Bucket'], 's3://reports/'), 'not-a-bucket-arn'),
    /not an s3:\/\/ address\. Write arn:aws:s3:::reports\./,
  );
  assert.match(
    messageOf(withMember(validRequest, ['Report', 'ReportScope'], 'Alltasks'), 'not-in-enum'),
    /must be one of AllTasks, FailedTasksOnly, but is "Alltasks"/,
  );
  assert.match(messageOf({ ...validRequest, RoleARN: 'x' }, 'unknown-member'), /Did you mean RoleArn\?/);
});

test('fixes, applied, leave nothing to fix', () => {
  const request = withMember(
    withMember(withMember(validRequest, ['Report', 'Prefix'], 'a//'), ['Manifest', 'Location', 'ETag'], '"abc"'),
    ['Report', 'Bucket'],
    'arn:aws:s3::reports',
  );
  let mended = request;
  for (const finding of validateCreateJobRequest(request)) {
    for (const change of finding.fix?.changes ?? []) mended = withMember(mended, change.path, change.value);
  }
  assert.deepEqual(found(mended), []);
});
