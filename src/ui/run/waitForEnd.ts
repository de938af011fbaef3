import * as vscode from 'vscode';
import { delay } from '../../base/async.js';
import { errorCode, isCancelled } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { TargetClient } from '../../core/job/target.js';
import { hasEnded } from '../../core/view/jobOutcome.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';

/** How often a job is asked after: as often as the Jobs view does. */
const pollMs: Readonly<Record<'local' | 'aws', number>> = { local: 1000, aws: 30_000 };

export interface WaitOptions {
  /** What the notification says. */
  readonly title: string;
  readonly clock: Clock;
  /** Pressing Cancel cancels the job as well; else it only ends the waiting. */
  readonly cancelsJob?: boolean;
}

/** Follows a job to its end with a notification. Rejects with the cancellation error when somebody presses Cancel. */
export async function waitForEnd(client: TargetClient, jobId: string, options: WaitOptions): Promise<JobDescriptor> {
  try {
    return await withCancellableProgress(options.title, async ({ signal, reach }) => {
      for (;;) {
        const job = await client.describeJob(jobId, signal);
        if (hasEnded(job.Status)) return job;
        const { TotalNumberOfTasks: total = 0, ...counts } = job.ProgressSummary ?? {};
        const { NumberOfTasksSucceeded: succeeded = 0, NumberOfTasksFailed: failed = 0 } = counts;
        const share = total === 0 ? 0 : (succeeded + failed) / total;
        reach(share, vscode.l10n.t('{0} failed, {1} succeeded', failed, succeeded));
        await delay(pollMs[client.target.kind], signal, options.clock);
      }
    });
  } catch (error) {
    if (options.cancelsJob === true && isCancelled(error)) await cancelJob(client, jobId, undefined);
    throw error;
  }
}

/** It may have come to its end in the meantime, which is fine. */
export async function cancelJob(client: TargetClient, jobId: string, reason: string | undefined): Promise<void> {
  try {
    await client.updateJobStatus(jobId, 'Cancelled', reason);
  } catch (error) {
    if (errorCode(error) !== 'JobStatusException') throw error;
  }
}
