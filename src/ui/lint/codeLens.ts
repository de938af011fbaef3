import * as vscode from 'vscode';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import type { Settings } from '../platform/settings.js';
import type { LintedManifests } from './linted.js';
import { summaryText } from './summaryText.js';

/** Above the first row: how the manifest stands, and what can be done with it. */
export class ManifestCodeLensProvider implements vscode.CodeLensProvider {
  readonly #manifests: LintedManifests;
  readonly #settings: Settings;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(manifests: LintedManifests, settings: Settings) {
    this.#manifests = manifests;
    this.#settings = settings;
    manifests.onDidChange(() => this.#changed.fire());
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const manifest = this.#manifests.get(document);
    if (manifest === undefined || this.#settings.get('s3batch.manifest.codeLens', document.uri) === 'off') return [];
    const range = new vscode.Range(0, 0, 0, 0);
    const result = manifest.result();
    if (result === undefined) return [];
    const showProblems: vscode.Command = { command: 'workbench.actions.view.problems', title: summaryText(result, vscode.l10n) };
    const lenses = [new vscode.CodeLens(range, showProblems)];
    if (result.errors + result.warnings > 0) {
      lenses.push(new vscode.CodeLens(range, commandLink(Command.manifestFixAll, vscode.l10n.t('Fix All'), document.uri)));
    }
    if (vscode.workspace.isTrusted && document.uri.scheme === 'file') {
      lenses.push(
        new vscode.CodeLens(range, commandLink(Command.jobCreate, vscode.l10n.t('Create Job…'), document.uri)),
        new vscode.CodeLens(range, commandLink(Command.jobRunLocally, vscode.l10n.t('Run Locally…'), document.uri)),
      );
    }
    return lenses;
  }
}
