import { checkObjectLock } from './objectLockCheck.js';
import { type OperationPerformer, successful } from './operationPerformer.js';

/** Source: S3 User Guide, batch-ops-legal-hold. */
export const s3PutObjectLegalHold: OperationPerformer<{ readonly LegalHold: { readonly Status: 'ON' | 'OFF' } }> = {
  prepare: (context, _parameters, bucket) => checkObjectLock(context, bucket),
  perform: async ({ store }, { LegalHold: { Status: status } }, task) => {
    await store.putLegalHold(task, status === 'ON');
    return successful;
  },
};
