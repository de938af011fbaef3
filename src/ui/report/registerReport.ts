import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { objectScheme, reportScheme } from './objectUri.js';
import type { ReportDocuments } from './reportDocuments.js';

/** Registers "Open Report" and the documents behind it; reading loads when the first of them is opened. */
export function registerReport({ context, commands }: Services, jobs: Jobs): void {
  let loading: Promise<ReportDocuments> | undefined;
  const load = (): Promise<ReportDocuments> =>
    (loading ??= import('./reportDocuments.js').then(({ ReportDocuments }) => new ReportDocuments(jobs.targets)));
  const changed = new vscode.EventEmitter<vscode.Uri>();
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(objectScheme, {
      provideTextDocumentContent: async (uri) => await (await load()).object(uri),
    }),
    vscode.workspace.registerTextDocumentContentProvider(reportScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => await (await load()).summary(uri),
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme: reportScheme },
      { provideDocumentLinks: async ({ uri }) => (await load()).links(uri) },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === reportScheme) void loading?.then((documents) => documents.forget(uri));
    }),
  );
  commands.register(Command.jobOpenReport, async (job) => {
    const reference = await jobs.chooseEnded(job);
    if (reference === undefined) return;
    const options = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Reading the report…') };
    const uri = await vscode.window.withProgress(options, async () => await (await load()).read(reference));
    // Also when it is open already: the report may have been written again since.
    changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
  });
}
