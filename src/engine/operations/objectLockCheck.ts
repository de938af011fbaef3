import type { JobFailure } from '../../core/job/jobTypes.js';
import { jobFailure } from '../run/jobFailure.js';
import { ServiceError } from '../serviceError.js';
import type { OperationContext } from './operationPerformer.js';

/**
 * The service looks before any key whether the bucket has versioning and Object Lock (S3 User Guide, batch-ops-retention-date). The
 * text is S3's own for such a bucket; which text the job gets is not documented: emulated.
 */
export async function checkObjectLock({ store }: OperationContext, bucket: string): Promise<JobFailure | undefined> {
  try {
    const { objectLock, versioning } = await store.bucketInfo(bucket);
    if (objectLock !== undefined && versioning === 'Enabled') return undefined;
    return jobFailure('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return jobFailure(error.code, error.message);
    throw error;
  }
}
