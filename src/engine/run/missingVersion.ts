import type { TaskResult } from './taskPerformer.js';

/** The service's row for a version column that is empty in this row (S3 User Guide, troubleshooting). */
export const missingVersion: TaskResult = {
  kind: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidRequest',
  message: 'Task failed due to missing VersionId',
  isRetryable: false,
};
