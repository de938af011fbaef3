import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { deferred } from '../../src/base/async.js';
import type { StartRun } from '../../src/engine/control/jobServices.js';
import { logDirectory, taskLogName } from '../../src/engine/run/jobFiles.js';
import { commitRecord } from '../../src/engine/run/laneLog.js';
import type { RunPlan } from '../../src/engine/run/runPlan.js';
import type { RunEnd } from '../../src/engine/run/runProcess.js';
import { LaneState } from '../../src/engine/run/sharedState.js';
import { outcomes, summarizeLogs } from '../../src/engine/run/taskLog.js';

/** Runs without processes: they do a task, end or crash when the test says so. */
export class ManualRuns {
  readonly live = new Map<string, { plan: RunPlan; end: (end: RunEnd) => void }>();

  readonly start: StartRun = ({ plan }) => {
    assert.ok(!this.live.has(plan.jobId), 'two hosts for one job');
    const ended = deferred<RunEnd>();
    const end = (how: RunEnd): void => {
      this.live.delete(plan.jobId);
      ended.resolve(how);
    };
    this.live.set(plan.jobId, { plan, end });
    const stopped = async (): Promise<void> => {
      end({ kind: 'ended', reason: 'stopped', ...(await countsOf(plan)) });
    };
    return {
      pid: undefined,
      ended: ended.promise,
      stop: () => void stopped(),
      kill: () => end({ kind: 'crashed', detail: 'was killed' }),
    };
  };

  /** Journals results for the next rows; ends the run when all have one. */
  async work(jobId: string, tasks: number): Promise<void> {
    const run = this.live.get(jobId);
    if (run === undefined) return;
    const { plan } = run;
    const { succeeded, failed } = await countsOf(plan);
    const done = succeeded + failed;
    const state = LaneState.create();
    for (let row = done; row < Math.min(plan.layout.rows, done + tasks); row += 1) {
      const isGood = row % 2 === 0;
      commitRecord(
        state,
        row,
        isGood ? outcomes.succeeded : outcomes.failed,
        0,
        `row${row},${isGood ? 'succeeded' : 'failed'}\r\n`,
      );
    }
    await mkdir(logDirectory(plan.directory), { recursive: true });
    const name = taskLogName(plan.generation, done);
    await writeFile(`${logDirectory(plan.directory)}/${name}`, state.log.subarray(0, state.committed));
    if (done + tasks >= plan.layout.rows) run.end({ kind: 'ended', reason: 'finished', ...(await countsOf(plan)) });
  }
}

async function countsOf(plan: RunPlan): Promise<{ succeeded: number; failed: number }> {
  const { succeeded, failed } = await summarizeLogs(plan.directory, plan.layout.rows);
  return { succeeded, failed };
}
