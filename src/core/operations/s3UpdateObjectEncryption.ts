import { booleanOf, kmsKeyArnOf } from './commonShapes.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import { type Finding, isRecord } from './validateShape.js';

/** What the fix of a missing key writes, to be completed by hand. */
const keyStart = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The guide writes `kms:ReEncrypt*` for the last two and asks for all of them without telling the old key from the new one. */
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

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
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: {
    ...noPermissions,
    objects: ['s3:GetObject', 's3:PutObject', 's3:UpdateObjectEncryption'],
    objectVersions: ['s3:GetObjectVersion'],
    keys: keyActions,
    destinationKeys: keyActions,
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
        fix: {
          title: 'Add ObjectEncryption.SSEKMS',
          changes: [{ path: ['ObjectEncryption', 'SSEKMS'], value: { KMSKeyArn: keyStart } }],
        },
      });
    }
    return findings;
  },
};
