import type { Tag } from '../../core/job/jobTypes.js';
import { type OperationPerformer, successful } from './operationPerformer.js';
import { objectTags } from './operationValues.js';

/** Replaces the whole tag set; nothing is merged. Source: S3 User Guide, batch-ops-put-object-tagging. */
export const s3PutObjectTagging: OperationPerformer<{ readonly TagSet?: readonly Tag[] }> = {
  perform: async ({ store }, { TagSet: tags = [] }, task) => {
    await store.putTags(task, objectTags(tags));
    return successful;
  },
};
