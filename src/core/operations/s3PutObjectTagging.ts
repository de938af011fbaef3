import { checkObjectTags } from './checkTagKeys.js';
import { tagSetOf } from './commonShapes.js';
import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';

/** Source: S3 User Guide, batch-ops-put-object-tagging; API Reference, S3SetObjectTaggingOperation. */
export const s3PutObjectTagging: OperationDefinition = {
  name: 'S3PutObjectTagging',
  label: 'Replace all object tags',
  doc: 'Replaces all tags of each object with the same tags. Nothing is merged.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-tagging.html',
  parameters: {
    type: 'structure',
    doc: 'Replaces all tags of each object with the same tags.',
    members: { TagSet: tagSetOf('All tags that each object gets, at most 10. An empty list removes all.') },
  },
  defaults: {},
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'no',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, objects: ['s3:PutObjectTagging'], objectVersions: ['s3:PutObjectVersionTagging'] },
  notes: [
    {
      code: 'tags-are-replaced',
      message: 'All tags of each object are replaced by TagSet: tags that are not in it are lost. No operation merges tags.',
      appliesTo: ({ TagSet: tags }) => Array.isArray(tags) && tags.length > 0,
    },
  ],
  check(parameters) {
    const tags = parameters['TagSet'];
    if (tags === undefined) {
      return [
        {
          path: [],
          code: 'tag-set-missing',
          severity: 'error',
          message: 'S3PutObjectTagging: TagSet is missing. Write the tags, or use S3DeleteObjectTagging to remove all.',
          fix: { title: 'Add TagSet', changes: [{ path: ['TagSet'], value: [{ Key: 'key', Value: 'value' }] }] },
        },
      ];
    }
    return Array.isArray(tags) ? checkObjectTags(tags, ['TagSet']) : [];
  },
};
