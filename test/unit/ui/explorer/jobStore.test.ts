import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchError } from '../../../../src/base/errors.js';
import { awsTarget } from '../../../../src/core/job/awsTarget.js';
import type { JobListItem, JobStatus } from '../../../../src/core/job/jobTypes.js';
import { type EndedJob, JobStore, type StoreChange } from '../../../../src/ui/explorer/jobStore.js';
import { FakeTargets } from '../../../support/fakeTargets.js';
import { ManualClock } from '../../../support/manualClock.js';

const targetId = 'local';

function job(id: string, minute: number, status: JobStatus = 'Complete', succeeded = 0): JobListItem {
  return {
    JobId: id,
    Status: status,
    CreationTime: new Date(minute * 60_000).toISOString(),
    ProgressSummary: { TotalNumberOfTasks: 9, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: 0 },
  };
}

interface Setup {
  readonly targets: FakeTargets;
  readonly clock: ManualClock;
  readonly store: JobStore;
  readonly changes: StoreChange[];
  readonly ended: EndedJob[];
  readonly errors: string[];
}

function setUp(...jobs: JobListItem[]): Setup {
  const targets = new FakeTargets();
  targets.jobs.jobs = jobs;
  const clock = new ManualClock();
  const errors: string[] = [];
  const store = new JobStore({ targets, clock, onError: (what) => errors.push(what) });
  const changes: StoreChange[] = [];
  const ended: EndedJob[] = [];
  store.onDidChange((change) => changes.push(change));
  store.onDidEnd((item) => ended.push(item));
  return { targets, clock, store, changes, ended, errors };
}

const listCalls = ({ targets }: Setup): number => targets.jobs.calls.filter((call) => call.startsWith('listJobs')).length;

