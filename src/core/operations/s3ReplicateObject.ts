import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';

/** Source: S3 User Guide, s3-batch-replication-batch. */
export const s3ReplicateObject: OperationDefinition = {
  name: 'S3ReplicateObject',
  label: 'Replicate',
  doc: "Replicates each object by the bucket's own replication rules. A manifest of a versioned bucket must carry version ids.",
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html',
  parameters: {
    type: 'structure',
    doc: "Replicates each object by the bucket's own replication rules. Has no parameters.",
    members: {},
  },
  defaults: {},
  jobRegion: 'objects',
  isOneBucketOnly: true,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: {
    ...noPermissions,
    objects: ['s3:InitiateReplication'],
    generatorBuckets: ['s3:GetReplicationConfiguration'],
  },
};
