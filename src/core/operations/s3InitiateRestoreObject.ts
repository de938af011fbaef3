import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import type { Finding } from './validateShape.js';

/** Source: S3 User Guide, batch-ops-initiate-restore-object; API Reference, S3InitiateRestoreObjectOperation. */
export const s3InitiateRestoreObject: OperationDefinition = {
  name: 'S3InitiateRestoreObject',
  label: 'Restore',
  doc: 'Asks for the restore of each archived object. A task ends when the request is accepted, not when the data is back.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-initiate-restore-object.html',
  parameters: {
    type: 'structure',
    doc: 'Asks for the restore of each archived object.',
    members: {
      ExpirationInDays: {
        type: 'integer',
        min: 0,
        doc: 'Days that the restored copies stay: 1 or more for S3 Glacier, left out for Intelligent-Tiering.',
        whenOmitted: 'right for Intelligent-Tiering archive tiers only',
      },
      GlacierJobTier: {
        type: 'string',
        enum: ['BULK', 'STANDARD'],
        enumDocs: { BULK: 'Cheapest and slowest.', STANDARD: 'Faster.' },
        doc: 'How fast the data comes back. Expedited restores are not possible in a job.',
      },
    },
  },
  defaults: { ExpirationInDays: 1, GlacierJobTier: 'BULK' },
  jobRegion: 'objects',
  isOneBucketOnly: true,
  maxObjects: 4_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:RestoreObject'] },
  notes: [
    {
      code: 'restore-days-and-tiering',
      message:
        'ExpirationInDays is for S3 Glacier classes: requests for objects in Intelligent-Tiering archive tiers fail with it. Restore those by a job of their own.',
      appliesTo: ({ ExpirationInDays: days }) => typeof days === 'number' && days > 0,
    },
  ],
  check(parameters) {
    const findings: Finding[] = [];
    const days = parameters['ExpirationInDays'];
    if (days === undefined) {
      findings.push({
        path: [],
        code: 'restore-without-days',
        severity: 'warning',
        message:
          'ExpirationInDays is left out, which is right for Intelligent-Tiering only: objects in S3 Glacier classes need 1 day or more.',
        fix: { title: 'Add ExpirationInDays: 1', changes: [{ path: ['ExpirationInDays'], value: 1 }] },
      });
    }
    if (days === 0) {
      findings.push({
        path: ['ExpirationInDays'],
        code: 'restore-zero-days',
        severity: 'error',
        message:
          'ExpirationInDays must be 1 or more for S3 Glacier classes, and left out for Intelligent-Tiering. 0 is right for none.',
        fix: { title: 'Change to 1', changes: [{ path: ['ExpirationInDays'], value: 1 }] },
        otherFixes: [{ title: 'Remove ExpirationInDays', changes: [{ path: ['ExpirationInDays'], value: undefined }] }],
      });
    }
    if (parameters['GlacierJobTier'] === 'EXPEDITED') {
      findings.push({
        path: ['GlacierJobTier'],
        code: 'restore-expedited',
        severity: 'error',
        message: 'A job can restore with STANDARD or BULK only. EXPEDITED is possible with single requests to S3.',
        fix: { title: 'Change to "STANDARD"', changes: [{ path: ['GlacierJobTier'], value: 'STANDARD' }] },
      });
    }
    return findings;
  },
};
