import fc from 'fast-check';
import type { JobFacts } from '../../src/core/iam/jobFacts.js';
import type { JobFile } from '../../src/core/job/jobFile.js';
import type { Call } from './policyEvaluator.js';

/** A job, what is known besides, and every call that its role makes, as the facts of the service say and not as the product computes. */
export interface PolicyJob {
  readonly job: JobFile;
  readonly facts: JobFacts;
  readonly calls: readonly Call[];
}

const account = '111122223333';
const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

interface OperationCase {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Actions on an object of the manifest, and when its row names a version. */
  readonly objects: readonly string[];
  readonly versions?: readonly string[];
  readonly buckets?: readonly string[];
  readonly generatorBuckets?: readonly string[];
  readonly more?: readonly Call[];
  /** With KMS-encrypted objects: actions on their key. */
  readonly objectKey?: readonly string[];
}

/** S3 User Guide, batch-ops-iam-role-policies and the pages of the operations. */
const operationCases: readonly OperationCase[] = [
  {
    name: 'LambdaInvoke',
    parameters: { FunctionArn: `arn:aws:lambda:us-east-1:${account}:function:f:live` },
    objects: [],
    more: [{ action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:us-east-1:${account}:function:f:live` }],
  },
  {
    name: 'LambdaInvoke',
    parameters: { FunctionArn: 'f' },
    objects: [],
    more: [{ action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:us-east-1:${account}:function:f` }],
  },
  {
    name: 'S3PutObjectCopy',
    parameters: { TargetResource: 'arn:aws:s3:::target', TargetKeyPrefix: 'copies', SSEAwsKmsKeyId: keyArn },
    objects: ['s3:GetObject', 's3:GetObjectAcl', 's3:GetObjectTagging'],
    versions: ['s3:GetObjectVersion', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    buckets: ['s3:ListBucket'],
    more: [
      ...['s3:PutObject', 's3:PutObjectAcl', 's3:PutObjectTagging'].map((action) => ({
        action,
        resource: 'arn:aws:s3:::target/copies/dir/key',
      })),
      { action: 'kms:GenerateDataKey', resource: keyArn },
      { action: 'kms:Decrypt', resource: keyArn },
    ],
    objectKey: ['kms:Decrypt'],
  },
  {
    name: 'S3PutObjectCopy',
    parameters: { TargetResource: `arn:aws:s3express:us-east-1:${account}:bucket/base--use1-az4--x-s3`, NewObjectTagging: [] },
    objects: ['s3:GetObject', 's3:GetObjectAcl', 's3:GetObjectTagging'],
    versions: ['s3:GetObjectVersion', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    buckets: ['s3:ListBucket'],
    more: [{ action: 's3express:CreateSession', resource: `arn:aws:s3express:us-east-1:${account}:bucket/base--use1-az4--x-s3` }],
    objectKey: ['kms:Decrypt'],
  },
  {
    name: 'S3PutObjectTagging',
    parameters: { TagSet: [{ Key: 'a', Value: 'b' }] },
    objects: ['s3:PutObjectTagging'],
    versions: ['s3:PutObjectVersionTagging'],
  },
  {
    name: 'S3DeleteObjectTagging',
    parameters: {},
    objects: ['s3:DeleteObjectTagging'],
    versions: ['s3:DeleteObjectVersionTagging'],
  },
  {
    name: 'S3PutObjectAcl',
    parameters: { AccessControlPolicy: { CannedAccessControlList: 'private' } },
    objects: ['s3:PutObjectAcl'],
    versions: ['s3:PutObjectVersionAcl'],
  },
  { name: 'S3InitiateRestoreObject', parameters: { ExpirationInDays: 1, GlacierJobTier: 'BULK' }, objects: ['s3:RestoreObject'] },
  {
    name: 'S3PutObjectRetention',
    parameters: { BypassGovernanceRetention: true, Retention: {} },
    objects: ['s3:PutObjectRetention', 's3:BypassGovernanceRetention'],
    buckets: ['s3:GetBucketObjectLockConfiguration'],
  },
  {
    name: 'S3PutObjectLegalHold',
    parameters: { LegalHold: { Status: 'ON' } },
    objects: ['s3:PutObjectLegalHold'],
    buckets: ['s3:GetBucketObjectLockConfiguration'],
  },
  {
    name: 'S3ReplicateObject',
    parameters: {},
    objects: ['s3:InitiateReplication'],
    generatorBuckets: ['s3:GetReplicationConfiguration'],
  },
  {
    name: 'S3ComputeObjectChecksum',
    parameters: { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' },
    objects: ['s3:GetObject', 's3:RestoreObject'],
    versions: ['s3:GetObjectVersion'],
    objectKey: ['kms:Decrypt'],
  },
  {
    name: 'S3UpdateObjectEncryption',
    parameters: { ObjectEncryption: { SSEKMS: { KMSKeyArn: keyArn } } },
    objects: ['s3:GetObject', 's3:PutObject', 's3:UpdateObjectEncryption'],
    versions: ['s3:GetObjectVersion'],
    more: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'].map((action) => ({
      action,
      resource: keyArn,
    })),
    objectKey: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  },
];

