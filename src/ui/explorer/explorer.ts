import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.js';
import { type Formats, formatCount } from '../../core/view/formats.js';
import { ledgerEntry } from '../../core/ledger/ledger.js';
import { countsOf } from '../../core/view/jobOutcome.js';
import { jobLabel } from '../../core/view/jobText.js';
import { costOfTasks } from '../cost/estimateCost.js';
import { keepLedger } from '../ledger/keepLedger.js';
import { LedgerFile } from '../ledger/ledgerFile.js';
import type { JobReference } from '../platform/jobReference.js';
import type { ActiveJob } from '../platform/jobActivity.js';
import type { Services } from '../platform/services.js';
import { askFilter, readTagsFor } from './filterJobs.js';
import { followedKey } from './followedKey.js';
import { JobActions } from './jobActions.js';
import { jobText } from './jobDocuments.js';
import { notifyOfEnds } from './jobNotifications.js';
import { type EndedJob, JobStore } from './jobStore.js';
import { JobTree, type TreeElement } from './jobTree.js';
import { type Grouping, JobViewState } from './jobViewState.js';
import { renderElement, resolveElement } from './nodeRenderer.js';
import { rowsInHand } from './rowsInHand.js';
import { notifyOfSignIn } from './signInNotifications.js';
import type { TargetProvider } from './targetProvider.js';

/** A job to watch, with what only its submit knows of it. */
export interface FollowedJob extends JobReference {
  readonly manifestSha256?: string;
}

/** The part of the explorer that loads when the view is first looked at or a job command first runs. */
export interface Explorer extends vscode.Disposable {
  readonly store: JobStore;
  readonly tree: JobTree;
  readonly actions: JobActions;
  /** Every job that was seen. */
  readonly ledger: LedgerFile;
  render(element: TreeElement): vscode.TreeItem;
  resolve(item: vscode.TreeItem, element: TreeElement): vscode.TreeItem;
  /** Watches a job to its end and shows it in the view, without taking the focus. */
  follow(job: FollowedJob): Promise<void>;
  pin(jobs: readonly JobReference[], isPinned: boolean): void;
  filter(): Promise<void>;
  clearFilter(): void;
  group(grouping: Grouping): void;
  dismissAway(): void;
  loadMore(targetId: string, parentId: string): Promise<void>;
  /** The job of the view that a key is meant for. */
  inHand(): Promise<JobReference | undefined>;
  /** The text of a document that shows a job. */
  text(uri: vscode.Uri): Promise<string>;
}

