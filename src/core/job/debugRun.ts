import type { JobFile } from './jobFile.js';
import { debugTag, withRunTag } from './runTags.js';

/** StatusUpdateReason of a job that was cancelled because its debug session has ended. */
export const debugSessionEnded = 'The debug session of the job has ended.';

/** The job as it runs under a debugger. Whoever debugs it has confirmed it. */
export function debuggedJob(job: JobFile): JobFile {
  return { ...job, ConfirmationRequired: false, Tags: withRunTag(job.Tags, debugTag, 'yes') };
}
