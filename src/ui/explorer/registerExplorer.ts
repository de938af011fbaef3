import * as vscode from 'vscode';
import { Command, type GivenJob } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import type { Explorer, FollowedJob } from './explorer.js';
import { followedKey } from './followedKey.js';
import type { TreeElement } from './jobTree.js';
import { rowsInHand } from './rowsInHand.js';
import type { TargetProvider } from './targetProvider.js';
import { WindowTargets } from './windowTargets.js';

/** Jobs of an earlier window are asked about this long after the start. */
const followAfterMs = 3000;

/** What the other features need of the jobs: clients, and to hand over a job that they have created. */
export interface Jobs {
  readonly targets: TargetProvider;
  /** Jobs, tree and actions; loads them if need be. */
  explorer(): Promise<Explorer>;
  /** Watches a job to its end: tree, status bar, and a notification at its end. */
  follow(job: FollowedJob): Promise<void>;
  /** The job given, or one chosen among all. */
  choose(given: JobReference | undefined, placeholder: string): Promise<JobReference | undefined>;
  /** The job given, or one chosen among those that have ended. */
  chooseEnded(given: JobReference | undefined): Promise<JobReference | undefined>;
  /** A local job whose handler may have written something. */
  chooseLogged(): Promise<JobReference | undefined>;
  /** The job given, or one chosen among the second runs of the chaos switch that have ended. */
  chooseChaosRun(given: JobReference | undefined): Promise<JobReference | undefined>;
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
      engine.followOthers();
      return explorer;
    });
    return loading;
  };

  const view = vscode.window.createTreeView<TreeElement>('s3batch.jobs', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (element) => [...(await (await load()).tree.children(element))],
      getTreeItem: async (element) => (await load()).render(element),
      resolveTreeItem: async (item, element) => (await load()).resolve(item, element),
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

  /** The jobs that a command is meant for: what a menu or a key passes; none from the palette, where the command asks. */
  const jobsOf = async (given: GivenJob | undefined, all?: readonly JobReference[]): Promise<readonly JobReference[]> => {
    const jobs =
      given === 'selection'
        ? await rowsInHand(view)
        : all !== undefined && all.length > 1
          ? all
          : given === undefined
            ? []
            : [given];
    return jobs.filter(({ jobId }) => jobId !== '').map(({ targetId, jobId }) => ({ targetId, jobId }));
  };
  const actions = async (): Promise<Explorer['actions']> => (await load()).actions;
  commands.register(Command.jobConfirm, async (job, all) => await (await actions()).confirm(await jobsOf(job, all)));
  commands.register(Command.jobCancel, async (job, all) => await (await actions()).cancel(await jobsOf(job, all)));
  commands.register(
    Command.jobChangePriority,
    async (job, all) => await (await actions()).changePriority(await jobsOf(job, all)),
  );
  commands.register(Command.jobEditTags, async (job) => await (await actions()).editTags(await jobsOf(job)));
  commands.register(Command.jobCopyId, async (job, all) => await (await actions()).copyIds(await jobsOf(job, all)));
  commands.register(Command.jobCopyArn, async (job, all) => await (await actions()).copyArns(await jobsOf(job, all)));
  commands.register(Command.jobCopyAsCli, async (job) => await (await actions()).copyAsCli(await jobsOf(job)));
  commands.register(Command.jobClone, async (job) => await (await actions()).clone(await jobsOf(job)));
  commands.register(Command.jobOpenManifest, async (job) => await (await actions()).openManifest(await jobsOf(job)));
  commands.register(Command.jobOpenInConsole, async (job) => await (await actions()).openInConsole(await jobsOf(job)));
  commands.register(Command.jobOpenRole, async (job) => await (await actions()).openRole(await jobsOf(job)));
  commands.register(Command.jobCompare, async (job, all) => await (await actions()).compare(await jobsOf(job, all)));
  commands.register(Command.jobPin, async (job, all) => (await load()).pin(await jobsOf(job, all), true));
  commands.register(Command.jobUnpin, async (job, all) => (await load()).pin(await jobsOf(job, all), false));
  commands.register(Command.jobsFilter, async () => await (await load()).filter());
  commands.register(Command.jobsClearFilter, async () => (await load()).clearFilter());
  commands.register(Command.jobsGroupByStatus, async () => (await load()).group('status'));
  commands.register(Command.jobsGroupByTarget, async () => (await load()).group('target'));
  commands.register(Command.jobsDismissAway, async () => (await load()).dismissAway());
  commands.register(Command.jobsRefresh, async () => {
    const { store } = await load();
    for (const { target, error } of store.targets) {
      if (error === undefined) targets.isNeeded(target.id);
      else targets.retry(target.id);
    }
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
  commands.register(Command.jobsLoadMore, async (targetId, parentId) => {
    if (targetId !== undefined) await (await load()).loadMore(targetId, parentId ?? targetId);
  });
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('s3batch-job', {
      provideTextDocumentContent: async (uri) => await errors.run('Show a job', async () => await (await load()).text(uri)),
    }),
  );
  // Jobs that were followed before the window was loaded anew are followed on. Not while VS Code is still starting.
  if ((context.workspaceState.get<readonly JobReference[]>(followedKey) ?? []).length > 0) {
    context.subscriptions.push(
      services.clock.schedule(followAfterMs, () => void errors.run('Follow jobs', async () => await load())),
    );
  }

  return {
    targets,
    explorer: load,
    follow: async (reference) => await (await load()).follow(reference),
    choose: async (given, placeholder) => await (await load()).actions.choose(given, 'copyable', placeholder),
    chooseLogged: async () =>
      await (await load()).actions.choose(undefined, 'logged', vscode.l10n.t('Whose handler log is to be opened?')),
    chooseEnded: async (given) =>
      await (await load()).actions.choose(given, 'reported', vscode.l10n.t('Whose report is to be opened?')),
    chooseChaosRun: async (given) =>
      await (
        await load()
      ).actions.choose(given, 'chaosCompared', vscode.l10n.t('Which second run under chaos is to be compared with its first?')),
  };
}
