import { stringOf } from './commonShapes.js';
import { cannedAcls, grantListOf } from './grantShapes.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import { type Finding, isRecord } from './validateShape.js';

/** Source: S3 User Guide, batch-ops-put-object-acl; API Reference, S3SetObjectAclOperation. */
export const s3PutObjectAcl: OperationDefinition = {
  name: 'S3PutObjectAcl',
  label: 'Replace access control list (ACL)',
  doc: 'Replaces the access control list of each object.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-acl.html',
  parameters: {
    type: 'structure',
    doc: 'Replaces the access control list of each object.',
    members: {
      AccessControlPolicy: {
        type: 'structure',
        doc: 'The new access control list: ready-made or your own.',
        members: {
          AccessControlList: {
            type: 'structure',
            doc: 'An access control list of your own.',
            members: {
              Owner: {
                type: 'structure',
                doc: 'Owner of the objects.',
                members: {
                  ID: stringOf(1, 1024, 'Canonical id of the account.'),
                  DisplayName: stringOf(1, 1024, 'A name to show.'),
                },
              },
              Grants: grantListOf('Who may do what.'),
            },
            required: ['Owner'],
          },
          CannedAccessControlList: { type: 'string', enum: cannedAcls, doc: 'A ready-made access control list.' },
        },
      },
    },
  },
  defaults: { AccessControlPolicy: { CannedAccessControlList: 'private' } },
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:PutObjectAcl'], objectVersions: ['s3:PutObjectVersionAcl'] },
  check(parameters) {
    const findings: Finding[] = [];
    const policy = parameters['AccessControlPolicy'];
    if (policy !== undefined && !isRecord(policy)) return findings;
    const canned = policy?.['CannedAccessControlList'];
    const own = policy?.['AccessControlList'];
    if (canned === undefined && own === undefined) {
      findings.push({
        path: policy === undefined ? [] : ['AccessControlPolicy'],
        code: 'acl-missing',
        severity: 'error',
        message: 'S3PutObjectAcl needs AccessControlPolicy with CannedAccessControlList or AccessControlList.',
        fix: {
          title: 'Set CannedAccessControlList to "private"',
          changes: [{ path: ['AccessControlPolicy', 'CannedAccessControlList'], value: 'private' }],
        },
      });
    }
    if (canned !== undefined && own !== undefined) {
      findings.push({
        path: ['AccessControlPolicy'],
        code: 'acl-twice',
        severity: 'error',
        message: 'Write either CannedAccessControlList or AccessControlList, not both.',
        fix: {
          title: 'Remove AccessControlList',
          changes: [{ path: ['AccessControlPolicy', 'AccessControlList'], value: undefined }],
        },
        otherFixes: [
          {
            title: 'Remove CannedAccessControlList',
            changes: [{ path: ['AccessControlPolicy', 'CannedAccessControlList'], value: undefined }],
          },
        ],
      });
    }
    if (typeof canned === 'string' && canned.startsWith('public-')) {
      findings.push({
        path: ['AccessControlPolicy', 'CannedAccessControlList'],
        code: 'public-acl',
        severity: 'warning',
        message: `${canned} lets everybody read every object of the manifest. Is that meant?`,
        fix: {
          title: 'Change to "private"',
          changes: [{ path: ['AccessControlPolicy', 'CannedAccessControlList'], value: 'private' }],
        },
      });
    }
    return findings;
  },
};
