import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchError } from '../../../../src/base/errors.js';
import type { JobListItem, JobStatus } from '../../../../src/core/job/jobTypes.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { viewOf } from '../../../../src/core/view/nodeView.js';
import { JobStore } from '../../../../src/ui/explorer/jobStore.js';
import { JobTree, type TreeElement } from '../../../../src/ui/explorer/jobTree.js';
import { FakeTargets } from '../../../support/fakeTargets.js';
import { ManualClock } from '../../../support/manualClock.js';

const formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };

function job(id: string, minute: number, status: JobStatus = 'Complete', succeeded = 9): JobListItem {
  return {
    JobId: id,
    Status: status,
    CreationTime: new Date(minute * 60_000).toISOString(),
    ProgressSummary: { TotalNumberOfTasks: 9, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: 0 },
  };
}

interface Setup {
  readonly targets: FakeTargets;
  readonly store: JobStore;
  readonly tree: JobTree;
  readonly changed: (string | undefined)[];
}

function setUp(...jobs: JobListItem[]): Setup {
  const targets = new FakeTargets();
  targets.jobs.jobs = jobs;
  const store = new JobStore({ targets, clock: new ManualClock(), onError: () => undefined });
  const tree = new JobTree(store, formats);
  const changed: (string | undefined)[] = [];
  tree.onDidChange((element) => changed.push(element?.id));
  return { targets, store, tree, changed };
}

const labels = (elements: readonly TreeElement[]): string[] => elements.map((element) => viewOf(element.node, formats).label);

async function roots(tree: JobTree): Promise<readonly TreeElement[]> {
  return await tree.children();
}

describe('JobTree', () => {
  it('has no root while there is nothing to show, so that the view can say what to do', async () => {
    const { targets, tree } = setUp();
    assert.deepEqual(await roots(tree), []);
    targets.isReachable = false;
    assert.deepEqual(await roots(tree), []);
  });

  it('shows target, jobs newest first, and the details of a job', async () => {
    const { tree } = setUp(job('aaaaaaaa', 1), job('bbbbbbbb', 2, 'Active', 3));
    const [target] = await roots(tree);
    const jobs = await tree.children(target);
    assert.deepEqual(labels(jobs), ['bbbbbbbb', 'aaaaaaaa']);
    const details = await tree.children(jobs[0]);
    assert.deepEqual(labels(details), ['Operation', 'Report', 'Priority', 'Timeline', 'Job ID']);
    assert.ok(details.every((element) => element.jobId === 'bbbbbbbb' && element.targetId === 'local'));
  });

  it('keeps the same elements, and refreshes only the job that changed', async () => {
    const { targets, store, tree, changed } = setUp(job('a', 1), job('b', 2, 'Active', 3));
    const [target] = await roots(tree);
    const before = await tree.children(target);
    changed.length = 0;
    targets.jobs.jobs = [job('a', 1), job('b', 2, 'Active', 4)];
    await store.refresh();
    assert.deepEqual(changed, ['local/b']);
    assert.deepEqual(viewOf((before[0] as TreeElement).node, formats).description, '4 of 9');
    const after = await tree.children(target);
    assert.ok(after.every((element, index) => element === before[index]));
    assert.equal(tree.find({ targetId: 'local', jobId: 'a' }), before[1]);
  });

  it('shows an error above what was known, and without anything known as the only child', async () => {
    const { targets, store, tree } = setUp(job('a', 1));
    const [target] = await roots(tree);
    await tree.children(target);
    targets.jobs.failure = new BatchError('Unreachable', 'Local does not answer.', { hint: 'Start it.' });
    await store.refresh();
    const [stale] = await roots(tree);
    assert.deepEqual(stale?.node, { kind: 'target', id: 'local', target: targets.jobs.target, isStale: true });
    assert.deepEqual(labels(await tree.children(stale)), ['Local does not answer.', 'a']);

    const second = setUp();
    second.targets.jobs.failure = targets.jobs.failure;
    const [root] = await roots(second.tree);
    assert.deepEqual(labels(await second.tree.children(root)), ['Local does not answer.']);
  });

  it('shows why the details of a job can not be read', async () => {
    const { targets, tree } = setUp(job('a', 1));
    const [target] = await roots(tree);
    const [element] = await tree.children(target);
    targets.jobs.failure = new BatchError('AccessDenied', 'Access denied.');
    assert.deepEqual(labels(await tree.children(element)), ['Access denied.']);
    targets.jobs.failure = undefined;
    assert.equal(labels(await tree.children(element))[0], 'Operation');
  });

  it('offers to load more while there is more', async () => {
    const { store, tree } = setUp(...Array.from({ length: 120 }, (_, index) => job(`j${index}`, 1000 - index)));
    const [target] = await roots(tree);
    assert.equal(labels(await tree.children(target)).at(-1), 'Load more');
    await store.loadMore('local');
    const all = await tree.children(target);
    assert.equal(all.length, 120);
    assert.equal(labels(all).at(-1), 'j119');
  });
});
