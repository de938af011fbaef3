import { checkObjectLock } from './objectLockCheck.js';
import { type OperationPerformer, successful } from './operationPerformer.js';
import { retentionOf } from './operationValues.js';

interface RetentionParameters {
  readonly BypassGovernanceRetention?: boolean;
  readonly Retention: { readonly Mode?: 'COMPLIANCE' | 'GOVERNANCE'; readonly RetainUntilDate?: string };
}

/** An empty Retention removes what there is. Source: S3 User Guide, batch-ops-retention-date. */
export const s3PutObjectRetention: OperationPerformer<RetentionParameters> = {
  prepare: (context, _parameters, bucket) => checkObjectLock(context, bucket),
  perform: async ({ store }, { Retention: retention, BypassGovernanceRetention: isBypassed = false }, task) => {
    await store.putRetention(task, retentionOf(retention.Mode, retention.RetainUntilDate), isBypassed);
    return successful;
  },
};
