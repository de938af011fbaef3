import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';

/** Source: S3 User Guide, batch-ops-delete-object-tagging. The empty structure must be written. */
export const s3DeleteObjectTagging: OperationDefinition = {
  name: 'S3DeleteObjectTagging',
  label: 'Delete all object tags',
  doc: 'Removes all tags of each object.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-delete-object-tagging.html',
  parameters: { type: 'structure', doc: 'Removes all tags of each object. Has no parameters.', members: {} },
  defaults: {},
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:DeleteObjectTagging'], objectVersions: ['s3:DeleteObjectVersionTagging'] },
};