const bucketName = fc.constantFrom('data', 'logs', 'shared-bucket', 'manifests');
const objectsKey = `arn:aws:kms:us-east-1:${account}:key/99999999-12ab-34cd-56ef-1234567890ab`;

type Source =
  | { readonly kind: 'csv'; readonly hasVersions: boolean; readonly key: string; readonly bucket: string }
  | { readonly kind: 'inventory'; readonly isEncrypted: boolean }
  | {
      readonly kind: 'generator';
      readonly isStored: boolean;
      readonly prefix: string | undefined;
      readonly keyPrefix: string | undefined;
    };

const source: fc.Arbitrary<Source> = fc.oneof(
  fc.record({
    kind: fc.constant('csv' as const),
    hasVersions: fc.boolean(),
    key: fc.constantFrom('manifest.csv', 'lists/a*b.csv', 'lists/${x}?.csv', 'ü ä.csv'),
    bucket: bucketName,
  }),
  fc.record({ kind: fc.constant('inventory' as const), isEncrypted: fc.boolean() }),
  fc.record({
    kind: fc.constant('generator' as const),
    isStored: fc.boolean(),
    prefix: fc.constantFrom(undefined, 'generated', 'generated/'),
    keyPrefix: fc.constantFrom(undefined, 'in/', '$x'),
  }),
);

