import { objectLockNote, objectLockStatuses } from './objectLock.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';

/** Source: S3 User Guide, batch-ops-legal-hold; API Reference, S3SetObjectLegalHoldOperation. */
export const s3PutObjectLegalHold: OperationDefinition = {
  name: 'S3PutObjectLegalHold',
  label: 'Object Lock legal hold',
  doc: 'Puts each object under a legal hold or ends it. The bucket must have versioning and Object Lock.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-legal-hold.html',
  parameters: {
    type: 'structure',
    doc: 'Puts each object under a legal hold or ends it.',
    members: {
      LegalHold: {
        type: 'structure',
        doc: 'The legal hold.',
        members: {
          Status: {
            type: 'string',
            enum: objectLockStatuses,
            enumDocs: { ON: 'The objects are held.', OFF: 'The hold ends.' },
            doc: 'Hold, or end of the hold.',
          },
        },
        required: ['Status'],
      },
    },
    required: ['LegalHold'],
  },
  defaults: { LegalHold: { Status: 'ON' } },
  jobRegion: 'objects',
  isOneBucketOnly: true,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:PutObjectLegalHold'], buckets: ['s3:GetBucketObjectLockConfiguration'] },
  notes: [objectLockNote],
};
