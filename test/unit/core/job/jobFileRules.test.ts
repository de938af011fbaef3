import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { applyFix, type JobFileFinding, parseJobFile } from '../../../../src/core/job/parseJobFile.js';
import { fixesOf, isRecord } from '../../../../src/core/operations/validateShape.js';
import { validRequest } from '../../../support/jobFixtures.js';

const { Tags: _, ...base } = validRequest;
const kmsKey = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const target = 'arn:aws:s3:::copies';
const directory = 'arn:aws:s3express:us-west-2:111122223333:bucket/base--usw2-az1--x-s3';
const inventory = { Format: 'S3InventoryReport_CSV_20161130' };
const location = validRequest.Manifest.Location;

function generated(generator: Record<string, unknown>): Record<string, unknown> {
  const inner = { SourceBucket: 'arn:aws:s3:::source', EnableManifestOutput: false, ...generator };
  return { Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator: inner } };
}

interface Rule {
  readonly code: string;
  /** What is changed of a job without a finding; undefined removes a member. */
  readonly job: Record<string, unknown>;
  /** The text that is marked. */
  readonly at: string;
  readonly severity?: JobFileFinding['severity'];
  /** Titles of the fixes, the preferred one first. */
  readonly fixes?: readonly string[];
}

const report = (changes: Record<string, unknown>): Record<string, unknown> => ({ Report: { ...base.Report, ...changes } });
const operation = (name: string, parameters: unknown): Record<string, unknown> => ({ Operation: { [name]: parameters } });
const manifest = (changes: Record<string, unknown>): Record<string, unknown> => ({ Manifest: { ...base.Manifest, ...changes } });
const change = (value: string): string => `Change to ${value}`;

