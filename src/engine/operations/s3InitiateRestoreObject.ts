import type { RestoreTier } from '../objectStore.js';
import { type OperationPerformer, successful } from './operationPerformer.js';

interface RestoreParameters {
  readonly ExpirationInDays?: number;
  readonly GlacierJobTier?: 'BULK' | 'STANDARD';
}

const tiers: Readonly<Record<NonNullable<RestoreParameters['GlacierJobTier']>, RestoreTier>> = {
  BULK: 'Bulk',
  STANDARD: 'Standard',
};

/** The task ends when the request is accepted, not when the data is back. Source: S3 User Guide, batch-ops-initiate-restore-object. */
export const s3InitiateRestoreObject: OperationPerformer<RestoreParameters> = {
  perform: async ({ store }, { ExpirationInDays: days, GlacierJobTier: tier = 'STANDARD' }, task) => {
    await store.restore(task, { days, tier: tiers[tier] });
    return successful;
  },
};
