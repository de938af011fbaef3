import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.js';
import type { Formats } from '../../core/view/formats.js';
import { countsOf } from '../../core/view/jobOutcome.js';
import { jobLabel } from '../../core/view/jobText.js';
import type { JobReference } from '../platform/commandTypes.js';
import type { ActiveJob } from '../platform/jobActivity.js';
import type { Services } from '../platform/services.js';
import { JobActions } from './jobActions.js';
import { notifyOfEnds } from './jobNotifications.js';
import { type EndedJob, JobStore } from './jobStore.js';
import { JobTree, type TreeElement } from './jobTree.js';
import { renderElement } from './nodeRenderer.js';
import type { TargetProvider } from './targetProvider.js';

/** The part of the explorer that loads when the view is first looked at or a job command first runs. */
export interface Explorer extends vscode.Disposable {
  readonly store: JobStore;
  readonly tree: JobTree;
  readonly actions: JobActions;
  render(element: TreeElement): vscode.TreeItem;
  /** Watches a job to its end and shows it in the view, without taking the focus. */
  follow(reference: JobReference): Promise<void>;
}

export function createExplorer(services: Services, targets: TargetProvider, view: () => vscode.TreeView<TreeElement>): Explorer {
  const disposables = new DisposableStore();
  const formats: Formats = { l10n: vscode.l10n, locale: vscode.env.language };
  const store = disposables.add(
    new JobStore({ targets, clock: services.clock, onError: (what, error) => services.errors.logOnly(what, error) }),
  );
  const tree = disposables.add(new JobTree(store, formats));
  const actions = new JobActions(targets, store, formats);
  disposables.add(notifyOfEnds(store, services, formats));
  disposables.add(
    store.onDidChange(() => {
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
    render: (element) => renderElement(element, formats),
    async follow(reference) {
      store.follow(reference);
      await store.refresh(reference.targetId);
      // The element exists once the tree has shown its target; until then there is nothing to reveal.
      const element = tree.find(reference);
      if (element === undefined || !view().visible) return;
      try {
        await view().reveal(element, { select: true, focus: false });
      } catch (error) {
        // The tree may have been refreshed meanwhile. The job is there, only not selected.
        services.errors.logOnly('Reveal a job', error);
      }
    },
    dispose: () => disposables.dispose(),
  };
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