/** Jobs of every operation with every kind of list, with and without report, in buckets that may be the same. */
export const policyJobs: fc.Arbitrary<PolicyJob> = fc
  .record({
    operation: fc.constantFrom(...operationCases),
    source,
    buckets: fc.uniqueArray(bucketName, { minLength: 1, maxLength: 3 }),
    report: fc.option(fc.record({ bucket: bucketName, prefix: fc.constantFrom(undefined, 'r', 'r/') }), { nil: undefined }),
    isEncrypted: fc.boolean(),
  })
  .map(({ operation, source: from, buckets, report, isEncrypted }) => {
    const list = listOf(from, buckets);
    const hasVersions = from.kind !== 'csv' || from.hasVersions;
    const objects = [...operation.objects, ...(hasVersions ? (operation.versions ?? []) : [])];
    const key = from.kind === 'generator' ? `${from.keyPrefix ?? ''}dir/key*?` : 'dir/key*?';
    const calls: Call[] = [
      ...list.calls,
      ...list.buckets.flatMap((bucket) => [
        ...objects.map((action) => ({ action, resource: `arn:aws:s3:::${bucket}/${key}` })),
        ...(operation.buckets ?? []).map((action) => ({ action, resource: `arn:aws:s3:::${bucket}` })),
      ]),
      ...(from.kind === 'generator'
        ? ['s3:PutInventoryConfiguration', ...(operation.generatorBuckets ?? [])].map((action) => ({
            action,
            resource: `arn:aws:s3:::${list.buckets[0] ?? ''}`,
          }))
        : []),
      ...(operation.more ?? []),
      ...(isEncrypted ? (operation.objectKey ?? []).map((action) => ({ action, resource: objectsKey })) : []),
      ...(report === undefined
        ? []
        : [
            {
              action: 's3:PutObject',
              resource: `arn:aws:s3:::${report.bucket}/${report.prefix === undefined ? '' : `${report.prefix}/`}job-0123/results/a.csv`,
            },
          ]),
    ];
    const job: JobFile = {
      Operation: { [operation.name]: operation.parameters },
      ...list.members,
      Report:
        report === undefined
          ? { Enabled: false }
          : {
              Enabled: true,
              Bucket: `arn:aws:s3:::${report.bucket}`,
              Format: 'Report_CSV_20180820',
              ReportScope: 'AllTasks',
              ...(report.prefix === undefined ? {} : { Prefix: report.prefix }),
            },
      Priority: 1,
      RoleArn: `arn:aws:iam::${account}:role/jobs/batch-operations`,
      ConfirmationRequired: true,
    };
    const facts: JobFacts = {
      region: 'us-east-1',
      ...(from.kind === 'csv' ? { buckets } : {}),
      ...(from.kind === 'inventory' && from.isEncrypted ? { manifestKeys: [objectsKey] } : {}),
      ...(isEncrypted ? { objectKeys: [objectsKey] } : {}),
    };
    return { job, facts, calls };
  });

function listOf(
  from: Source,
  buckets: readonly string[],
): {
  readonly members: Pick<JobFile, 'Manifest' | 'ManifestGenerator'>;
  readonly calls: readonly Call[];
  readonly buckets: readonly string[];
} {
  const read = (resource: string): Call[] => ['s3:GetObject', 's3:GetObjectVersion'].map((action) => ({ action, resource }));
  if (from.kind === 'csv') {
    const arn = `arn:aws:s3:::${from.bucket}/${from.key}`;
    const fields = from.hasVersions ? (['Bucket', 'Key', 'VersionId'] as const) : (['Bucket', 'Key'] as const);
    return {
      members: {
        Manifest: {
          Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: fields },
          Location: { ObjectArn: arn, ETag: 'abc' },
        },
      },
      calls: read(arn),
      buckets,
    };
  }
  if (from.kind === 'inventory') {
    const folder = 'arn:aws:s3:::inventories/nightly/data/all';
    const arn = `${folder}/2026-11-01T01-00Z/manifest.json`;
    return {
      members: { Manifest: { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location: { ObjectArn: arn, ETag: 'abc' } } },
      calls: [
        ...read(arn),
        ...read(`${folder}/data/939c6d46-85a9.csv.gz`),
        ...(from.isEncrypted ? ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({ action, resource: objectsKey })) : []),
      ],
      buckets: ['data'],
    };
  }
  const bucket = buckets[0] ?? 'data';
  const stored = `arn:aws:s3:::lists/${from.prefix ?? ''}whatever/manifest.json`;
  return {
    members: {
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: `arn:aws:s3:::${bucket}`,
          EnableManifestOutput: from.isStored,
          ...(from.isStored
            ? {
                ManifestOutputLocation: {
                  Bucket: 'arn:aws:s3:::lists',
                  ManifestFormat: 'S3InventoryReport_CSV_20211130',
                  ...(from.prefix === undefined ? {} : { ManifestPrefix: from.prefix }),
                },
              }
            : {}),
          ...(from.keyPrefix === undefined ? {} : { Filter: { KeyNameConstraint: { MatchAnyPrefix: [from.keyPrefix] } } }),
        },
      },
    },
    calls: from.isStored ? [...read(stored), { action: 's3:PutObject', resource: stored }] : [],
    buckets: [bucket],
  };
}
