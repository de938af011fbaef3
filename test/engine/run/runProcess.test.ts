import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { afterEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { EngineSettings } from '../../../src/engine/contracts.js';
import { summarizeLogs, taskLogFiles } from '../../../src/engine/run/taskLog.js';
import { JobRun } from '../../support/runJob.js';

const runs: JobRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) await run.dispose();
});

async function createRun(
  keys: readonly string[],
  options: { settings?: Partial<EngineSettings>; timeoutMs?: number; handler?: string } = {},
): Promise<JobRun> {
  const run = await JobRun.create(keys, options);
  runs.push(run);
  return run;
}

function numbered(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

test('runs every row once and journals its report row', async () => {
  const run = await createRun(['ok%20a', 'fail-b', 'throw-c', 'garbage-d', 'once-e', 'temp-f', 'say-g']);
  const end = await run.run();
  assert.deepEqual(end, { kind: 'ended', reason: 'finished', succeeded: 3, failed: 4 });
  const results = await run.results();
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((row) => results.get(row)),
    [
      ['bucket,ok%20a,,succeeded,200,,done ok a\r\n'],
      ['bucket,fail-b,,failed,200,PermanentFailure,"no, fail-b"\r\n'],
      [
        'bucket,throw-c,,failed,200,PermanentFailure,"Lambda returned function error: {""errorMessage"":""newKey is not defined""}"\r\n',
      ],
      ['bucket,garbage-d,,failed,200,PermanentFailure,Invalid JSON returned in Lambda payload\r\n'],
      ['bucket,once-e,,succeeded,200,,done once-e\r\n'],
      ['bucket,temp-f,,failed,200,TemporaryFailure,not now\r\n'],
    ],
  );
  assert.match(await run.output(), /stdout \[row 7, bucket\/say-g\] hello say-g\n/);
});

test('ends hung, endless and exiting handlers and goes on with the next row', async () => {
  const run = await createRun(['ok1', 'hang', 'ok2', 'never', 'ok3', 'exit', 'ok4'], {
    timeoutMs: 400,
    settings: { redrives: 1, concurrency: 2 },
  });
  const end = await run.run();
  assert.deepEqual(end, { kind: 'ended', reason: 'finished', succeeded: 4, failed: 3 });
  const results = await run.results();
  for (const row of [1, 3]) {
    assert.match(
      results.get(row)?.[0] ?? '',
      /^bucket,(hang|never),,failed,200,PermanentFailure,"Lambda returned function error: \{""errorMessage"":""\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 0\.40 seconds""\}"\r\n$/,
    );
  }
  assert.match(results.get(5)?.[0] ?? '', /Runtime exited with error: exit status 3/);
  assert.deepEqual(
    [...results.values()].map((texts) => texts.length),
    [1, 1, 1, 1, 1, 1, 1],
  );
});

test('gives slow tasks more lanes, quick ones no more than there are processors', async () => {
  const slow = await createRun(numbered(60, 'slow50-'), { settings: { concurrency: 10 } });
  const end = await slow.run();
  assert.equal(end.kind === 'ended' && end.succeeded, 60);
  const lanes = (await taskLogFiles(slow.directory)).length;
  assert.ok(lanes > 3 && lanes <= 10, `${lanes} lanes`);
  const quick = await createRun(numbered(5000, 'ok'), { settings: { concurrency: 64 } });
  await quick.run();
  assert.ok((await taskLogFiles(quick.directory)).length <= availableParallelism());
});

test('stops at the failure threshold, once 1,000 tasks have run', async () => {
  const run = await createRun(numbered(3000, 'fail'), { settings: { concurrency: 4 } });
  const end = await run.run();
  assert.equal(end.kind === 'ended' && end.reason, 'threshold');
  assert.ok(end.kind === 'ended' && end.failed >= 1000 && end.failed < 1010, JSON.stringify(end));
});

test('runs fewer than 1,000 failing tasks to their end', async () => {
  const run = await createRun(numbered(999, 'fail'));
  assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 0, failed: 999 });
});

test('stops when asked and goes on from there', async () => {
  const run = await createRun(numbered(200, 'slow10-'), { settings: { concurrency: 4 } });
  const process = run.start();
  while (run.counts.succeeded === 0) await wait(10);
  process.stop(false);
  const end = await process.ended;
  assert.ok(end.kind === 'ended' && end.reason === 'stopped' && end.succeeded > 0 && end.succeeded < 200, JSON.stringify(end));
  assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 200, failed: 0 });
  assert.ok([...(await run.results()).values()].every((texts) => texts.length === 1));
});

test('ends at once when an earlier start was killed after its last result', { timeout: 30_000 }, async () => {
  // More rows than one chunk, so that not every chunk is handed out before a lane has asked.
  const run = await createRun([...numbered(40, 'ok'), 'fail']);
  const end = await run.run();
  assert.deepEqual(end, { kind: 'ended', reason: 'finished', succeeded: 40, failed: 1 });
  assert.deepEqual(await run.run(), end);
  // Nothing was done twice, and no log begun for nothing.
  assert.equal((await run.results()).size, 41);
  assert.ok([...(await run.results()).values()].every((texts) => texts.length === 1));
  assert.ok((await taskLogFiles(run.directory)).every((file) => file.includes('000001-')));
});

test('keeps the attempts of a redriven task across starts', async () => {
  const run = await createRun(['temp'], { settings: { redriveDelayMs: 60, redrives: 3 } });
  const process = run.start();
  while ((await summarizeLogs(run.directory, 1)).pending.size === 0) await wait(5);
  process.kill();
  assert.equal((await process.ended).kind, 'crashed');
  assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 0, failed: 1 });
  const attempts = await run.attempts();
  assert.deepEqual(attempts.get(0), [0, 1, 2, 3]);
});

test('a host that is killed loses and doubles nothing', async () => {
  const run = await createRun(numbered(20_000, 'ok-'), { settings: { concurrency: 4 } });
  for (let kills = 0; kills < 3; kills += 1) {
    const before = run.counts.succeeded;
    const process = run.start();
    while (run.counts.succeeded <= before && run.counts.succeeded < 20_000) await wait(5);
    process.kill();
    await process.ended;
  }
  assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 20_000, failed: 0 });
  const results = await run.results();
  assert.equal(results.size, 20_000);
  const summary = await summarizeLogs(run.directory, 20_000);
  assert.deepEqual([summary.succeeded, summary.failed, summary.pending.size], [20_000, 0, 0]);
});

test('an environment that queues loses and doubles nothing either: hung, exited, stopped or killed', async () => {
  const keys = numbered(6000, 'ok-');
  keys[700] = 'hang';
  keys[1500] = 'exit';
  keys[2500] = 'once-late';
  const run = await createRun(keys, { handler: 'queued', timeoutMs: 400, settings: { redrives: 1, concurrency: 3 } });
  const killed = run.start();
  while (run.counts.succeeded < 500) await wait(5);
  killed.kill();
  await killed.ended;
  const stopped = run.start();
  while (run.counts.succeeded < 2000) await wait(5);
  stopped.stop(false);
  assert.equal((await stopped.ended).kind, 'ended');
  assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 5998, failed: 2 });
  const results = await run.results();
  assert.equal(results.size, 6000);
  assert.match(results.get(700)?.[0] ?? '', /Task timed out after 0\.40 seconds/);
  assert.match(results.get(1500)?.[0] ?? '', /exit status 3/);
  assert.ok([...results].every(([row, texts]) => texts.every((text) => text.startsWith(`bucket,${keys[row]},`))));
});
