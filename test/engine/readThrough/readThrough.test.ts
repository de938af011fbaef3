import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { readThroughTag } from '../../../src/core/job/runTags.js';
import { runForJob } from '../../../src/engine/changes/jobScope.js';
import { ReadThrough } from '../../../src/engine/readThrough/readThrough.js';
import { ManualClock } from '../../support/manualClock.js';

const session = '11111111-2222-4333-8444-555555555555';
const tags = [{ Key: readThroughTag, Value: session }];
const missing = (): Promise<boolean> => Promise.resolve(false);

interface Started {
  readonly clock: ManualClock;
  readonly through: ReadThrough;
  readonly cancelled: string[];
  /** A use of an object by the job. */
  use(key: string, isThere?: () => Promise<boolean>): Promise<void>;
}

function start(): Started {
  const clock = new ManualClock();
  const through = new ReadThrough(clock);
  const cancelled: string[] = [];
  through.cancelJobs = (jobIds, reason) => cancelled.push(`${jobIds.join()}: ${reason}`);
  through.open(session);
  through.join('job', tags);
  return {
    clock,
    through,
    cancelled,
    use: async (key, isThere = missing) => {
      await runForJob('job', () => through.ensure({ bucket: 'b', key }, isThere));
    },
  };
}

test('asks once for what a job misses, and for nothing that is there or that others miss', async () => {
  const { through, use } = start();
  assert.equal(through.ensure({ bucket: 'b', key: 'by nobody' }, missing), undefined);
  assert.equal(
    runForJob('another job', () => through.ensure({ bucket: 'b', key: 'k' }, missing)),
    undefined,
  );
  await use('there', () => Promise.resolve(true));
  const uses = [use('a'), use('a'), use('c')];
  const { missed } = await through.next(session);
  assert.deepEqual(
    missed.map(({ number, bucket, key }) => [number, bucket, key]),
    [
      [1, 'b', 'a'],
      [2, 'b', 'c'],
    ],
  );
  through.settle(session, [1, 2, 99]);
  await Promise.all(uses);
  // Neither what was found nor what was not.
  await use('a', () => assert.fail('It was looked for already.'));
});

test('a question waits for some seconds, and ends when a job does', async () => {
  const { clock, through } = start();
  const first = through.next(session);
  await clock.advance(10_000);
  assert.deepEqual(await first, { missed: [], endedJobs: 0 });
  const second = through.next(session);
  through.leave('job');
  through.leave('job');
  assert.deepEqual(await second, { missed: [], endedJobs: 1 });
  assert.equal(through.isNeeded, false);
});

test('when nobody asks any more, the job is cancelled, and what it misses is no object that is not there', async () => {
  const { clock, through, cancelled, use } = start();
  const waiting = use('a');
  // It is looked at below; until then a rejection is nobody's.
  waiting.catch(() => undefined);
  await setImmediate();
  await clock.advance(4999);
  assert.deepEqual(cancelled, []);
  await clock.advance(1);
  const gone = { code: 'ServiceUnavailable', status: 503 };
  await assert.rejects(waiting, gone);
  await assert.rejects(use('c'), gone);
  assert.deepEqual(cancelled, [
    'job: What fetched the objects of this job has gone: its window was closed, or its command ended.',
  ]);
  assert.throws(() => through.join('another job', tags), { code: 'FetcherGone' });
  await assert.rejects(through.next(session), { code: 'NoSuchSession' });
});

test('who asks is there while the question waits, and for some seconds afterwards', async () => {
  const { clock, through, cancelled } = start();
  for (let round = 0; round < 3; round += 1) {
    const asked = through.next(session);
    await clock.advance(10_000);
    await asked;
    await clock.advance(4000);
  }
  assert.deepEqual(cancelled, []);
});

test('a reason that is given is that of the jobs', async () => {
  const { through, cancelled, use } = start();
  const waiting = use('a');
  await setImmediate();
  through.close(session, 'Too large.');
  await assert.rejects(waiting, { code: 'ServiceUnavailable', message: 'Too large.' });
  assert.deepEqual(cancelled, ['job: Too large.']);
});
