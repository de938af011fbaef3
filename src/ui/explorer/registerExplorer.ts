import * as vscode from 'vscode';
import { Command, type JobReference } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { Explorer } from './explorer.js';
import type { TreeElement } from './jobTree.js';
import type { TargetProvider } from './targetProvider.js';
import { WindowTargets } from './windowTargets.js';

/** What the other features need of the jobs: clients, and to hand over a job that they have created. */
export interface Jobs {
  readonly targets: TargetProvider;
  /** Watches a job to its end: tree, status bar, and a notification at its end. */
  follow(reference: JobReference): Promise<void>;
  /** The job given, or one chosen among those that have ended. */
  chooseEnded(given: JobReference | undefined): Promise<JobReference | undefined>;
}

/** Registers view and commands; everything behind them loads when it is first needed. */
export function registerExplorer(services: Services): Jobs {
  const { context, commands, engine, errors } = services;
  const targets = new WindowTargets(engine, services.settings);
  const changed = new vscode.EventEmitter<TreeElement | undefined>();
  let loading: Promise<Explorer> | undefined;
  const load = (): Promise<Explorer> => {
    loading ??= import('./explorer.js').then(({ createExplorer }) => {
      const explorer = createExplorer(services, targets, () => view);
      context.subscriptions.push(
        explorer,
        explorer.tree.onDidChange((element) => changed.fire(element)),
      );
      explorer.store.setVisible(view.visible);
      return explorer;
    });
    return loading;
  };

  const view = vscode.window.createTreeView<TreeElement>('s3batch.jobs', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (element) => [...(await (await load()).tree.children(element))],
      getTreeItem: async (element) => (await load()).render(element),
      getParent: (element) => element.parent,
    },
  });
  context.subscriptions.push(
    targets,
    changed,
    view,
    view.onDidChangeVisibility(({ visible }) => {
      void errors.run('Show the jobs', async () => (await load()).store.setVisible(visible));
    }),
  );

  commands.register(Command.jobConfirm, async (job) => await (await load()).actions.confirm(job));
  commands.register(Command.jobCancel, async (job) => await (await load()).actions.cancel(job));
  commands.register(Command.jobChangePriority, async (job) => await (await load()).actions.changePriority(job));
  commands.register(Command.jobCopyId, async (job) => await (await load()).actions.copyId(job));
  commands.register(Command.jobCopyArn, async (job) => await (await load()).actions.copyArn(job));
  commands.register(Command.jobOpenManifest, async (job) => await (await load()).actions.openManifest(job));
  commands.register(Command.jobsRefresh, async () => {
    const { store } = await load();
    for (const { target, error } of store.targets) if (error !== undefined) targets.retry(target.id);
    await store.refresh();
  });
  commands.register(Command.targetAdd, async () => {
    const { addTarget } = await import('./manageTargets.js');
    return await addTarget(services.settings);
  });
  commands.register(Command.targetRemove, async (target) => {
    const { removeTarget } = await import('./manageTargets.js');
    await removeTarget(services.settings, target?.targetId);
  });
  commands.register(Command.jobsLoadMore, async (targetId) => {
    if (targetId !== undefined) await (await load()).store.loadMore(targetId);
  });

  return {
    targets,
    follow: async (reference) => await (await load()).follow(reference),
    chooseEnded: async (given) =>
      await (await load()).actions.choose(given, 'reported', vscode.l10n.t('Whose report is to be opened?')),
  };
}
