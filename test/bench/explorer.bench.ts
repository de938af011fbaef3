import type { BenchContext, Benchmark, Measurement } from '../../src/build/benchmark.js';
import type { JobListItem, JobStatus } from '../../src/core/job/jobTypes.js';
import { untranslated } from '../../src/core/view/localizer.js';
import { JobStore } from '../../src/ui/explorer/jobStore.js';
import { JobTree, type TreeElement } from '../../src/ui/explorer/jobTree.js';
import { JobViewState } from '../../src/ui/explorer/jobViewState.js';
import { FakeMemory } from '../support/fakeMemory.js';
import { FakeTargets } from '../support/fakeTargets.js';
import { ManualClock } from '../support/manualClock.js';
import { startWatch } from '../support/stopWatch.js';

/** Budget 9 of the design: what a refresh costs the extension host when ten thousand jobs are on the screen. */
export const benchmarks: readonly Benchmark[] = [{ name: 'explorer', run: measure }];

const jobCount = 10_000;
const rounds = 15;

async function measure({ log }: BenchContext): Promise<readonly Measurement[]> {
  log(`${jobCount.toLocaleString('en')} jobs, all of them shown`);
  const targets = new FakeTargets();
  targets.jobs.jobs = Array.from({ length: jobCount }, (_, index) => job(index, 0));
  const clock = new ManualClock();
  const store = new JobStore({ targets, clock, onError: () => undefined });
  const state = new JobViewState(new FakeMemory(), fail);
  const tree = new JobTree(store, { l10n: untranslated, locale: 'en' }, state, clock);
  await tree.children();
  while (store.state('local')?.list?.nextToken !== undefined) await store.loadMore('local');
  while (tree.showMore('local'));

  // As VS Code does it: after a change of the list it asks for every element and how it looks.
  const draw = async (): Promise<number> => {
    let drawn = 0;
    const visit = (element: TreeElement): void => {
      tree.view(element);
      drawn += 1;
    };
    for (const root of await tree.children()) {
      visit(root);
      for (const child of await tree.children(root)) visit(child);
    }
    return drawn;
  };
  const first = await milliseconds(async () => {
    const drawn = await draw();
    if (drawn < jobCount) throw new Error(`Only ${drawn} elements were drawn.`);
  });
  const progress: number[] = [];
  const arrivals: number[] = [];
  const filters: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await clock.advance(1);
    targets.jobs.jobs = targets.jobs.jobs.map((item, index) => (index % 100 === 0 && index < 1000 ? job(index, round) : item));
    progress.push(await milliseconds(() => store.refresh('local')));
    targets.jobs.jobs = [job(jobCount + round, 0), ...targets.jobs.jobs];
    arrivals.push(
      await milliseconds(async () => {
        await store.refresh('local');
        await draw();
      }),
    );
    filters.push(
      await milliseconds(async () => {
        state.setFilter(round % 2 === 0 ? '' : 'status:running report');
        await draw();
      }),
    );
    state.setFilter('');
  }
  store.dispose();
  return [
    { what: 'first drawing', value: first, unit: 'ms' },
    { what: 'refresh with progress, median', value: median(progress), unit: 'ms', atMost: 50 },
    { what: 'refresh with a new job, all drawn anew, median', value: median(arrivals), unit: 'ms', atMost: 50 },
    { what: 'filter, median', value: median(filters), unit: 'ms', atMost: 50 },
  ];
}

const statuses: readonly JobStatus[] = ['Active', 'Complete', 'Failed', 'Cancelled', 'Suspended'];

function job(index: number, succeeded: number): JobListItem {
  return {
    JobId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    Description: `Rename reports of day ${index}`,
    Operation: 'LambdaInvoke',
    Priority: 10,
    Status: index < 1000 && index % 100 === 0 ? 'Active' : (statuses[1 + (index % 4)] ?? 'Complete'),
    CreationTime: new Date(Date.UTC(2026, 10, 1) - (index <= jobCount ? index : -index) * 60_000).toISOString(),
    ProgressSummary: { TotalNumberOfTasks: 100_000, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: index % 3 },
  };
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const stop = startWatch();
  await work();
  return stop();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function fail(error: unknown): never {
  throw error;
}
