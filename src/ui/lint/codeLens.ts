import * as vscode from 'vscode';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import { findRule } from '../../core/manifest/rules/allRules.js';
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
    const current = manifest.result();
    // While a large manifest is linted anew its old counts stay: a line that came and went would move the text below it.
    const result = current ?? manifest.lastResult;
    const summary = result === undefined ? vscode.l10n.t('Linting…') : summaryText(result, vscode.l10n);
    const title = current === undefined ? `$(sync~spin) ${summary}` : summary;
    const lenses = [new vscode.CodeLens(range, { command: 'workbench.actions.view.problems', title })];
    if (result !== undefined && hasCertainFixes(result)) {
      lenses.push(new vscode.CodeLens(range, commandLink(Command.manifestFixAll, vscode.l10n.t('Fix All'), document.uri)));
    }
    if (vscode.workspace.isTrusted && document.uri.scheme === 'file') {
      lenses.push(
        new vscode.CodeLens(range, commandLink(Command.jobCreate, vscode.l10n.t('Create Job…'), document.uri)),
        new vscode.CodeLens(range, commandLink(Command.jobRunLocally, vscode.l10n.t('Run Locally…'), document.uri)),
        new vscode.CodeLens(range, commandLink(Command.handlerDebugRow, vscode.l10n.t('Debug Handler on Row'), document.uri)),
      );
    }
    return lenses;
  }
}

/** False when "Fix All" would have nothing to do. */
function hasCertainFixes({ counts }: LintResult): boolean {
  return Object.keys(counts).some((rule) => findRule(rule)?.isFixedByFixAll === true);
}
