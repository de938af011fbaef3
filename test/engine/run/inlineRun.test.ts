import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { deferred } from '../../../src/base/async.js';
import type { EngineSettings } from '../../../src/engine/contracts.js';
import { logDirectory } from '../../../src/engine/run/jobFiles.js';
import type { RunProcess } from '../../../src/engine/run/runProcess.js';
import { type PerformTask, startInlineRun } from '../../../src/engine/run/inlineRun.js';
import type { TaskResult } from '../../../src/engine/run/taskPerformer.js';
import { JobRun } from '../../support/runJob.js';

const good: TaskResult = { kind: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful', isRetryable: false };
const bad: TaskResult = { kind: 'failed', httpStatus: 404, errorCode: 'NoSuchKey', message: 'gone', isRetryable: false };
const busy: TaskResult = { kind: 'failed', httpStatus: 503, errorCode: 'SlowDown', message: 'later', isRetryable: true };

async function createRun(t: TestContext, rows: number, settings: Partial<EngineSettings> = {}): Promise<JobRun> {
  const run = await JobRun.create(
    Array.from({ length: rows }, (_, row) => `key${row}`),
    { settings },
  );
  t.after(() => run.dispose());
  return run;
}

function start(run: JobRun, perform: PerformTask): RunProcess {
  run.generation += 1;
  return startInlineRun({
    plan: { ...run.plan, generation: run.generation },
    perform,
    onProgress: (counts) => {
      run.counts = counts;
    },
  });
}

test('performs every row once, several at a time but never more than asked for', async (t) => {
  const run = await createRun(t, 5000, { concurrency: 7 });
  let now = 0;
  let most = 0;
  const together = deferred();
  const { ended } = start(run, async ({ row }) => {
    most = Math.max(most, (now += 1));
    // The first ones wait for each other: with fewer at a time the run would not end.
    if (now === 7) together.resolve();
    await together.promise;
    if (row % 100 === 0) await wait(1);
    now -= 1;
    return row % 10 === 0 ? bad : good;
  });
  assert.deepEqual(await ended, { kind: 'ended', reason: 'finished', succeeded: 4500, failed: 500 });
  assert.equal(most, 7);
  const results = await run.results();
  assert.equal(results.size, 5000);
  assert.deepEqual(
    [results.get(0), results.get(1)],
    [['bucket,key0,,failed,404,NoSuchKey,gone\r\n'], ['bucket,key1,,succeeded,200,,Successful\r\n']],
  );
});

test('tries what may pass again, as often as the settings say', async (t) => {
  const run = await createRun(t, 3, { redrives: 2 });
  const { ended } = start(run, ({ row, attempt }) => Promise.resolve(row === 0 || (row === 1 && attempt === 0) ? busy : good));
  assert.deepEqual(await ended, { kind: 'ended', reason: 'finished', succeeded: 2, failed: 1 });
  const attempts = await run.attempts();
  assert.deepEqual(
    [0, 1, 2].map((row) => attempts.get(row)),
    [[0, 1, 2], [0, 1], [0]],
  );
});

test('stops at the failure threshold', async (t) => {
  const run = await createRun(t, 3000);
  const { ended } = start(run, () => Promise.resolve(bad));
  const end = await ended;
  assert.ok(end.kind === 'ended' && end.reason === 'threshold' && end.failed >= 1000 && end.failed < 1020, JSON.stringify(end));
});

test('a stop waits for the tasks under way and keeps their results; the next start does the rest', async (t) => {
  const run = await createRun(t, 1000, { concurrency: 4 });
  const done: number[] = [];
  const perform: PerformTask = async ({ row }) => {
    await wait(1);
    done.push(row);
    return good;
  };
  const first = start(run, perform);
  while (done.length < 100) await wait(1);
  first.stop(false);
  const end = await first.ended;
  assert.ok(end.kind === 'ended' && end.reason === 'stopped' && end.succeeded === done.length, JSON.stringify(end));
  assert.deepEqual(await start(run, perform).ended, { kind: 'ended', reason: 'finished', succeeded: 1000, failed: 0 });
  assert.equal(new Set(done).size, 1000);
  assert.equal(done.length, 1000);
});

test('a kill cuts off what is under way, and loses and doubles nothing', async (t) => {
  const run = await createRun(t, 1000, { concurrency: 4 });
  let count = 0;
  const stuck = deferred();
  const first = start(run, async (_task, signal) => {
    count += 1;
    if (count === 504) stuck.resolve();
    if (count > 500) await wait(60_000, undefined, { signal });
    return good;
  });
  await stuck.promise;
  first.kill();
  assert.equal((await first.ended).kind, 'crashed');
  const end = await start(run, () => Promise.resolve(good)).ended;
  assert.deepEqual(end, { kind: 'ended', reason: 'finished', succeeded: 1000, failed: 0 });
  assert.ok([...(await run.results()).values()].every((texts) => texts.length === 1));
});

test('ends at once when an earlier start was killed after its last result', { timeout: 30_000 }, async (t) => {
  const run = await createRun(t, 41);
  const end = await start(run, ({ row }) => Promise.resolve(row === 40 ? bad : good)).ended;
  assert.deepEqual(end, { kind: 'ended', reason: 'finished', succeeded: 40, failed: 1 });
  assert.deepEqual(await start(run, () => assert.fail('every row has its result')).ended, end);
});

test('a performer that throws, or a journal that can’t be written, breaks the run with a reason', async (t) => {
  const run = await createRun(t, 100);
  const thrown = await start(run, ({ row }) => (row === 50 ? Promise.reject(new Error('a bug')) : Promise.resolve(good))).ended;
  assert.deepEqual(thrown, { kind: 'broken', message: 'a bug' });
  await mkdir(logDirectory(run.directory), { recursive: true });
  await chmod(logDirectory(run.directory), 0o500);
  if (process.getuid?.() === 0) return;
  const unwritten = await start(run, () => Promise.resolve(good)).ended;
  assert.ok(unwritten.kind === 'broken' && unwritten.message.includes('journal'), JSON.stringify(unwritten));
});