describe('JobStore', () => {
  it('asks once a second while somebody looks, and not at all otherwise', async () => {
    const setup = setUp(job('a', 1));
    assert.deepEqual(setup.clock.pending, []);
    setup.store.setVisible(true);
    await setup.clock.advance(3500);
    assert.equal(listCalls(setup), 4);
    setup.store.setVisible(false);
    await setup.clock.advance(60_000);
    assert.equal(listCalls(setup), 4);
    assert.deepEqual(setup.clock.pending, []);
  });

  it('says only what changed', async () => {
    const { targets, clock, store, changes } = setUp(job('b', 2, 'Active', 1), job('a', 1));
    store.setVisible(true);
    await clock.advance(1000);
    assert.deepEqual(changes, [{ targetId, isListChanged: true, changed: new Set() }]);
    targets.jobs.jobs = [job('b', 2, 'Active', 2), job('a', 1)];
    await clock.advance(1000);
    assert.deepEqual(changes[1], { targetId, isListChanged: false, changed: new Set(['b']) });
    assert.equal(changes.length, 2);
  });

  it('keeps what it knew when a refresh fails, backs off, and says so once', async () => {
    const { targets, clock, store, changes, errors } = setUp(job('a', 1));
    store.setVisible(true);
    await clock.advance(0);
    targets.jobs.failure = new BatchError('Unreachable', 'Local does not answer.');
    await clock.advance(1000);
    assert.equal(store.state(targetId)?.error?.code, 'Unreachable');
    assert.equal(store.state(targetId)?.list?.jobs.length, 1);
    assert.deepEqual(clock.pending, [2000]);
    await clock.advance(2000);
    assert.deepEqual(clock.pending, [4000]);
    await clock.advance(500_000);
    assert.deepEqual(errors, ['Read the jobs of local']);
    assert.ok((clock.pending[0] ?? Infinity) <= 60_000);
    targets.jobs.failure = undefined;
    await store.refresh();
    assert.equal(store.state(targetId)?.error, undefined);
    assert.deepEqual(clock.pending, [1000]);
    assert.equal(changes.length, 3);
  });

  it('follows a job to its end while nobody looks, and says that it ended once', async () => {
    const { targets, clock, store, ended } = setUp(job('a', 1, 'Active'));
    store.follow({ targetId, jobId: 'a' });
    await clock.advance(2000);
    assert.equal(ended.length, 0);
    targets.jobs.jobs = [job('a', 1, 'Complete', 9)];
    await clock.advance(2000);
    assert.deepEqual(
      ended.map((item) => [item.targetId, item.jobId, item.job.Status]),
      [[targetId, 'a', 'Complete']],
    );
    assert.deepEqual(clock.pending, []);
    await store.refresh();
    assert.equal(ended.length, 1);
  });

  it('follows a job that is beyond the first page, and forgets one that is gone', async () => {
    const setup = setUp(...Array.from({ length: 101 }, (_, index) => job(`j${index}`, 1000 - index)));
    const { targets, clock, store, ended } = setup;
    targets.jobs.jobs[100] = job('old', 1, 'Active');
    store.follow({ targetId, jobId: 'old' });
    store.follow({ targetId, jobId: 'gone' });
    await clock.advance(1000);
    assert.ok(targets.jobs.calls.includes('describeJob old'));
    targets.jobs.calls.length = 0;
    targets.jobs.jobs[100] = job('old', 1, 'Failed');
    await clock.advance(1000);
    assert.deepEqual(
      ended.map((item) => item.jobId),
      ['old'],
    );
    assert.ok(!targets.jobs.calls.includes('describeJob gone'));
  });

  it('loads page after page and keeps them when the first is read again', async () => {
    const { targets, store } = setUp(...Array.from({ length: 250 }, (_, index) => job(`j${index}`, 1000 - index)));
    await store.refresh();
    assert.equal(store.state(targetId)?.list?.jobs.length, 100);
    await store.loadMore(targetId);
    assert.equal(store.state(targetId)?.list?.jobs.length, 250);
    assert.equal(store.state(targetId)?.list?.nextToken, undefined);
    await store.loadMore(targetId);
    await store.refresh();
    assert.equal(store.state(targetId)?.list?.jobs.length, 250);
    assert.deepEqual(targets.jobs.calls, ['listJobs', 'listJobs 100', 'listJobs']);
  });

  it('shows nothing of a target that went away, and reads it again when it is back', async () => {
    const { targets, clock, store, changes } = setUp(job('a', 1));
    store.setVisible(true);
    await clock.advance(0);
    targets.change(false);
    await clock.advance(10_000);
    assert.equal(store.state(targetId)?.list, undefined);
    assert.equal(store.state(targetId)?.isReachable, false);
    assert.deepEqual(clock.pending, []);
    targets.change(true);
    await clock.advance(0);
    assert.equal(store.state(targetId)?.list?.jobs.length, 1);
    assert.deepEqual(
      changes.map((change) => change.isListChanged),
      [true, true, true],
    );
  });

  it('reads the details of a job once for each state of it', async () => {
    const { targets, store } = setUp(job('a', 1, 'Active', 1));
    await store.refresh();
    const describes = (): number => targets.jobs.calls.filter((call) => call === 'describeJob a').length;
    await Promise.all([store.details({ targetId, jobId: 'a' }), store.details({ targetId, jobId: 'a' })]);
    await store.refresh();
    await store.details({ targetId, jobId: 'a' });
    assert.equal(describes(), 1);
    targets.jobs.jobs = [job('a', 1, 'Active', 2)];
    await store.refresh();
    assert.equal((await store.details({ targetId, jobId: 'a' })).descriptor.ProgressSummary?.NumberOfTasksSucceeded, 2);
    assert.equal(describes(), 2);
  });

  it('counts as running what runs, and what waits for confirmation only when it is followed', async () => {
    const { store } = setUp(job('run', 3, 'Active'), job('wait', 2, 'Suspended'), job('wait2', 1, 'Suspended'), job('done', 0));
    store.follow({ targetId, jobId: 'wait' });
    await store.refresh();
    assert.deepEqual(
      store.activeJobs().map((item) => item.jobId),
      ['run', 'wait'],
    );
  });

  it('stops everything when it is disposed', async () => {
    const { clock, store } = setUp(job('a', 1, 'Active'));
    store.setVisible(true);
    await clock.advance(1000);
    store.dispose();
    assert.deepEqual(clock.pending, []);
  });

  it('asks AWS every 30 seconds at most, also when the view is opened again and again', async () => {
    const targets = new FakeTargets(awsTarget({ profile: 'prod', region: 'eu-west-1' }, ''));
    targets.jobs.jobs = [job('a', 1, 'Active')];
    const clock = new ManualClock();
    const store = new JobStore({ targets, clock, onError: () => undefined });
    const asked = (): number => targets.jobs.calls.filter((call) => call.startsWith('listJobs')).length;
    for (let second = 0; second < 300; second += 1) {
      store.setVisible(second % 2 === 0);
      await clock.advance(1000);
    }
    assert.ok(asked() >= 5 && asked() <= 10, `${asked()} times in 300 seconds`);
    store.dispose();
  });

  it('backs off from AWS for ten minutes at most while it fails, and keeps what it knew', async () => {
    const targets = new FakeTargets(awsTarget({ profile: 'prod', region: 'eu-west-1' }, ''));
    targets.jobs.jobs = [job('a', 1)];
    const clock = new ManualClock();
    const store = new JobStore({ targets, clock, onError: () => undefined });
    store.setVisible(true);
    await clock.advance(1);
    targets.jobs.failure = new BatchError('SlowDown', 'busy');
    targets.jobs.calls.length = 0;
    await clock.advance(3_600_000);
    assert.ok(targets.jobs.calls.length <= 12, `${targets.jobs.calls.length} times in an hour`);
    const state = store.state(targets.jobs.target.id);
    assert.equal(state?.list?.jobs.length, 1);
    assert.equal(state?.error?.code, 'SlowDown');
    assert.equal(state?.readAtMs, 0);
    store.dispose();
  });

  it('follows on what an earlier window followed, and says that it ended meanwhile', async () => {
    const targets = new FakeTargets();
    targets.jobs.jobs = [job('b', 2, 'Active'), job('a', 1)];
    const clock = new ManualClock();
    const followed = ['a', 'b', 'gone'].map((jobId) => ({ targetId, jobId }));
    const store = new JobStore({ targets, clock, followed, onError: () => undefined });
    const ended: string[] = [];
    const remembered: number[] = [];
    store.onDidEnd(({ jobId, wasAway }) => ended.push(`${jobId} ${wasAway}`));
    store.onDidChangeFollowed((jobs) => remembered.push(jobs.length));
    await store.refresh();
    assert.deepEqual(ended, ['a true']);
    assert.deepEqual(remembered, [2, 1], 'one that is gone is followed no more');
    targets.jobs.jobs = [job('b', 2, 'Complete')];
    await store.refresh();
    assert.deepEqual(ended, ['a true', 'b false']);
    store.dispose();
  });

  it('stops at a token that comes back, so that "Load more" ends', async () => {
    const { targets, store } = setUp(...Array.from({ length: 250 }, (_, index) => job(`j${index}`, 1000 - index)));
    await store.refresh();
    targets.jobs.repeatsToken = true;
    await store.loadMore(targetId);
    assert.equal(store.state(targetId)?.list?.nextToken, undefined);
    await store.loadMore(targetId);
    assert.equal(targets.jobs.calls.filter((call) => call.startsWith('listJobs')).length, 2);
  });

  it('begins the pages anew when the service no longer knows the token', async () => {
    const { targets, store } = setUp(...Array.from({ length: 250 }, (_, index) => job(`j${index}`, 1000 - index)));
    await store.refresh();
    targets.jobs.refusedToken = '100';
    await store.loadMore(targetId);
    assert.equal(store.state(targetId)?.list?.jobs.length, 100, 'nothing that was known is lost');
    targets.jobs.refusedToken = undefined;
    await store.loadMore(targetId);
    assert.equal(store.state(targetId)?.list?.jobs.length, 250);
  });

  it('goes on every 30 seconds once the session of AWS has ended, shows what it knew, and goes on when somebody has signed in', async () => {
    const { jobs, clock, store, asked } = setUpAws(job('a', 1));
    store.setVisible(true);
    await clock.advance(1);
    jobs.failure = new BatchError('ExpiredToken', 'The provided token has expired.');
    await clock.advance(1_800_000);
    assert.ok(asked() >= 59 && asked() <= 61, `${asked()} times in 30 minutes`);
    const { error, list, readAtMs } = store.state(jobs.target.id) ?? {};
    assert.equal(error?.code, 'ExpiredToken');
    assert.equal(list?.jobs.length, 1);
    assert.equal(readAtMs, 0);
    jobs.failure = undefined;
    await clock.advance(30_000);
    assert.equal(store.state(jobs.target.id)?.error, undefined);
    store.dispose();
  });

  it('asks AWS one thing at a time while somebody thinks about a code', async () => {
    const { jobs, clock, store, asked } = setUpAws(job('a', 1, 'Active'));
    let answer = (): void => undefined;
    jobs.gate = new Promise((resolve) => (answer = resolve));
    store.setVisible(true);
    store.follow({ targetId: jobs.target.id, jobId: 'a' });
    await clock.advance(3_600_000);
    assert.equal(asked(), 1);
    answer();
    await clock.advance(1);
    assert.equal(store.state(jobs.target.id)?.list?.jobs.length, 1);
    await clock.advance(29_000);
    assert.equal(asked(), 2, 'the question that waited was long ago');
    store.dispose();
  });

  it('does not ask AWS again at once because one more job is followed', async () => {
    const { jobs, clock, store, asked } = setUpAws(job('b', 2, 'Active'), job('a', 1, 'Active'));
    store.follow({ targetId: jobs.target.id, jobId: 'a' });
    await clock.advance(1000);
    store.follow({ targetId: jobs.target.id, jobId: 'b' });
    await clock.advance(28_000);
    assert.equal(asked(), 1);
    await clock.advance(2000);
    assert.equal(asked(), 2);
    store.dispose();
  });

  it('asks each target once a round, whatever the others do', async () => {
    const targets = new FakeTargets();
    const other = targets.add(awsTarget({ profile: 'prod', region: 'eu-west-1' }, ''));
    targets.jobs.jobs = [job('a', 1)];
    other.failure = new BatchError('SlowDown', 'busy');
    const clock = new ManualClock();
    const store = new JobStore({ targets, clock, onError: () => undefined });
    store.setVisible(true);
    await clock.advance(300_500);
    assert.equal(targets.jobs.calls.length, 301);
    assert.ok(other.calls.length >= 3 && other.calls.length <= 5, `${other.calls.length} times`);
    store.dispose();
  });
});

function setUpAws(...listed: JobListItem[]): {
  readonly jobs: FakeTargets['jobs'];
  readonly clock: ManualClock;
  readonly store: JobStore;
  readonly asked: () => number;
} {
  const targets = new FakeTargets(awsTarget({ profile: 'prod', region: 'eu-west-1' }, ''));
  const { jobs } = targets;
  jobs.jobs = listed;
  const clock = new ManualClock();
  const store = new JobStore({ targets, clock, onError: () => undefined });
  return { jobs, clock, store, asked: () => jobs.calls.filter((call) => call.startsWith('listJobs')).length };
}
