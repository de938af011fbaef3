import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { objectScheme, reportScheme } from './objectUri.js';
import type { ReportFeature } from './reportFeature.js';
import type { ReportElement } from './reportElement.js';

/** Registers the Report view, its commands and documents; what reads reports loads when the first of them is opened. */
export function registerReport(services: Services, jobs: Jobs): void {
  const { context, commands } = services;
  const changedText = new vscode.EventEmitter<vscode.Uri>();
  const changedTree = new vscode.EventEmitter<ReportElement | undefined>();
  let loading: Promise<ReportFeature> | undefined;
  const load = (): Promise<ReportFeature> =>
    (loading ??= import('./reportFeature.js').then(({ ReportFeature }) => {
      const feature = new ReportFeature(services, jobs, {
        changedText: (uri) => changedText.fire(uri),
        changedTree: (element) => changedTree.fire(element),
        reveal: async (element, isFocused) => await view.reveal(element, { expand: element.kind === 'report', focus: isFocused }),
      });
      context.subscriptions.push(feature);
      return feature;
    }));

  const view = vscode.window.createTreeView<ReportElement>('s3batch.report', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changedTree.event,
      // Nothing is open before something was opened.
      getChildren: async (element) => (loading === undefined ? [] : await (await loading).tree.getChildren(element)),
      getTreeItem: async (element) => (await load()).tree.getTreeItem(element),
      getParent: (element) => (element.kind === 'report' ? undefined : element.parent),
    },
  });
  context.subscriptions.push(
    changedText,
    changedTree,
    view,
    vscode.workspace.registerTextDocumentContentProvider(objectScheme, {
      provideTextDocumentContent: async (uri) => await (await load()).documents.objectText(uri),
    }),
    vscode.workspace.registerTextDocumentContentProvider(reportScheme, {
      onDidChange: changedText.event,
      provideTextDocumentContent: async (uri) => await (await load()).documents.summary(uri),
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme: reportScheme },
      { provideDocumentLinks: async ({ uri }) => (await load()).documents.links(uri) },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === reportScheme) void loading?.then(({ documents }) => documents.forget(uri));
    }),
  );

  commands.register(Command.jobOpenReport, async (job) => {
    const reference = await jobs.chooseEnded(job);
    if (reference === undefined) return;
    await (await load()).open({ kind: 'job', reference: plain(reference) });
    services.jobActivity.looked(reference);
  });
  registerCanary(services, jobs);
  commands.register(Command.reportOpen, async (file) => await (await load()).openFile(file));
  commands.register(Command.reportClose, async (element) => (await load()).close(element));
  commands.register(Command.reportRetry, async (element, all) => await (await load()).retry(element, all));
  commands.register(Command.reportResume, async (element) => await (await load()).resume(element));
  commands.register(Command.reportCompare, async (element) => await (await load()).compare(element));
  commands.register(Command.reportLoadMore, async (cause) => (await load()).loadMore(cause));
  commands.register(Command.reportOpenObject, async (row) => await (await load()).openObject(row));
  commands.register(Command.reportCopyKey, async (row, all) => await (await load()).copyKey(row, all));
  commands.register(Command.reportDebugRow, async (row) => await (await load()).debugRow(row));
  commands.register(Command.reportOpenLog, async (element) => await (await load()).openLog(element));
}

/** Registers "Try on a Sample First…", which goes from a job file over a small job to the whole one. */
function registerCanary(services: Services, jobs: Jobs): void {
  services.commands.register(Command.jobTrySample, async (file) => {
    const { tryOnSample } = await import('./canary.js');
    return await tryOnSample(services, jobs, file);
  });
}

/** A tree element may be given for a job; what is kept, or written into a URI, is the reference alone. */
function plain({ targetId, jobId }: JobReference): JobReference {
  return { targetId, jobId };
}
