import type { OperationDefinition } from '../operations/operation.js';
import type { JobFile } from './jobFile.js';
import { reportFormat } from './requestShapes.js';

/** Names and numbers of the AWS documentation's own examples, for a person to replace. */
export const placeholder = {
  accountId: '111122223333',
  region: 'us-east-1',
  bucket: 'amzn-s3-demo-bucket',
  destination: 'amzn-s3-demo-destination-bucket',
  reports: 'amzn-s3-demo-reports',
  kmsKey: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
} as const;

/** Parameters that an operation can't do without, as an example; only what `defaults` of the catalogue doesn't say. */
const examples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  LambdaInvoke: { FunctionArn: `arn:aws:lambda:${placeholder.region}:${placeholder.accountId}:function:my-function` },
  S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${placeholder.destination}` },
  S3PutObjectTagging: { TagSet: [{ Key: 'key', Value: 'value' }] },
  S3PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2030-01-31T00:00:00Z' } },
  S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: placeholder.kmsKey } } },
};

/** The parameters of an operation with all that it needs: what is recommended, and examples where only a person can say. */
export function operationTemplate(definition: OperationDefinition): Readonly<Record<string, unknown>> {
  return { ...examples[definition.name], ...definition.defaults, ...examples[definition.name] };
}

/** A job with every member that it needs. It has no error: what remains is to put one's own names in. */
export function jobTemplate(definition: OperationDefinition, manifestFile = 'manifest.csv'): JobFile {
  const needsVersions = definition.name === 'S3ReplicateObject';
  return {
    Description: definition.label,
    Operation: { [definition.name]: operationTemplate(definition) },
    ManifestFile: manifestFile,
    Manifest: {
      Spec: {
        Format: 'S3BatchOperations_CSV_20180820',
        Fields: needsVersions ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key'],
      },
      Location: { ObjectArn: `arn:aws:s3:::${placeholder.bucket}/manifests/${manifestFile.split('/').at(-1) ?? 'manifest.csv'}` },
    },
    Report: {
      Enabled: true,
      Bucket: `arn:aws:s3:::${placeholder.reports}`,
      Prefix: 'completion-reports',
      Format: reportFormat,
      ReportScope: 'AllTasks',
      ...(definition.isReportNeeded ? { ExpectedBucketOwner: placeholder.accountId } : {}),
    },
    Priority: 10,
    RoleArn: `arn:aws:iam::${placeholder.accountId}:role/batch-operations`,
    ConfirmationRequired: true,
  };
}
