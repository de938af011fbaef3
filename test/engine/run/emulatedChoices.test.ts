import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { EngineSettings } from '../../../src/engine/contracts.js';
import { createLambdaPerformer } from '../../../src/engine/run/lambdaPerformer.js';
import { JobRun } from '../../support/runJob.js';

async function runWith(t: TestContext, keys: readonly string[], settings: Partial<EngineSettings>): Promise<JobRun> {
  const run = await JobRun.create(keys, { settings, timeoutMs: 300 });
  t.after(() => run.dispose());
  return run;
}

for (const [functionErrors, attempts] of [
  ['redrive', [0, 1]],
  ['fail', [0]],
] as const) {
  test(`functions that throw, end or time out, under functionErrors=${functionErrors}; a TemporaryFailure is always redriven`, async (t) => {
    const run = await runWith(t, ['throw', 'exit', 'hang', 'temp'], { functionErrors, redrives: 1 });
    assert.deepEqual(await run.run(), { kind: 'ended', reason: 'finished', succeeded: 0, failed: 4 });
    const made = await run.attempts();
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => made.get(row)?.toSorted()),
      [attempts, attempts, attempts, [0, 1]],
    );
  });
}

test('a cancelled job waits for its tasks as long as the settings say', async (t) => {
  const cancelled = async (cancelGraceMs: number): Promise<number> => {
    const run = await JobRun.create(['ok', 'slow1500'], { settings: { cancelGraceMs, concurrency: 1 } });
    t.after(() => run.dispose());
    const process = run.start();
    while (run.counts.succeeded === 0) await wait(5);
    process.stop(true);
    const end = await process.ended;
    return end.kind === 'ended' ? end.succeeded : assert.fail(JSON.stringify(end));
  };
  assert.equal(await cancelled(0), 1);
  assert.equal(await cancelled(60_000), 2);
});

test('what handlers print is kept up to the limit', async (t) => {
  const run = await runWith(t, ['say-a', 'say-b'], { outputLimitMb: 0, concurrency: 1 });
  await run.run();
  assert.equal(await run.output(), 'The output is cut here: it has grown too large.\n');
});

test('a report row spells its key as the manifest or as events do', async (t) => {
  for (const [reportKeyEncoding, key] of [
    ['echo', 'ok%20a'],
    ['form', 'ok+a'],
  ] as const) {
    const run = await runWith(t, ['ok%20a'], { reportKeyEncoding });
    await run.run();
    assert.deepEqual((await run.results()).get(0), [`bucket,${key},,succeeded,200,,done ok a\r\n`]);
  }
});

test('an event of a job without UserArguments', async (t) => {
  const { plan } = await runWith(t, ['ok'], {});
  const jobOf = async (
    absentUserArguments: EngineSettings['absentUserArguments'],
    schemaVersion: '1.0' | '2.0',
    userArguments?: Record<string, string>,
  ): Promise<unknown> => {
    let job: unknown;
    const work = { ...plan.work, schemaVersion, ...(userArguments === undefined ? {} : { userArguments }) };
    const performer = await createLambdaPerformer(
      { ...plan, settings: { ...plan.settings, absentUserArguments }, work },
      () =>
        Promise.resolve({
          invoke: (event) => {
            ({ job } = event as { job: unknown });
            return Promise.resolve({ kind: 'returned', payload: null });
          },
          dispose: () => Promise.resolve(),
        }),
      () => undefined,
    );
    await performer.perform({ row: 0, attempt: 0, bucket: 'b', keyField: 'k', versionField: undefined });
    return job;
  };
  const id = plan.jobId;
  assert.deepEqual(await jobOf('omit', '2.0'), { id });
  assert.deepEqual(await jobOf('null', '2.0'), { id, userArguments: null });
  assert.deepEqual(await jobOf('empty', '2.0'), { id, userArguments: {} });
  assert.deepEqual(await jobOf('null', '2.0', { a: '1' }), { id, userArguments: { a: '1' } });
  assert.deepEqual(await jobOf('null', '1.0'), { id });
});
