import * as vscode from 'vscode';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { BatchError } from '../../base/errors.js';
import type { ChangeDocuments } from './changeDocuments.js';
import { changesScheme } from './changesUri.js';

/** Registers "Show Changes", "Show Chaos Comparison" and the documents behind it; reading loads when the first of them is opened. */
export function registerChanges(services: Services, jobs: Jobs): void {
  const { commands, context } = services;
  let loading: Promise<ChangeDocuments> | undefined;
  const load = (): Promise<ChangeDocuments> =>
    (loading ??= import('./changeDocuments.js').then(({ ChangeDocuments }) => new ChangeDocuments(services, jobs)));
  const changed = new vscode.EventEmitter<vscode.Uri>();
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(changesScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => await (await load()).text(uri),
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme: changesScheme },
      { provideDocumentLinks: async ({ uri }) => (await load()).links(uri) },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === changesScheme) void loading?.then((documents) => documents.forget(uri));
    }),
  );
  commands.register(Command.jobShowChanges, async (job) => {
    const reference = await jobs.chooseEnded(job);
    if (reference === undefined) return;
    if (reference.targetId !== localTargetId) {
      throw new BatchError('NotLocal', vscode.l10n.t('Only the changes of jobs on the local engine are recorded.'));
    }
    const options = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Reading the changes…') };
    const uri = await vscode.window.withProgress(options, async () => await (await load()).read(reference.jobId));
    changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
  });
  commands.register(Command.jobShowChaos, async (job) => {
    const reference = await jobs.chooseChaosRun(job);
    if (reference === undefined) return;
    await vscode.window.showTextDocument(await (await load()).chaosOf(reference), { preview: false });
  });
}
