import * as vscode from 'vscode';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { ManifestLinting } from './manifestLinting.js';
import { isEditableDocument, matchesPatterns } from './manifestSelection.js';
import { registerRowCommands } from './rowCommands.js';

/** Registers the commands and waits for the first document that may be a manifest; only then is the linter loaded. */
export function registerLint(services: Services): void {
  const { commands, context, errors } = services;
  let loading: Promise<ManifestLinting> | undefined;
  const load = (): Promise<ManifestLinting> => (loading ??= loadLinting(services));

  commands.register(Command.manifestTreatAs, async (file) => await (await load()).declare(file, true));
  commands.register(Command.manifestStopTreatingAs, async (file) => await (await load()).declare(file, false));
  commands.register(Command.manifestLintFile, async (clicked, selected) => {
    const { lintFiles } = await import('./lintFiles.js');
    const given = selected ?? (clicked === undefined ? [] : [clicked]);
    return await lintFiles(services, await load(), given);
  });
  commands.register(Command.manifestDeclareColumns, async (file, columns) => {
    const { declareColumns } = await import('./declareColumns.js');
    await declareColumns(await load(), file, columns);
  });
  commands.register(Command.manifestRemoveByteOrderMark, async (file) => {
    const { removeByteOrderMark } = await import('./removeByteOrderMark.js');
    await removeByteOrderMark(file);
  });
  commands.register(Command.manifestFixAll, async (file) => {
    if (await (await load()).fixAll(file)) return;
    vscode.window.setStatusBarMessage(vscode.l10n.t('Nothing to fix for certain in this manifest.'), 4000);
  });
  commands.register(Command.manifestExplainRule, async (rule) => {
    const { explainRule } = await import('./explainRule.js');
    return await explainRule(await services.cards(), rule);
  });
  registerRowCommands(services, load);

  const look = (documents: readonly vscode.TextDocument[], tabs: readonly vscode.Tab[]): void => {
    if (!documents.some((document) => mayBeManifest(document, services)) && !tabs.some(mayShowManifest)) return;
    waiting.dispose();
    void errors.run('Load the manifest linter', load);
  };
  const waiting = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument((document) => look([document], [])),
    // A file too large to be a document has a tab only.
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => look([], opened)),
  );
  context.subscriptions.push(waiting);
  look(
    vscode.workspace.textDocuments,
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs),
  );
}

async function loadLinting(services: Services): Promise<ManifestLinting> {
  const { ManifestLinting } = await import('./manifestLinting.js');
  const linting = new ManifestLinting(services);
  services.context.subscriptions.push(linting);
  return linting;
}

/** Cheap, and true too often rather than too rarely: job files, which are not read yet, may name any file. */
function mayBeManifest(document: vscode.TextDocument, { settings }: Services): boolean {
  if (!isEditableDocument(document)) return false;
  return (
    document.languageId === 'plaintext' ||
    /csv/i.test(document.languageId) ||
    /\.csv$/i.test(document.uri.path) ||
    matchesPatterns(document.uri, settings)
  );
}

function mayShowManifest({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputText && /\.(csv|txt)$/i.test(input.uri.path);
}
