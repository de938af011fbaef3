import { stringOf } from './commonShapes.js';
import type { ListShape } from './shape.js';

/** Source: API Reference, S3CannedAccessControlList. */
export const cannedAcls = [
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

/** Source: API Reference, S3Grant. */
export function grantListOf(doc: string): ListShape {
  return {
    type: 'list',
    doc,
    item: {
      type: 'structure',
      doc: 'Who may do what.',
      members: {
        Grantee: {
          type: 'structure',
          doc: 'Who.',
          members: {
            TypeIdentifier: {
              type: 'string',
              enum: ['id', 'emailAddress', 'uri'],
              enumDocs: { id: 'The canonical id of an account.', emailAddress: 'The address of an account.', uri: 'A group.' },
              doc: 'What Identifier is.',
            },
            Identifier: stringOf(1, 1024, 'The grantee.'),
            DisplayName: stringOf(1, 1024, 'A name to show.'),
          },
        },
        Permission: {
          type: 'string',
          enum: ['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP'],
          doc: 'What.',
        },
      },
    },
  };
}
