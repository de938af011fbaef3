import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchError } from '../../../../src/base/errors.js';
import type { JobListItem, JobStatus } from '../../../../src/core/job/jobTypes.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { viewOf } from '../../../../src/core/view/nodeView.js';
import { JobStore } from '../../../../src/ui/explorer/jobStore.js';
import { JobTree, type TreeElement } from '../../../../src/ui/explorer/jobTree.js';
import { JobViewState } from '../../../../src/ui/explorer/jobViewState.js';
import { FakeMemory } from '../../../support/fakeMemory.js';
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
  readonly state: JobViewState;
  readonly clock: ManualClock;
  readonly changed: (string | undefined)[];
}

function setUp(...jobs: JobListItem[]): Setup {
  const targets = new FakeTargets();
  targets.jobs.jobs = jobs;
  const clock = new ManualClock();
  const store = new JobStore({ targets, clock, onError: () => undefined });
  const state = new JobViewState(new FakeMemory(), assert.ifError);
  const tree = new JobTree(store, formats, state, clock);
  const changed: (string | undefined)[] = [];
  tree.onDidChange((element) => changed.push(element?.id));
  return { targets, store, state, clock, tree, changed };
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
    const readAt = '1970-01-01T00:00:00.000Z';
    assert.deepEqual(stale?.node, { kind: 'target', id: 'local', target: targets.jobs.target, isStale: true, readAt });
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

  it('shows a job in one place only: pinned, ended while away, or where it belongs', async () => {
    const { tree, state, store } = setUp(job('aaaaaaaa', 1), job('bbbbbbbb', 2, 'Active', 3));
    await roots(tree);
    state.setPinned([{ targetId: 'local', jobId: 'aaaaaaaa' }], true);
    const [pinned, local] = await roots(tree);
    assert.deepEqual(labels([pinned!, local!]), ['Pinned', 'local']);
    const [job1] = await tree.children(pinned);
    assert.deepEqual(labels(await tree.children(local)), ['bbbbbbbb']);
    assert.ok(tree.view(job1!).abilities?.has('unpinnable'));
    await store.refresh();
    assert.equal(tree.find({ targetId: 'local', jobId: 'aaaaaaaa' }), job1, 'the same element after a refresh');
  });

  it('groups by status, and keeps what waits for somebody first', async () => {
    const { tree, state } = setUp(job('a1', 1), job('b1', 2, 'Active', 3), job('c1', 3, 'Suspended'), job('d1', 4, 'Failed'));
    state.setGrouping('status');
    const groups = await roots(tree);
    assert.deepEqual(labels(groups), ['Waits for confirmation', 'Running', 'Failed, or complete with failures', 'Complete']);
    assert.match(tree.view(groups[0]!).accessibilityLabel, /Waits for confirmation, 1 jobs/);
    assert.deepEqual(labels(await tree.children(groups[1])), ['b1']);
  });

  it('shows only what fits the filter, and says when nothing does', async () => {
    const { tree, state } = setUp(job('aaaa1111', 1), job('bbbb2222', 2, 'Active', 3));
    const [target] = await roots(tree);
    state.setFilter('status:running');
    assert.deepEqual(labels(await tree.children(target)), ['bbbb2222']);
    assert.deepEqual(tree.counts(), { read: 2, shown: 1 });
    state.setFilter('nothing such');
    assert.deepEqual(labels(await tree.children(target)), ['No job that was read fits the filter']);
    state.setFilter('');
    assert.equal((await tree.children(target)).length, 2);
  });

  it('shows ten thousand jobs bit by bit', async () => {
    const setup = setUp(...Array.from({ length: 10_000 }, (_, index) => job(`job-${index}`, index)));
    const [target] = await roots(setup.tree);
    for (let page = 0; page < 10; page += 1) await setup.store.loadMore('local');
    assert.equal(setup.store.state('local')?.list?.jobs.length, 10_000);
    assert.equal((await setup.tree.children(target)).length, 201);
    assert.equal(setup.tree.showMore('local'), true);
    assert.equal((await setup.tree.children(target)).length, 1201);
  });

  it('says where the next jobs begin, for whoever goes on there by keyboard', async () => {
    const { tree } = setUp(...Array.from({ length: 250 }, (_, index) => job(`j${index}`, 1000 - index)));
    const [target] = await roots(tree);
    await tree.children(target);
    assert.equal(tree.countBelow('local'), 100, 'the first page');
    tree.showMore('local');
    const next = tree.jobAt('local', 99);
    assert.equal(next?.jobId, 'j99');
    assert.equal((await tree.children(target))[99], next, 'the same object that the view knows');
    assert.equal(tree.jobAt('local', 100), undefined);
  });

  it('knows of which jobs the tags must be read: of those that fit otherwise', async () => {
    const { tree, state } = setUp(job('c', 3, 'Active', 1), job('b', 2), job('a', 1));
    await roots(tree);
    assert.deepEqual(tree.withoutTags(), [], 'nobody asked for tags');
    state.setFilter('status:complete tag:team=data');
    assert.deepEqual(
      tree.withoutTags().map(({ jobId }) => jobId),
      ['b', 'a'],
    );
    tree.noteTags({ targetId: 'local', jobId: 'b' }, [{ Key: 'team', Value: 'data' }]);
    assert.deepEqual(
      tree.withoutTags().map(({ jobId }) => jobId),
      ['a'],
    );
  });

  it('tells a screen reader what every row is: targets, groups, jobs, details, errors, "Load more" and what stands for nothing', async () => {
    const { targets, store, state, tree } = setUp(...Array.from({ length: 250 }, (_, index) => job(`j${index}`, 1000 - index)));
    const kinds = new Map<string, string>();
    const walk = async (parent?: TreeElement, depth = 0): Promise<void> => {
      for (const element of await tree.children(parent)) {
        const { accessibilityLabel, label } = viewOf(element.node, formats);
        assert.ok(accessibilityLabel.includes(label) || accessibilityLabel.length >= label.length, label);
        kinds.set(element.node.kind, accessibilityLabel);
        if (depth < 2) await walk(element, depth + 1);
      }
    };
    await walk();
    state.setGrouping('status');
    await walk();
    state.setGrouping('target');
    state.setFilter('nothing fits this');
    await walk();
    state.setFilter('');
    targets.jobs.failure = new BatchError('Unreachable', 'Local does not answer.', { hint: 'Start it.' });
    await store.refresh();
    await walk();
    assert.deepEqual([...kinds.keys()].toSorted(), ['detail', 'empty', 'error', 'group', 'job', 'loadMore', 'target']);
    assert.match(kinds.get('loadMore') ?? '', /^Load more jobs, [\d,]+ shown$/);
    assert.match(kinds.get('error') ?? '', /^Error: .*Press Enter to try again\.$/s);
    assert.match(kinds.get('target') ?? '', /not up to date/);
  });

  it('says how fast a running job goes, once it was looked at twice', async () => {
    const { targets, tree, store, clock } = setUp(job('aaaaaaaa', 1, 'Active', 1));
    const [target] = await roots(tree);
    targets.jobs.jobs = [job('aaaaaaaa', 1, 'Active', 3)];
    await clock.advance(1000);
    assert.equal(store.progress({ targetId: 'local', jobId: 'aaaaaaaa' }).length, 2);
    const [element] = await tree.children(target);
    assert.match(tree.view(element!).description ?? '', /3 of 9 · 2 tasks\/s · 3 s left/);
  });
});
