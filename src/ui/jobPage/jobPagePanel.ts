import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.js';
import { BatchError, errorMessage, isCancelled } from '../../base/errors.js';
import { formatJobFile, toJobFile } from '../../core/job/jobFile.js';
import type { Target } from '../../core/job/target.js';
import { ledgerKey } from '../../core/ledger/ledger.js';
import type { Cause } from '../../core/report/causes.js';
import { jobPage, type PageAction, pageActions } from '../../core/view/jobPage.js';
import { countsOf, hasEnded } from '../../core/view/jobOutcome.js';
import { jobLabel } from '../../core/view/jobText.js';
import type { StatusPoint } from '../../core/view/jobTimeline.js';
import type { ProgressPoint } from '../../core/view/progressHistory.js';
import type { Explorer } from '../explorer/explorer.js';
import type { JobDetails } from '../explorer/jobStore.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
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

/** What was observed before the window was loaded anew. */
export interface EarlierPage {
  readonly points: readonly ProgressPoint[];
  readonly statuses: readonly StatusPoint[];
}

/** Fills a panel with the page of a job and keeps it up to date until it is closed. */
export function showJobPage(
  { services, explorer, targets }: JobPageContext,
  panel: vscode.WebviewPanel,
  reference: JobReference,
  earlier: EarlierPage = { points: [], statuses: [] },
): void {
  const { store } = explorer;
  const { errors, commands } = services;
  const disposables = new DisposableStore();
  let causes: readonly Cause[] | Error | undefined;
  let isReading = false;

  /** The job as its target has it, or else as it was written down. */
  const read = async (): Promise<ReadJob> => {
    const state = store.state(reference.targetId);
    try {
      const details = await store.details(reference);
      if (state === undefined)
        throw new BatchError('NoSuchTarget', vscode.l10n.t('There is no target {0} any more.', reference.targetId));
      const { target, error } = state;
      const problem = error === undefined ? undefined : vscode.l10n.t('Not up to date. {0}', errorMessage(error));
      return { ...details, target, problem };
    } catch (error) {
      const kept = (await explorer.ledger.entries()).find((entry) => ledgerKey(entry) === ledgerKey(reference));
      if (isCancelled(error) || kept?.descriptor === undefined) throw error;
      const { descriptor, tags, targetId: id, targetLabel: label, region } = kept;
      const target = state?.target ?? { id, label, region, kind: id === localTargetId ? 'local' : 'aws' };
      const problem = vscode.l10n.t('This is what was written down of the job. {0}', errorMessage(error));
      return { descriptor, tags, target, problem };
    }
  };
  const update = async (): Promise<void> => {
    const { descriptor, tags, target, problem } = await read();
    if (disposables.isDisposed) return;
    // A page that is looked at is kept up to date, whether the view is open or not. One that has ended would be told of as if it just had.
    if (!hasEnded(descriptor.Status) && problem === undefined && !store.isFollowed(reference)) store.follow(reference);
    panel.title = jobLabel(descriptor);
    const source = {
      target,
      job: descriptor,
      tags,
      points: joined(earlier.points, store.progress(reference)),
      statuses: joined(earlier.statuses, store.statuses(reference)),
      problem,
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
    refresh: async () => {
      await commands.execute(Command.jobsRefresh);
      await update();
    },
    retryFailed: () => commands.execute(Command.reportRetry, reference),
    openRole: () => commands.execute(Command.jobOpenRole, reference),
    openReport: () => commands.execute(Command.jobOpenReport, reference),
    showChaos: () => commands.execute(Command.jobShowChaos, reference),
    openManifest: () => commands.execute(Command.jobOpenManifest, reference),
    openInConsole: () => commands.execute(Command.jobOpenInConsole, reference),
    readCauses,
  };
  // The page says what is wrong in its own place: a notification for every look would be one too many.
  const refresh = (): void =>
    void update().catch((error: unknown) => {
      if (disposables.isDisposed || isCancelled(error)) return;
      errors.logOnly('Show a job', error);
      const problem = { text: errorMessage(error), again: vscode.l10n.t('Try Again') };
      void panel.webview.postMessage({ type: 'problem', job: reference, problem });
    });

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

interface ReadJob extends JobDetails {
  readonly target: Target;
  /** Why it may be old. */
  readonly problem: string | undefined;
}

function joined<T extends { readonly atMs: number }>(earlier: readonly T[], now: readonly T[]): readonly T[] {
  const start = now[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return [...earlier.filter(({ atMs }) => atMs < start), ...now];
}
