import * as vscode from 'vscode';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import { escapeGlob } from './escapeGlob.js';
import { summaryText } from './summaryText.js';

/** The entry behind the braces of the status bar: how the manifest in the active editor stands. */
export class ManifestStatus implements vscode.Disposable {
  #item: vscode.LanguageStatusItem | undefined;

  /** `result` may be an old one while the file is linted anew (`isBusy`). */
  show(uri: vscode.Uri, result: LintResult | undefined, isBusy: boolean): void {
    // The selector is the one document: an item for all CSV files would also show where there is no manifest.
    const selector: vscode.DocumentSelector = { scheme: uri.scheme, pattern: escapeGlob(uri.path) };
    this.#item ??= vscode.languages.createLanguageStatusItem('s3batch.manifest', selector);
    this.#item.name = vscode.l10n.t('S3 Batch Manifest');
    this.#item.selector = selector;
    this.#item.busy = isBusy;
    this.#item.text = result === undefined ? vscode.l10n.t('Linting…') : summaryText(result, vscode.l10n);
    this.#item.severity = result === undefined ? vscode.LanguageStatusSeverity.Information : statusSeverity(result);
    this.#item.command = { command: 'workbench.actions.view.problems', title: vscode.l10n.t('Show Problems') };
  }

  hide(): void {
    this.#item?.dispose();
    this.#item = undefined;
  }

  dispose(): void {
    this.hide();
  }
}

function statusSeverity(result: LintResult): vscode.LanguageStatusSeverity {
  if (result.errors > 0) return vscode.LanguageStatusSeverity.Error;
  return result.warnings > 0 ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
}
