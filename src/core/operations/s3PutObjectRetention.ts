import { booleanOf, timestampOf } from './commonShapes.js';
import { checkObjectLock, objectLockModes, objectLockNote } from './objectLock.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import { type Finding, findingsUnder, isRecord } from './validateShape.js';

/** Source: S3 User Guide, batch-ops-retention-date; API Reference, S3SetObjectRetentionOperation. */
export const s3PutObjectRetention: OperationDefinition = {
  name: 'S3PutObjectRetention',
  label: 'Object Lock retention',
  doc: 'Sets, or removes, the retention of each object. The bucket must have versioning and Object Lock.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-retention-date.html',
  parameters: {
    type: 'structure',
    doc: 'Sets, or removes, the retention of each object.',
    members: {
      BypassGovernanceRetention: booleanOf(
        'Shorten or remove retention in governance mode. The role needs s3:BypassGovernanceRetention.',
        'false',
      ),
      Retention: {
        type: 'structure',
        doc: 'The retention. An empty object removes it, in governance mode and with the bypass.',
        members: {
          RetainUntilDate: timestampOf('No version can be deleted before this moment.'),
          Mode: {
            type: 'string',
            enum: objectLockModes,
            enumDocs: {
              COMPLIANCE: 'Nobody can shorten it, not even the root user.',
              GOVERNANCE: 'Those with a special permission can shorten it.',
            },
            doc: 'How strict the retention is.',
          },
        },
      },
    },
    required: ['Retention'],
  },
  defaults: { Retention: { Mode: 'GOVERNANCE' } },
  jobRegion: 'objects',
  isOneBucketOnly: true,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:PutObjectRetention'], buckets: ['s3:GetBucketObjectLockConfiguration'] },
  notes: [objectLockNote],
  permissionsFor: ({ BypassGovernanceRetention: bypass }) =>
    bypass === true ? { objects: ['s3:BypassGovernanceRetention'] } : {},
  check(parameters) {
    const retention = parameters['Retention'];
    if (!isRecord(retention)) return [];
    const findings: Finding[] = findingsUnder(['Retention'], checkObjectLock(retention, 'Mode', 'RetainUntilDate'));
    if (Object.keys(retention).length === 0 && parameters['BypassGovernanceRetention'] !== true) {
      findings.push({
        path: ['Retention'],
        code: 'retention-removal-needs-bypass',
        severity: 'error',
        message: 'An empty Retention removes the retention, which needs "BypassGovernanceRetention": true.',
        fix: {
          title: 'Set BypassGovernanceRetention to true',
          changes: [{ path: ['BypassGovernanceRetention'], value: true }],
        },
      });
    }
    if (retention['Mode'] === 'COMPLIANCE') {
      findings.push({
        path: ['Retention', 'Mode'],
        code: 'compliance-is-final',
        severity: 'warning',
        message: 'COMPLIANCE can be extended but never be shortened or removed, by nobody. Is that meant for every object?',
        fix: { title: 'Change to "GOVERNANCE"', changes: [{ path: ['Retention', 'Mode'], value: 'GOVERNANCE' }] },
      });
    }
    return findings;
  },
};
