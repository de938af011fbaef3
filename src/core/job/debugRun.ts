import type { JobFile } from './jobFile.js';

/**
 * Tag of a job on the local engine whose handler runs under a debugger, whatever its value: the job waits for a debug session, which
 * invokes the handler without limits of time, and does not outlive it.
 */
export const debugTag = 's3batch:debug';

/** StatusUpdateReason of a job that was cancelled because its debug session has ended. */
export const debugSessionEnded = 'The debug session of the job has ended.';

/** The job as it runs under a debugger. Whoever debugs it has confirmed it. */
export function debuggedJob(job: JobFile): JobFile {
  const tags = (job.Tags ?? []).filter(({ Key }) => Key !== debugTag);
  return { ...job, ConfirmationRequired: false, Tags: [...tags, { Key: debugTag, Value: 'yes' }] };
}
