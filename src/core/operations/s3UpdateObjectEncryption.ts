import { booleanOf, kmsKeyArnOf } from './commonShapes.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import { type Finding, isRecord } from './validateShape.js';

/** Source: S3 User Guide, batch-ops-update-encryption; API Reference, S3UpdateObjectEncryptionOperation. */
export const s3UpdateObjectEncryption: OperationDefinition = {
  name: 'S3UpdateObjectEncryption',
  label: 'Update object encryption',
  doc: 'Changes the encryption of each object to SSE-KMS, or its key, in place: dates and ETags stay.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-update-encryption.html',
  parameters: {
    type: 'structure',
    doc: 'Changes the encryption of each object to SSE-KMS, or its key, in place.',
    members: {
      ObjectEncryption: {
        type: 'structure',
        doc: 'The new encryption.',
        members: {
          SSEKMS: {
            type: 'structure',
            doc: 'With KMS (SSE-KMS).',
            members: {
              KMSKeyArn: kmsKeyArnOf('The KMS key, as full ARN: no alias.'),
              BucketKeyEnabled: booleanOf('Use an S3 bucket key.', 'false'),
            },
            required: ['KMSKeyArn'],
          },
        },
        wireNames: { SSEKMS: 'SSE-KMS' },
      },
    },
  },
  defaults: {},
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: false,
  isReportNeeded: false,
  permissions: {
    ...noPermissions,
    objects: ['s3:GetObject', 's3:PutObject', 's3:UpdateObjectEncryption'],
    objectVersions: ['s3:GetObjectVersion'],
    keys: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:ReEncrypt*'],
  },
  check(parameters) {
    const findings: Finding[] = [];
    const encryption = parameters['ObjectEncryption'];
    if (encryption === undefined || (isRecord(encryption) && encryption['SSEKMS'] === undefined)) {
      findings.push({
        path: encryption === undefined ? [] : ['ObjectEncryption'],
        code: 'encryption-missing',
        severity: 'error',
        message: 'S3UpdateObjectEncryption needs ObjectEncryption.SSEKMS.KMSKeyArn: the key that the objects get.',
      });
    }
    return findings;
  },
};
