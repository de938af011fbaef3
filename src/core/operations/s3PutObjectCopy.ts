import { parseBucketArn } from '../job/arn.js';
import { checkBucketArn } from '../job/checkS3Arn.js';
import { checkObjectTags } from './checkTagKeys.js';
import { booleanOf, stringOf, tagSetOf, timestampOf } from './commonShapes.js';
import { cannedAcls, grantListOf } from './grantShapes.js';
import { checkObjectLock, objectLockModes, objectLockStatuses } from './objectLock.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import type { StructureShape } from './shape.js';
import { storageClasses } from './storageClasses.js';
import { type Finding, isRecord } from './validateShape.js';

/** Source: API Reference, S3ChecksumAlgorithm. The last five are of 2026 and missing from older SDKs. */
export const checksumAlgorithms = [
  'CRC32',
  'CRC32C',
  'SHA1',
  'SHA256',
  'CRC64NVME',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

const header = (name: string): ReturnType<typeof stringOf> => stringOf(1, 1024, `${name} of the new objects.`);

const metadataShape: StructureShape = {
  type: 'structure',
  doc: 'Metadata of the new objects; used with MetadataDirective REPLACE, and for encryption.',
  members: {
    CacheControl: header('Cache-Control'),
    ContentDisposition: header('Content-Disposition'),
    ContentEncoding: header('Content-Encoding'),
    ContentLanguage: header('Content-Language'),
    UserMetadata: {
      type: 'map',
      max: 8192,
      key: { type: 'string', min: 1, max: 1024 },
      value: { type: 'string', max: 1024 },
      doc: 'Names and values of x-amz-meta- headers.',
    },
    ContentLength: { type: 'integer', isLong: true, min: 0, doc: 'Deprecated: has no effect.' },
    ContentMD5: stringOf(1, 1024, 'Deprecated: has no effect.'),
    ContentType: header('Content-Type'),
    HttpExpiresDate: timestampOf('Expires of the new objects.'),
    RequesterCharged: booleanOf('Deprecated: has no effect.'),
    SSEAlgorithm: {
      type: 'string',
      enum: ['AES256', 'KMS'],
      enumDocs: { AES256: 'With keys of S3 (SSE-S3).', KMS: 'With KMS (SSE-KMS); SSEAwsKmsKeyId names the key.' },
      doc: 'How the new objects are encrypted.',
    },
  },
};

const deprecatedMetadata = ['ContentLength', 'ContentMD5', 'RequesterCharged'] as const;

/** Source: S3 User Guide, directory-buckets-objects-batch-ops. */
const notInDirectoryBuckets = [
  'CannedAccessControlList',
  'AccessControlGrants',
  'RedirectLocation',
  'RequesterPays',
  'StorageClass',
  'ObjectLockLegalHoldStatus',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'BucketKeyEnabled',
] as const;

/** Source: S3 User Guide, batch-ops-copy-object; API Reference, S3CopyObjectOperation. */
export const s3PutObjectCopy: OperationDefinition = {
  name: 'S3PutObjectCopy',
  label: 'Copy',
  doc: 'Copies each object to another bucket, or onto itself with changes, under its own key or a prefix. Objects of up to 5 GB.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html',
  parameters: {
    type: 'structure',
    doc: 'Copies each object.',
    members: {
      TargetResource: {
        type: 'string',
        min: 1,
        max: 128,
        pattern: 'arn:[^:]+:(s3|s3express):.*',
        expected: 'a bucket ARN such as arn:aws:s3:::amzn-s3-demo-bucket',
        doc: 'The bucket that the copies go to, as ARN.',
      },
      CannedAccessControlList: { type: 'string', enum: cannedAcls, doc: 'Ready-made access control list of the new objects.' },
      AccessControlGrants: grantListOf('Grants of the new objects.'),
      MetadataDirective: {
        type: 'string',
        enum: ['COPY', 'REPLACE'],
        enumDocs: { COPY: 'The metadata of each source object.', REPLACE: 'NewObjectMetadata.' },
        doc: 'Which metadata the new objects get.',
      },
      ModifiedSinceConstraint: timestampOf('Only objects changed since this moment.'),
      NewObjectMetadata: metadataShape,
      NewObjectTagging: tagSetOf('Tags of the new objects; an empty list means none.', 'the tags of each source object'),
      RedirectLocation: stringOf(1, 2048, 'Where a website sends visitors of the new objects.'),
      RequesterPays: booleanOf('Agree to pay for reading from a Requester Pays bucket.'),
      StorageClass: { type: 'string', enum: storageClasses, doc: 'Storage class of the new objects.', whenOmitted: 'STANDARD' },
      UnModifiedSinceConstraint: timestampOf('Only objects not changed since this moment.'),
      SSEAwsKmsKeyId: stringOf(1, 2000, 'KMS key of the new objects: id, ARN or alias; of another account the full ARN.'),
      TargetKeyPrefix: stringOf(1, 1024, 'Is put before the key of each object.'),
      ObjectLockLegalHoldStatus: { type: 'string', enum: objectLockStatuses, doc: 'Legal hold of the new objects.' },
      ObjectLockMode: { type: 'string', enum: objectLockModes, doc: 'Retention mode of the new objects.' },
      ObjectLockRetainUntilDate: timestampOf('End of the retention of the new objects.'),
      BucketKeyEnabled: booleanOf('Use an S3 bucket key with SSE-KMS.', 'false'),
      ChecksumAlgorithm: { type: 'string', enum: checksumAlgorithms, doc: 'Checksum that S3 computes for the new objects.' },
    },
  },
  defaults: {},
  needed: ['TargetResource'],
  jobRegion: 'destination',
  isOneBucketOnly: true,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'yes',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: {
    ...noPermissions,
    objects: ['s3:GetObject', 's3:GetObjectAcl', 's3:GetObjectTagging'],
    objectVersions: ['s3:GetObjectVersion', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    buckets: ['s3:ListBucket'],
    destinationObjects: ['s3:PutObject', 's3:PutObjectAcl', 's3:PutObjectTagging'],
    keys: ['kms:Decrypt'],
    // Decrypt as well: S3 asks for it when it writes an object in parts (S3 User Guide, UsingKMSEncryption).
    destinationKeys: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
  // Source: S3 User Guide, object-lock-managing: lock headers need the permission to set the lock.
  permissionsFor(parameters) {
    const hasRetention = parameters['ObjectLockMode'] !== undefined || parameters['ObjectLockRetainUntilDate'] !== undefined;
    return {
      destinationObjects: [
        ...(hasRetention ? ['s3:PutObjectRetention'] : []),
        ...(parameters['ObjectLockLegalHoldStatus'] === undefined ? [] : ['s3:PutObjectLegalHold']),
      ],
    };
  },
  notes: [
    {
      code: 'target-needs-object-lock',
      message:
        'The target bucket must have versioning and Object Lock enabled for a retention or a legal hold of the new objects.',
      appliesTo: (parameters) =>
        ['ObjectLockLegalHoldStatus', 'ObjectLockMode', 'ObjectLockRetainUntilDate'].some(
          (member) => parameters[member] !== undefined,
        ),
    },
  ],
  check(parameters) {
    const findings: Finding[] = [];
    const target = parameters['TargetResource'];
    if (target === undefined) {
      findings.push({
        path: [],
        code: 'target-missing',
        member: 'TargetResource',
        severity: 'error',
        message:
          'S3PutObjectCopy: TargetResource is missing. Name the bucket that the copies go to; without it the service answers 500 InternalError.',
        fix: {
          title: 'Add TargetResource',
          changes: [{ path: ['TargetResource'], value: 'arn:aws:s3:::amzn-s3-demo-destination-bucket' }],
        },
      });
    }
    if (typeof target === 'string') {
      findings.push(...checkBucketArn(target, ['TargetResource'], true));
      if (parseBucketArn(target)?.isDirectoryBucket === true) findings.push(...checkDirectoryTarget(parameters));
    }
    findings.push(...checkMetadata(parameters), ...checkObjectLock(parameters, 'ObjectLockMode', 'ObjectLockRetainUntilDate'));
    if (parameters['CannedAccessControlList'] !== undefined && parameters['AccessControlGrants'] !== undefined) {
      findings.push({
        path: ['AccessControlGrants'],
        code: 'acl-twice',
        severity: 'error',
        message: 'Write either CannedAccessControlList or AccessControlGrants, not both.',
        fix: { title: 'Remove AccessControlGrants', changes: [{ path: ['AccessControlGrants'], value: undefined }] },
        otherFixes: [
          { title: 'Remove CannedAccessControlList', changes: [{ path: ['CannedAccessControlList'], value: undefined }] },
        ],
      });
    }
    const tags = parameters['NewObjectTagging'];
    if (Array.isArray(tags)) findings.push(...checkObjectTags(tags, ['NewObjectTagging']));
    return findings;
  },
};

function checkMetadata(parameters: Readonly<Record<string, unknown>>): Finding[] {
  const findings: Finding[] = [];
  const metadata = isRecord(parameters['NewObjectMetadata']) ? parameters['NewObjectMetadata'] : {};
  const algorithm = metadata['SSEAlgorithm'];
  if (parameters['SSEAwsKmsKeyId'] !== undefined && algorithm !== 'KMS') {
    findings.push({
      path: ['SSEAwsKmsKeyId'],
      code: 'kms-key-needs-algorithm',
      severity: 'error',
      message: 'SSEAwsKmsKeyId needs NewObjectMetadata.SSEAlgorithm "KMS": the two stand in different places.',
      fix: {
        title: 'Set NewObjectMetadata.SSEAlgorithm to "KMS"',
        changes: [{ path: ['NewObjectMetadata', 'SSEAlgorithm'], value: 'KMS' }],
      },
    });
  }
  if (algorithm === 'aws:kms') {
    findings.push({
      path: ['NewObjectMetadata', 'SSEAlgorithm'],
      code: 'sse-algorithm-name',
      severity: 'error',
      message: 'Here the algorithm is called KMS, not aws:kms as in S3 itself. Write "KMS".',
      fix: { title: 'Change to "KMS"', changes: [{ path: ['NewObjectMetadata', 'SSEAlgorithm'], value: 'KMS' }] },
    });
  }
  for (const member of deprecatedMetadata) {
    if (metadata[member] === undefined) continue;
    findings.push({
      path: ['NewObjectMetadata', member],
      code: 'deprecated',
      severity: 'warning',
      message: `${member} is deprecated and has no effect. Remove it.`,
      fix: { title: `Remove ${member}`, changes: [{ path: ['NewObjectMetadata', member], value: undefined }] },
    });
  }
  const replaced = Object.keys(metadata).filter(
    (member) => member !== 'SSEAlgorithm' && !deprecatedMetadata.some((old) => old === member),
  );
  if (replaced.length > 0 && parameters['MetadataDirective'] !== 'REPLACE') {
    findings.push({
      path: ['NewObjectMetadata'],
      code: 'metadata-needs-replace',
      severity: 'warning',
      message: `NewObjectMetadata sets ${replaced.join(', ')}, which counts only with MetadataDirective "REPLACE".`,
      fix: { title: 'Set MetadataDirective to "REPLACE"', changes: [{ path: ['MetadataDirective'], value: 'REPLACE' }] },
    });
  }
  return findings;
}

function checkDirectoryTarget(parameters: Readonly<Record<string, unknown>>): Finding[] {
  const findings: Finding[] = notInDirectoryBuckets
    .filter((member) => parameters[member] !== undefined)
    .map((member) => ({
      path: [member],
      code: 'not-in-directory-buckets',
      severity: 'error',
      message: `${member} is not possible with a directory bucket as target. Remove it.`,
      fix: { title: `Remove ${member}`, changes: [{ path: [member], value: undefined }] },
    }));
  const tags = parameters['NewObjectTagging'];
  if (!Array.isArray(tags) || tags.length > 0) {
    findings.push({
      path: tags === undefined ? [] : ['NewObjectTagging'],
      code: 'tags-in-directory-bucket',
      severity: tags === undefined ? 'warning' : 'error',
      message:
        'Objects in a directory bucket have no tags. Write "NewObjectTagging": [], or objects that have tags fail with 501 Not Implemented.',
      fix: { title: 'Set NewObjectTagging to []', changes: [{ path: ['NewObjectTagging'], value: [] }] },
    });
  }
  return findings;
}
