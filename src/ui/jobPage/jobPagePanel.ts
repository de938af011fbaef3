import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.js';
import { formatJobFile, toJobFile } from '../../core/job/jobFile.js';
import type { Cause } from '../../core/report/causes.js';
import { jobPage, type PageAction, pageActions } from '../../core/view/jobPage.js';
import { countsOf, hasEnded } from '../../core/view/jobOutcome.js';
import { jobLabel } from '../../core/view/jobText.js';
import type { ProgressPoint } from '../../core/view/progressHistory.js';
import type { Explorer } from '../explorer/explorer.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { Command, type JobReference } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { readJobCauses } from '../report/readJobCauses.js';
import { pageHtml } from './pageHtml.js';

/** A report of up to this many tasks is read without being asked for. */
const readAtOnceTasks = 100_000;

export interface JobPageContext {
  readonly services: Services;
  readonly explorer: Explorer;
  readonly targets: TargetProvider;
}

/** Fills a panel with the page of a job and keeps it up to date until it is closed. `earlier` points come from before a reload. */
export function showJobPage(
  { services, explorer, targets }: JobPageContext,
  panel: vscode.WebviewPanel,
  reference: JobReference,
  earlier: readonly ProgressPoint[] = [],
): void {
  const { store } = explorer;
  const { errors, commands } = services;
  const disposables = new DisposableStore();
  let causes: readonly Cause[] | Error | undefined;
  let isReading = false;

  const update = async (): Promise<void> => {
    const { descriptor, tags } = await store.details(reference);
    const target = store.state(reference.targetId)?.target;
    if (disposables.isDisposed || target === undefined) return;
    panel.title = jobLabel(descriptor);
    const source = {
      target,
      job: descriptor,
      tags,
      points: joined(earlier, store.progress(reference)),
      pace: store.pace(reference),
      causes,
      request: formatJobFile(toJobFile(descriptor, tags)),
    };
    const page = jobPage(source, { l10n: vscode.l10n, locale: vscode.env.language });
    await panel.webview.postMessage({ type: 'show', job: reference, page });
    const counts = countsOf(descriptor.ProgressSummary);
    const isSmall = (counts?.total ?? 0) <= readAtOnceTasks;
    if (hasEnded(descriptor.Status) && (counts?.failed ?? 0) > 0 && isSmall && causes === undefined) await readCauses();
  };
  const readCauses = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      const client = await targets.client(reference.targetId);
      causes = await readJobCauses(client, reference.jobId);
    } catch (error) {
      causes = error instanceof Error ? error : new Error(String(error));
      errors.logOnly('Read a report for the page of a job', error);
    } finally {
      isReading = false;
    }
    await update();
  };
  const act: Readonly<Record<PageAction, () => unknown>> = {
    openReport: () => commands.execute(Command.jobOpenReport, reference),
    openManifest: () => commands.execute(Command.jobOpenManifest, reference),
    openInConsole: () => commands.execute(Command.jobOpenInConsole, reference),
    readCauses,
  };
  const refresh = (): void => void errors.run('Show a job', update);

  // A tab draws the file as it is: it knows no colour of the theme.
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(services.context.extensionUri, 'media', `jobPage-${theme}.svg`);
  panel.iconPath = { light: icon('light'), dark: icon('dark') };
  panel.onDidDispose(() => disposables.dispose());
  disposables.add(
    panel.webview.onDidReceiveMessage((message: { readonly type?: unknown; readonly action?: unknown }) => {
      // The page is drawn from what others wrote: nothing but the words that it may say counts.
      if (message.type === 'ready') refresh();
      const action = pageActions.find((known) => known === message.action);
      if (message.type === 'act' && action !== undefined) void errors.run('Act for the page of a job', act[action]);
    }),
  );
  disposables.add(
    store.onDidChange(({ targetId, isListChanged, changed }) => {
      if (targetId === reference.targetId && (isListChanged || changed.has(reference.jobId)) && panel.visible) refresh();
    }),
  );
  disposables.add(panel.onDidChangeViewState(({ webviewPanel }) => webviewPanel.visible && refresh()));
  // A page that is looked at is kept up to date, whether the view is open or not.
  const job = store.job(reference);
  if (job === undefined || !hasEnded(job.Status)) store.follow(reference);
  const { extensionUri } = services.context;
  const asUri = (...path: string[]): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString();
  panel.webview.options = pageOptions(extensionUri);
  panel.webview.html = pageHtml({
    cspSource: panel.webview.cspSource,
    nonce: randomBytes(24).toString('base64'),
    script: asUri('dist', 'webview.js'),
    style: asUri('media', 'jobPage.css'),
    language: vscode.env.language,
    title: panel.title,
  });
}

function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  const localResourceRoots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
  return { enableScripts: true, localResourceRoots };
}

function joined(earlier: readonly ProgressPoint[], now: readonly ProgressPoint[]): readonly ProgressPoint[] {
  const start = now[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return [...earlier.filter(({ atMs }) => atMs < start), ...now];
}
