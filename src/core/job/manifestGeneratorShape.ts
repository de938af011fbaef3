import { accountIdOf, booleanOf, bucketArnOf, kmsKeyArnOf, stringOf, timestampOf } from '../operations/commonShapes.js';
import type { ListShape, StructureShape } from '../operations/shape.js';
import { storageClasses } from '../operations/storageClasses.js';

const nothing = (doc: string): StructureShape => ({ type: 'structure', doc, members: {} });

const nameList = (doc: string): ListShape => ({ type: 'list', item: { type: 'string', min: 1, max: 1024 }, doc });

const encryptionFilter: StructureShape = {
  type: 'structure',
  isUnion: true,
  doc: 'How the objects are encrypted: one kind.',
  members: {
    SSES3: nothing('With keys of S3 (SSE-S3).'),
    SSEKMS: {
      type: 'structure',
      doc: 'With KMS (SSE-KMS).',
      members: {
        KmsKeyArn: kmsKeyArnOf('Only objects under this key.'),
        BucketKeyEnabled: booleanOf('Only objects with, or without, an S3 bucket key.'),
      },
    },
    DSSEKMS: {
      type: 'structure',
      doc: 'With two layers of KMS (DSSE-KMS).',
      members: { KmsKeyArn: kmsKeyArnOf('Only objects under this key.') },
    },
    SSEC: nothing('With keys of the customer (SSE-C).'),
    NOTSSE: nothing('Not encrypted.'),
  },
  wireNames: { SSES3: 'SSE-S3', SSEKMS: 'SSE-KMS', DSSEKMS: 'DSSE-KMS', SSEC: 'SSE-C', NOTSSE: 'NOT-SSE' },
};

export const filterShape: StructureShape = {
  type: 'structure',
  doc: 'Which objects are listed; an object must meet all conditions.',
  members: {
    EligibleForReplication: booleanOf("Objects that the bucket's replication rules cover."),
    CreatedAfter: timestampOf('Objects created after this moment.'),
    CreatedBefore: timestampOf('Objects created before this moment.'),
    ObjectReplicationStatuses: {
      type: 'list',
      item: {
        type: 'string',
        enum: ['COMPLETED', 'FAILED', 'REPLICA', 'NONE'],
        enumDocs: {
          COMPLETED: 'The object was replicated.',
          FAILED: 'Replication failed.',
          REPLICA: 'The object is itself a replica.',
          NONE: 'The object was never replicated.',
        },
      },
      doc: 'Objects with one of these replication statuses.',
    },
    KeyNameConstraint: {
      type: 'structure',
      doc: 'Objects by key.',
      members: {
        MatchAnyPrefix: nameList('Keys that begin with this text. A list of one.'),
        MatchAnySuffix: nameList('Keys that end with this text. A list of one.'),
        MatchAnySubstring: nameList('Keys that hold this text. A list of one.'),
      },
    },
    ObjectSizeGreaterThanBytes: { type: 'integer', isLong: true, doc: 'Objects bigger than so many bytes.' },
    ObjectSizeLessThanBytes: { type: 'integer', isLong: true, doc: 'Objects smaller than so many bytes.' },
    MatchAnyStorageClass: {
      type: 'list',
      item: { type: 'string', enum: storageClasses },
      doc: 'Objects in one of these storage classes.',
    },
    MatchAnyObjectEncryption: {
      type: 'list',
      min: 1,
      max: 1,
      item: encryptionFilter,
      itemName: 'ObjectEncryption',
      doc: 'Objects that are encrypted in this way. A list of one.',
    },
  },
};

/** Source: API Reference, S3JobManifestGenerator; S3 User Guide, batch-ops-create-job. */
export const manifestGeneratorShape: StructureShape = {
  type: 'structure',
  isUnion: true,
  doc: 'Lets the service list the objects itself.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3JobManifestGenerator.html',
  members: {
    S3JobManifestGenerator: {
      type: 'structure',
      doc: 'Lists the objects of a bucket that meet the filter.',
      members: {
        ExpectedBucketOwner: accountIdOf('Account that must own the source bucket; the job fails otherwise.'),
        SourceBucket: bucketArnOf('The bucket to list: general purpose, in the Region of the job.'),
        ManifestOutputLocation: {
          type: 'structure',
          doc: 'Where the list is stored. Needed when EnableManifestOutput is true.',
          members: {
            ExpectedManifestBucketOwner: accountIdOf('Account that must own the bucket of the list; the job fails otherwise.'),
            Bucket: bucketArnOf('The bucket that the list is written to.'),
            ManifestPrefix: stringOf(1, 512, 'The list is written under this prefix.'),
            ManifestEncryption: {
              type: 'structure',
              doc: 'How the list is encrypted.',
              members: {
                SSES3: nothing('With keys of S3 (SSE-S3).'),
                SSEKMS: {
                  type: 'structure',
                  doc: 'With KMS (SSE-KMS).',
                  members: { KeyId: stringOf(1, 2000, 'The KMS key: its id, ARN or alias.') },
                  required: ['KeyId'],
                },
              },
              wireNames: { SSES3: 'SSE-S3', SSEKMS: 'SSE-KMS' },
            },
            ManifestFormat: {
              type: 'string',
              enum: ['S3InventoryReport_CSV_20211130'],
              doc: 'Form of the list; there is one.',
            },
          },
          required: ['Bucket', 'ManifestFormat'],
        },
        Filter: filterShape,
        EnableManifestOutput: booleanOf('Store the list (true), or use it and throw it away (false).'),
      },
      required: ['SourceBucket', 'EnableManifestOutput'],
    },
  },
};