export function createExplorer(services: Services, targets: TargetProvider, view: () => vscode.TreeView<TreeElement>): Explorer {
  const disposables = new DisposableStore();
  const { clock, contextKeys, errors } = services;
  const memory = services.context.workspaceState;
  const formats: Formats = { l10n: vscode.l10n, locale: vscode.env.language };
  const store = disposables.add(
    new JobStore({
      targets,
      clock,
      followed: memory.get<readonly JobReference[]>(followedKey) ?? [],
      onError: (what, error) => errors.logOnly(what, error),
    }),
  );
  const state = new JobViewState(memory, (error) => errors.logOnly('Remember the view', error));
  const tree = disposables.add(new JobTree(store, formats, state, clock));
  const actions = new JobActions(services, targets, store, formats);
  const ledger = new LedgerFile(join(services.context.globalStorageUri.fsPath, 'ledger'));
  const aborted = new AbortController();
  contextKeys.set('s3batch.jobsGrouping', state.grouping);
  disposables.add({ dispose: () => aborted.abort() });
  disposables.add(
    keepLedger(store, ledger, {
      now: () => clock.now(),
      costOf: (target, job) => costOfTasks(services.settings, target, job),
      onError: (error) => errors.logOnly('Write down jobs', error),
    }),
  );
  disposables.add(notifyOfEnds(store, services, formats));
  disposables.add(notifyOfSignIn(store, services.commands));
  disposables.add(
    store.onDidChangeFollowed((followed) => {
      memory.update(followedKey, followed).then(undefined, (error: unknown) => errors.logOnly('Remember followed jobs', error));
    }),
  );
  const reveal = async (element: TreeElement | undefined, options: { select: boolean; focus: boolean }): Promise<void> => {
    if (element === undefined || !view().visible) return;
    try {
      await view().reveal(element, options);
    } catch (error) {
      // The tree may have been refreshed meanwhile. The job is there, only not selected.
      errors.logOnly('Reveal a job', error);
    }
  };
  const showFilter = (): void => {
    contextKeys.set('s3batch.isFiltered', state.filter !== undefined);
    if (state.filter === undefined) {
      view().message = '';
      return;
    }
    const { shown, read } = tree.counts();
    view().message = vscode.l10n.t(
      '{0} of {1} jobs: {2}',
      formatCount(shown, formats),
      formatCount(read, formats),
      state.filterText,
    );
  };
  disposables.add(state.onDidChange(showFilter));
  disposables.add(
    store.onDidChange(() => {
      if (state.filter !== undefined) showFilter();
      const active = store.activeJobs();
      services.jobActivity.update(active.map(activeJobOf));
      view().badge =
        active.length === 0
          ? undefined
          : {
              value: active.length,
              tooltip:
                active.length === 1 ? vscode.l10n.t('1 job is running') : vscode.l10n.t('{0} jobs are running', active.length),
            };
    }),
  );
  return {
    store,
    tree,
    actions,
    ledger,
    render: (element) => renderElement(element, tree.view(element)),
    resolve: (item, element) => resolveElement(item, element, formats),
    async follow({ targetId, jobId, manifestSha256 }) {
      const reference = { targetId, jobId };
      store.follow(reference);
      await store.refresh(targetId);
      const [target, job] = [store.state(targetId)?.target, store.job(reference)];
      if (manifestSha256 !== undefined && target !== undefined && job !== undefined) {
        const noted = ledger.note([{ ...ledgerEntry(target, job, clock.now()), manifestSha256 }]);
        noted.catch((error: unknown) => errors.logOnly('Write down jobs', error));
      }
      // The element exists once the tree has shown its target; until then there is nothing to reveal.
      await reveal(tree.find(reference), { select: true, focus: false });
    },
    pin: (jobs, isPinned) => state.setPinned(jobs, isPinned),
    async filter() {
      await askFilter(state);
      await errors.run('Read tags for the filter', () =>
        withViewProgress(() => readTagsFor(state, tree, targets, aborted.signal)),
      );
    },
    clearFilter: () => state.setFilter(''),
    group(grouping) {
      contextKeys.set('s3batch.jobsGrouping', grouping);
      state.setGrouping(grouping);
    },
    dismissAway: () => state.dismissAway(),
    async loadMore(targetId, parentId) {
      const before = tree.countBelow(parentId);
      // What was read already comes first; then the next page, of one target or of all.
      if (!tree.showMore(parentId)) {
        const ids = targetId === '' ? store.targets.map(({ target }) => target.id) : [targetId];
        await Promise.all(ids.map((id) => store.loadMore(id)));
      }
      // The row that had the focus is far below now, or gone: whoever goes on by keyboard goes on with the first new job.
      await reveal(tree.jobAt(parentId, before), { select: false, focus: true });
    },
    inHand: async () => (await rowsInHand(view())).find(({ jobId }) => jobId !== ''),
    text: async (uri) => await jobText(store, uri),
    dispose: () => disposables.dispose(),
  };
}

async function withViewProgress(work: () => Promise<void>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 's3batch.jobs' } }, work);
}

function activeJobOf({ targetId, jobId, job }: EndedJob): ActiveJob {
  const counts = countsOf(job.ProgressSummary);
  return {
    targetId,
    jobId,
    label: jobLabel(job),
    status: job.Status,
    totalTasks: counts?.total,
    succeededTasks: counts?.succeeded ?? 0,
    failedTasks: counts?.failed ?? 0,
  };
}
