import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import type { Finding } from './validateShape.js';

/** Source: S3 User Guide, batch-ops-compute-checksums; API Reference, S3ComputeObjectChecksumOperation. */
export const s3ComputeObjectChecksum: OperationDefinition = {
  name: 'S3ComputeObjectChecksum',
  label: 'Compute checksum',
  doc: 'Computes a checksum of each object as it lies there. The results are in the completion report only.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-compute-checksums.html',
  parameters: {
    type: 'structure',
    doc: 'Computes a checksum of each object as it lies there.',
    members: {
      ChecksumAlgorithm: {
        type: 'string',
        enum: ['CRC32', 'CRC32C', 'CRC64NVME', 'MD5', 'SHA1', 'SHA256', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'],
        doc: 'The algorithm.',
      },
      ChecksumType: {
        type: 'string',
        enum: ['FULL_OBJECT', 'COMPOSITE'],
        enumDocs: {
          FULL_OBJECT: 'Over the whole object.',
          COMPOSITE: 'Over the checksums of its parts, as they were uploaded.',
        },
        doc: 'Over the whole object, or over its parts.',
      },
    },
  },
  defaults: { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' },
  jobRegion: 'objects',
  isOneBucketOnly: false,
  // "Billions": the guide gives no number.
  maxObjects: undefined,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: true,
  permissions: {
    ...noPermissions,
    objects: ['s3:GetObject', 's3:RestoreObject'],
    objectVersions: ['s3:GetObjectVersion'],
    keys: ['kms:Decrypt'],
  },
  check(parameters) {
    const findings: Finding[] = [];
    if (parameters['ChecksumAlgorithm'] === undefined) {
      findings.push({
        path: [],
        code: 'checksum-algorithm-omitted',
        severity: 'warning',
        message: 'ChecksumAlgorithm is left out. Which one the service then takes is not documented: write it.',
        fix: { title: 'Add ChecksumAlgorithm "CRC64NVME"', changes: [{ path: ['ChecksumAlgorithm'], value: 'CRC64NVME' }] },
      });
    }
    // One of the guide's own samples pairs the two; its table says that they don't go together.
    if (parameters['ChecksumAlgorithm'] === 'CRC64NVME' && parameters['ChecksumType'] === 'COMPOSITE') {
      findings.push({
        path: ['ChecksumType'],
        code: 'checksum-pair',
        severity: 'error',
        message: 'CRC64NVME is computed over the whole object only. Write "FULL_OBJECT".',
        fix: { title: 'Change to "FULL_OBJECT"', changes: [{ path: ['ChecksumType'], value: 'FULL_OBJECT' }] },
      });
    }
    return findings;
  },
};