const rules: readonly Rule[] = [
  {
    code: 'several-operations',
    job: { Operation: { ...base.Operation, S3DeleteObjectTagging: {} } },
    at: '"Operation"',
    fixes: ['Keep only LambdaInvoke', 'Keep only S3DeleteObjectTagging'],
  },
  { code: 'no-operation', job: { Operation: {} }, at: '"Operation"' },
  {
    code: 'manifest-and-generator',
    job: { ...generated({}), Manifest: base.Manifest },
    at: '"ManifestGenerator"',
    fixes: ['Remove ManifestGenerator', 'Remove Manifest'],
  },
  { code: 'no-manifest', job: { Manifest: undefined }, at: '{', fixes: ['Add a Manifest', 'Add a ManifestGenerator'] },
  {
    code: 'manifest-file-and-generator',
    job: { ...generated({}), ManifestFile: 'manifest.csv' },
    at: '"manifest.csv"',
    fixes: ['Remove ManifestFile', 'Remove ManifestGenerator'],
  },
  {
    code: 'manifest-file-inventory',
    job: { ManifestFile: 'manifest.csv', Manifest: { Spec: inventory, Location: { ObjectArn: location.ObjectArn } } },
    at: '"manifest.csv"',
    fixes: ['Change Manifest.Spec to a CSV file'],
  },
  {
    code: 'report-needs',
    job: report({ ReportScope: undefined }),
    at: '"Report"',
    fixes: ['Add ReportScope "AllTasks"', 'Write no report'],
  },
  {
    code: 'report-needs',
    job: report({ Bucket: undefined }),
    at: '"Report"',
    fixes: ['Add Bucket "arn:aws:s3:::amzn-s3-demo-reports"', 'Write no report'],
  },
  {
    code: 'object-arn-for-bucket',
    job: report({ Bucket: 'arn:aws:s3:::reports/2026' }),
    at: '"arn:aws:s3:::reports/2026"',
    fixes: [change('arn:aws:s3:::reports')],
  },
  {
    code: 'bucket-name-for-arn',
    job: report({ Bucket: 'reports' }),
    at: '"reports"',
    fixes: [change('arn:aws:s3:::reports')],
  },
  {
    code: 'not-a-bucket-arn',
    job: report({ Bucket: 'arn:aws:s3::reports' }),
    at: '"arn:aws:s3::reports"',
    fixes: [change('arn:aws:s3:::reports')],
  },
  {
    code: 'not-a-bucket-arn',
    job: report({ Bucket: 's3://reports/' }),
    at: '"s3://reports/"',
    fixes: [change('arn:aws:s3:::reports')],
  },
  { code: 'directory-bucket', job: report({ Bucket: directory }), at: `"${directory}"` },
  {
    code: 'object-arn-for-bucket',
    job: generated({ SourceBucket: 'arn:aws:s3:::source/*' }),
    at: '"arn:aws:s3:::source/*"',
    fixes: [change('arn:aws:s3:::source')],
  },
  { code: 'directory-bucket', job: generated({ SourceBucket: directory }), at: `"${directory}"` },
  {
    code: 'bucket-name-for-arn',
    job: generated({
      EnableManifestOutput: true,
      ManifestOutputLocation: { Bucket: 'lists', ManifestFormat: 'S3InventoryReport_CSV_20211130' },
    }),
    at: '"lists"',
    fixes: [change('arn:aws:s3:::lists')],
  },
  {
    code: 'not-an-object-arn',
    job: manifest({ Location: { ...location, ObjectArn: 'arn:aws:s3::manifests/m.csv' } }),
    at: '"arn:aws:s3::manifests/m.csv"',
    fixes: [change('arn:aws:s3:::manifests/m.csv')],
  },
  {
    code: 'not-an-object-arn',
    job: manifest({ Location: { ...location, ObjectArn: 'arn:aws:s3:::manifests' } }),
    at: '"arn:aws:s3:::manifests"',
  },
  {
    code: 'role-name-for-arn',
    job: { RoleArn: 'batch' },
    at: '"batch"',
    fixes: [change('arn:aws:iam::111122223333:role/batch')],
  },
  {
    code: 'role-arn-colons',
    job: { RoleArn: 'arn:aws:iam:111122223333:role/batch' },
    at: '"arn:aws:iam:111122223333:role/batch"',
    fixes: [change('arn:aws:iam::111122223333:role/batch')],
  },
  {
    code: 'not-a-role-arn',
    job: { RoleArn: 'arn:aws:sts::111122223333:assumed-role/batch/me' },
    at: '"arn:aws:sts::111122223333:assumed-role/batch/me"',
    fixes: [change('arn:aws:iam::111122223333:role/batch')],
  },
  { code: 'not-a-role-arn', job: { RoleArn: 'arn:aws:iam::111122223333:user/me' }, at: '"arn:aws:iam::111122223333:user/me"' },
  {
    code: 'function-name-for-arn',
    severity: 'warning',
    job: operation('LambdaInvoke', { FunctionArn: 'rename' }),
    at: '"rename"',
    fixes: [change('arn:aws:lambda:us-east-1:111122223333:function:rename')],
  },
  {
    code: 'function-arn-parts',
    job: operation('LambdaInvoke', { FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:rename:live' }),
    at: '"arn:aws:lambda:eu-west-1:111122223333:rename:live"',
    fixes: [change('arn:aws:lambda:eu-west-1:111122223333:function:rename:live')],
  },
  { code: 'function-missing', job: operation('LambdaInvoke', {}), at: '"LambdaInvoke"', fixes: ['Add FunctionArn'] },
  {
    code: 'user-arguments-need-schema-2',
    job: operation('LambdaInvoke', { ...base.Operation.LambdaInvoke, InvocationSchemaVersion: '1.0' }),
    at: '"UserArguments"',
    fixes: ['Set InvocationSchemaVersion to "2.0"', 'Remove UserArguments'],
  },
  {
    code: 'unknown-schema-version',
    severity: 'warning',
    job: operation('LambdaInvoke', { ...base.Operation.LambdaInvoke, InvocationSchemaVersion: '3.0', UserArguments: undefined }),
    at: '"3.0"',
    fixes: [change('"2.0"')],
  },
  {
    code: 'not-in-directory-buckets',
    job: operation('S3PutObjectCopy', { TargetResource: directory, NewObjectTagging: [], StorageClass: 'STANDARD' }),
    at: '"STANDARD"',
    fixes: ['Remove StorageClass'],
  },
  {
    code: 'tags-in-directory-bucket',
    severity: 'warning',
    job: operation('S3PutObjectCopy', { TargetResource: directory }),
    at: '"S3PutObjectCopy"',
    fixes: ['Set NewObjectTagging to []'],
  },
  {
    code: 'prefix-trailing-slash',
    severity: 'warning',
    job: report({ Prefix: 'done//' }),
    at: '"done//"',
    fixes: ['Remove the slash'],
  },
  {
    code: 'tag-set-empty',
    severity: 'warning',
    job: operation('S3PutObjectTagging', { TagSet: [] }),
    at: '"TagSet"',
    fixes: ['Change to S3DeleteObjectTagging'],
  },
  { code: 'tag-set-missing', job: operation('S3PutObjectTagging', {}), at: '"S3PutObjectTagging"', fixes: ['Add TagSet'] },
  {
    code: 'tags-are-replaced',
    severity: 'information',
    job: operation('S3PutObjectTagging', { TagSet: [{ Key: 'a', Value: 'b' }] }),
    at: '"S3PutObjectTagging"',
  },
  {
    code: 'restore-zero-days',
    job: operation('S3InitiateRestoreObject', { ExpirationInDays: 0, GlacierJobTier: 'BULK' }),
    at: '0',
    fixes: ['Change to 1', 'Remove ExpirationInDays'],
  },
  {
    code: 'restore-without-days',
    severity: 'warning',
    job: operation('S3InitiateRestoreObject', { GlacierJobTier: 'BULK' }),
    at: '"S3InitiateRestoreObject"',
    fixes: ['Add ExpirationInDays: 1'],
  },
  {
    code: 'restore-days-and-tiering',
    severity: 'information',
    job: operation('S3InitiateRestoreObject', { ExpirationInDays: 2, GlacierJobTier: 'BULK' }),
    at: '"S3InitiateRestoreObject"',
  },
  {
    code: 'restore-expedited',
    job: operation('S3InitiateRestoreObject', { ExpirationInDays: 1, GlacierJobTier: 'EXPEDITED' }),
    at: '"EXPEDITED"',
    fixes: [change('"STANDARD"')],
  },
  { code: 'target-missing', job: operation('S3PutObjectCopy', {}), at: '"S3PutObjectCopy"', fixes: ['Add TargetResource'] },
  {
    code: 'kms-key-needs-algorithm',
    job: operation('S3PutObjectCopy', { TargetResource: target, SSEAwsKmsKeyId: kmsKey }),
    at: `"${kmsKey}"`,
    fixes: ['Set NewObjectMetadata.SSEAlgorithm to "KMS"'],
  },
  {
    code: 'sse-algorithm-name',
    job: operation('S3PutObjectCopy', { TargetResource: target, NewObjectMetadata: { SSEAlgorithm: 'aws:kms' } }),
    at: '"aws:kms"',
    fixes: [change('"KMS"')],
  },
  {
    code: 'copy-onto-itself',
    severity: 'warning',
    job: { ...generated({ SourceBucket: target }), ...operation('S3PutObjectCopy', { TargetResource: target }) },
    at: `"${target}"`,
  },
  {
    code: 'checksum-pair',
    job: {
      ...operation('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }),
      ...report({ ExpectedBucketOwner: '111122223333' }),
    },
    at: '"COMPOSITE"',
    fixes: [change('"FULL_OBJECT"')],
  },
  {
    code: 'checksum-algorithm-omitted',
    severity: 'warning',
    job: { ...operation('S3ComputeObjectChecksum', {}), ...report({ ExpectedBucketOwner: '111122223333' }) },
    at: '"S3ComputeObjectChecksum"',
    fixes: ['Add ChecksumAlgorithm "CRC64NVME"'],
  },
  {
    code: 'report-needs',
    job: operation('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }),
    at: '"Report"',
    fixes: ['Add ExpectedBucketOwner "111122223333"'],
  },
  {
    code: 'report-needed',
    job: { ...operation('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }), Report: { Enabled: false } },
    at: 'false',
    fixes: ['Enable the report'],
  },
  {
    code: 'report-scope-loses-results',
    severity: 'warning',
    job: {
      ...operation('S3ComputeObjectChecksum', { ChecksumAlgorithm: 'MD5' }),
      ...report({ ExpectedBucketOwner: '111122223333', ReportScope: 'FailedTasksOnly' }),
    },
    at: '"FailedTasksOnly"',
    fixes: [change('"AllTasks"')],
  },
  {
    code: 'object-lock-needed',
    severity: 'information',
    job: operation('S3PutObjectLegalHold', { LegalHold: { Status: 'ON' } }),
    at: '"S3PutObjectLegalHold"',
  },
  {
    code: 'target-needs-object-lock',
    severity: 'information',
    job: operation('S3PutObjectCopy', { TargetResource: target, ObjectLockLegalHoldStatus: 'ON' }),
    at: '"S3PutObjectCopy"',
  },
  {
    code: 'retention-half',
    job: operation('S3PutObjectRetention', { Retention: { RetainUntilDate: '2030-01-01' } }),
    at: '"2030-01-01"',
    fixes: ['Add Mode "GOVERNANCE"'],
  },
  {
    code: 'retention-removal-needs-bypass',
    job: operation('S3PutObjectRetention', { Retention: {} }),
    at: '"Retention"',
    fixes: ['Set BypassGovernanceRetention to true'],
  },
  {
    code: 'confirmation-omitted',
    severity: 'warning',
    job: { ConfirmationRequired: undefined },
    at: '{',
    fixes: ['Add ConfirmationRequired: true', 'Add ConfirmationRequired: false'],
  },
  {
    code: 'generated-manifest-format',
    job: manifest({ Spec: { Format: 'S3InventoryReport_CSV_20211130' } }),
    at: '"S3InventoryReport_CSV_20211130"',
    fixes: ['Change to S3InventoryReport_CSV_20161130'],
  },
  {
    code: 'fields-missing',
    job: manifest({ Spec: { Format: 'S3BatchOperations_CSV_20180820' } }),
    at: '"Spec"',
    fixes: ['Add Fields ["Bucket", "Key"]'],
  },
  {
    code: 'fields-with-inventory',
    job: manifest({ Spec: { ...inventory, Fields: ['Bucket'] } }),
    at: '"Fields"',
    fixes: ['Remove Fields'],
  },
  {
    code: 'field-missing',
    job: manifest({ Spec: { ...base.Manifest.Spec, Fields: ['Ignore', 'Key'] } }),
    at: '"Fields"',
    fixes: ['Change Ignore to Bucket'],
  },
  {
    code: 'manifest-output-location-missing',
    job: generated({ EnableManifestOutput: true }),
    at: '"S3JobManifestGenerator"',
    fixes: ['Add ManifestOutputLocation', 'Use the list without storing it'],
  },
  {
    code: 'not-one-name',
    job: generated({ Filter: { KeyNameConstraint: { MatchAnyPrefix: ['a', 'b'] } } }),
    at: '"MatchAnyPrefix"',
    fixes: ['Keep only "a"'],
  },
  {
    code: 'replication-filter',
    severity: 'warning',
    job: generated({ Filter: { EligibleForReplication: true } }),
    at: 'true',
    fixes: ['Remove EligibleForReplication'],
  },
  {
    code: 'replicate-without-versions',
    severity: 'warning',
    job: operation('S3ReplicateObject', {}),
    at: '"Fields"',
    fixes: ['Add the column VersionId'],
  },
  {
    code: 'acl-twice',
    job: operation('S3PutObjectAcl', {
      AccessControlPolicy: { CannedAccessControlList: 'private', AccessControlList: { Owner: { ID: 'a' } } },
    }),
    at: '"AccessControlPolicy"',
    fixes: ['Remove AccessControlList', 'Remove CannedAccessControlList'],
  },
  {
    code: 'encryption-missing',
    job: operation('S3UpdateObjectEncryption', { ObjectEncryption: {} }),
    at: '"ObjectEncryption"',
    fixes: ['Add ObjectEncryption.SSEKMS'],
  },
];

function withoutUndefined(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, withoutUndefined(member)]])),
  );
}

for (const [index, { code, job, at, severity = 'error', fixes = [] }] of rules.entries()) {
  test(`${index + 1}. ${code}: its place, and every fix mends it without breaking anything else`, () => {
    const text = `// comment\n${JSON.stringify(withoutUndefined({ ...base, ...job } as unknown as JobFile), undefined, 2)}\n`;
    const { findings } = parseJobFile(text);
    const found = findings.filter((finding) => finding.code === code);
    const [finding] = found;
    assert.ok(finding !== undefined && found.length === 1, `found: ${findings.map((item) => item.code).join(', ')}`);
    assert.equal(text.slice(finding.start, finding.end), at);
    assert.equal(finding.severity, severity);
    assert.match(finding.message, /[.?…]$/);
    assert.deepEqual(
      fixesOf(finding).map(({ title }) => title),
      fixes,
    );

    const errorsBefore = new Set(findings.filter((item) => item.severity === 'error').map((item) => item.code));
    for (const fix of fixesOf(finding)) {
      const mended = applyFix(text, fix);
      const after = parseJobFile(mended);
      assert.ok(!after.findings.some((item) => item.code === code && item.message === finding.message), fix.title);
      assert.ok(mended.startsWith('// comment\n'), fix.title);
      // Mending one thing may uncover what it hid (a generator has a bucket of its own to check), but breaks no JSON.
      assert.ok(!after.findings.some((item) => item.code === 'bad-json'), fix.title);
      const fresh = after.findings.filter((item) => item.severity === 'error' && !errorsBefore.has(item.code));
      assert.deepEqual(
        fresh.map((item) => `${fix.title}: ${item.message}`),
        [],
      );
    }
  });
}
