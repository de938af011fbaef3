import type { JobStatus, RequestedJobStatus } from '../../core/job/jobTypes.js';
import { requestStatus } from '../../core/job/lifecycle.js';
import type { Jobs } from './jobs.js';

/**
 * Moves a job as UpdateJobStatus asks. Resolves with the status that it has then, and whether it was moved: from some statuses it can't
 * be. Undefined for a job that there is not. Rejects when the disk does.
 */
export async function moveAsRequested(
  jobs: Jobs,
  jobId: string,
  requested: RequestedJobStatus,
  reason: string | undefined,
): Promise<{ readonly isDone: boolean; readonly status: JobStatus } | undefined> {
  for (;;) {
    const status = jobs.get(jobId)?.status;
    if (status === undefined) return undefined;
    const next = requestStatus(status, requested);
    if (next === undefined) return { isDone: false, status };
    const updated = await jobs.transition(jobId, [status], next, () => (reason === undefined ? {} : { statusReason: reason }));
    // Otherwise the job has moved on in between: judge its new status.
    if (updated !== undefined) return { isDone: true, status: updated.status };
  }
}
