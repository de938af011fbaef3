import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { deferred } from '../../../src/base/async.js';
import type { JobStatus } from '../../../src/core/job/jobTypes.js';
import { canTransition, isTerminal } from '../../../src/core/job/lifecycle.js';
import type { StartRun } from '../../../src/engine/control/jobServices.js';
import { logDirectory, taskLogName } from '../../../src/engine/run/jobFiles.js';
import { commitRecord } from '../../../src/engine/run/laneLog.js';
import type { RunPlan } from '../../../src/engine/run/runPlan.js';
import type { RunEnd } from '../../../src/engine/run/runProcess.js';
import { LaneState } from '../../../src/engine/run/sharedState.js';
import { outcomes, summarizeLogs } from '../../../src/engine/run/taskLog.js';
import { ManualClock } from '../../fakes/manualClock.js';
import { JobEngine } from '../../support/jobEngine.js';

const rows = 6;
const activeJobs = 2;

/** Runs without processes: they do a task, end or crash when the test says so. */
class ManualRuns {
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
    for (let row = done; row < Math.min(rows, done + tasks); row += 1) {
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
    if (done + tasks >= rows) run.end({ kind: 'ended', reason: 'finished', ...(await countsOf(plan)) });
  }
}

async function countsOf(plan: RunPlan): Promise<{ succeeded: number; failed: number }> {
  const { succeeded, failed } = await summarizeLogs(plan.directory, rows);
  return { succeeded, failed };
}

type Command =
  | { readonly kind: 'create'; readonly isConfirmed: boolean; readonly priority: number }
  | { readonly kind: 'confirm' | 'cancel' | 'crash' | 'finish'; readonly job: number }
  | { readonly kind: 'work'; readonly job: number; readonly tasks: number }
  | { readonly kind: 'priority'; readonly job: number; readonly priority: number }
  | { readonly kind: 'restart' };

const job = fc.nat(5);
const priority = fc.integer({ min: 1, max: 3 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), isConfirmed: fc.boolean(), priority }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm' as const, 'cancel' as const, 'crash' as const, 'finish' as const),
      job,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('work' as const), job, tasks: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('priority' as const), job, priority }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

const stable: readonly JobStatus[] = ['Suspended', 'Ready', 'Active', 'Paused', 'Complete', 'Cancelled', 'Failed'];

/** What must be so whenever nobody does anything. */
function wrongWith(jobs: readonly { id: string; status: JobStatus; priority: number }[], runs: ManualRuns): string | undefined {
  const moving = jobs.find(({ status }) => !stable.includes(status));
  if (moving !== undefined) return `${moving.id} stays ${moving.status}`;
  const able = jobs.filter(({ status }) => status === 'Ready' || status === 'Active' || status === 'Paused');
  const active = able.filter(({ status }) => status === 'Active');
  const highest = Math.max(...able.map((item) => item.priority));
  if (active.some((item) => item.priority < highest)) return 'a job of lower priority is active';
  const expected = Math.min(activeJobs, able.filter((item) => item.priority === highest).length);
  if (active.length !== expected) return `${active.length} jobs are active, not ${expected}`;
  const hosts = [...runs.live.keys()].toSorted().join();
  if (
    hosts !==
    active
      .map((item) => item.id)
      .toSorted()
      .join()
  )
    return `hosts of ${hosts}`;
  return undefined;
}

test('any order of requests, runs, crashes and restarts keeps to the life cycle', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
      const runs = new ManualRuns();
      const transitions: [JobStatus, JobStatus][] = [];
      const engine = await JobEngine.start({
        clock: new ManualClock(),
        settings: { activeJobs },
        startRun: runs.start,
        onInfo: (message) => {
          const [, from, to] = /: (\w+) -> (\w+)$/.exec(message) ?? [];
          if (from !== undefined) transitions.push([from as JobStatus, to as JobStatus]);
        },
      });
      try {
        const manifest = await engine.putManifest(Array.from({ length: rows }, (_, row) => `row${row}`));
        const ids: string[] = [];
        const settled = async (): Promise<void> => {
          let wrong: string | undefined;
          for (let tries = 0; tries < 500; tries += 1) {
            wrong = wrongWith(await Promise.all(ids.map((id) => engine.summary(id))), runs);
            if (wrong === undefined) return;
            await wait(2);
          }
          assert.fail(wrong);
        };
        for (const step of commands) {
          await perform(step, engine, runs, ids, manifest);
          await settled();
        }
        // Whatever is left can be brought to its end.
        for (const id of ids) if ((await engine.status(id)) === 'Suspended') await setStatus(engine, id, 'Ready');
        for (let rounds = 0; rounds < 100 && runs.live.size + (await unended(engine, ids)) > 0; rounds += 1) {
          for (const id of runs.live.keys()) await runs.work(id, rows);
          await wait(2);
        }
        assert.equal(await unended(engine, ids), 0);
        for (const [from, to] of transitions) assert.ok(canTransition(from, to), `${from} -> ${to}`);
        for (const id of ids) {
          const [total, succeeded, failed] = await engine.counts(id);
          const status = await engine.status(id);
          if (status === 'Complete') assert.deepEqual([total, succeeded, failed], [rows, rows / 2, rows / 2]);
          if (succeeded + failed === 0) continue;
          const report = await engine.report(id);
          assert.equal(report['succeeded']?.length ?? 0, succeeded);
          assert.equal(report['failed']?.length ?? 0, failed);
        }
      } finally {
        await engine.dispose();
      }
    }),
    { numRuns: 12 },
  );
});

async function unended(engine: JobEngine, ids: readonly string[]): Promise<number> {
  const statuses = await Promise.all(ids.map((id) => engine.status(id)));
  return statuses.filter((status) => !isTerminal(status)).length;
}

/** Refused requests are part of the game; anything else is not. */
async function setStatus(engine: JobEngine, id: string, status: 'Ready' | 'Cancelled'): Promise<void> {
  const error = await engine.errorOf(engine.call('POST', `/v20180820/jobs/${id}/status?requestedJobStatus=${status}`));
  assert.ok(['no error', '400 JobStatusException'].includes(error), error);
}

async function perform(
  step: Command,
  engine: JobEngine,
  runs: ManualRuns,
  ids: string[],
  manifest: { arn: string; etag: string },
): Promise<void> {
  if (step.kind === 'create') {
    const request = engine.request(manifest, { ConfirmationRequired: !step.isConfirmed, Priority: step.priority });
    ids.push(await engine.createFrom(request));
    return;
  }
  if (step.kind === 'restart') {
    await engine.restart();
    return;
  }
  const id = ids[step.job];
  if (id === undefined) return;
  if (step.kind === 'confirm') await setStatus(engine, id, 'Ready');
  else if (step.kind === 'cancel') await setStatus(engine, id, 'Cancelled');
  else if (step.kind === 'crash') runs.live.get(id)?.end({ kind: 'broken', message: 'no room' });
  else if (step.kind === 'finish') await runs.work(id, rows);
  else if (step.kind === 'work') await runs.work(id, step.tasks);
  else if (step.kind === 'priority') {
    const error = await engine.errorOf(engine.call('POST', `/v20180820/jobs/${id}/priority?priority=${step.priority}`));
    assert.ok(['no error', '400 BadRequestException'].includes(error), error);
  }
}
