import { type OperationPerformer, successful } from './operationPerformer.js';

/** Source: S3 User Guide, batch-ops-delete-object-tagging. */
export const s3DeleteObjectTagging: OperationPerformer<unknown> = {
  perform: async ({ store }, _parameters, task) => {
    await store.putTags(task, []);
    return successful;
  },
};
