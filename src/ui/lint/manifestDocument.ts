import * as vscode from 'vscode';
import type { ManifestField } from '../../core/job/jobTypes.js';
import { fixAll } from '../../core/manifest/fixAll.js';
import { lintManifest, type LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import type { Problem } from '../../core/manifest/problem.js';
import { maxDiagnostics, toRange } from './diagnostics.js';
import type { LintedManifest } from './linted.js';
import { textChange } from './textChange.js';

/** Above this, one replacement of everything between the first and the last edit is much cheaper for the editor. */
const maxSingleEdits = 1000;

/** One open manifest: its lint result, of the version that it was asked for. */
export class ManifestDocument implements LintedManifest {
  readonly document: vscode.TextDocument;
  readonly #optionsOf: () => LintOptions;
  #cached: { version: number; encoding: string; options: LintOptions; result: LintResult } | undefined;
  #options: LintOptions;
  /** How long the last lint took; the wait before the next follows from it. */
  lastLintMs = 0;

  constructor(document: vscode.TextDocument, optionsOf: () => LintOptions) {
    this.document = document;
    this.#optionsOf = optionsOf;
    this.#options = optionsOf();
  }

  get fields(): readonly ManifestField[] | undefined {
    return this.#options.fields;
  }

  /** Settings, columns or the operation may have changed: the next result is linted with what holds then. */
  refreshOptions(): void {
    this.#options = this.#optionsOf();
  }

  result(): LintResult {
    const { version, encoding } = this.document;
    const cached = this.#cached;
    if (cached?.version === version && cached.encoding === encoding && cached.options === this.#options) return cached.result;
    const startedAt = performance.now();
    const result = lintManifest(this.document.getText(), this.#lintOptions());
    this.lastLintMs = performance.now() - startedAt;
    this.#cached = { version, encoding, options: this.#options, result };
    return result;
  }

  problemsOfRule(rule: string): readonly Problem[] {
    const result = this.result();
    if (!result.isTruncated) return result.problems.filter((problem) => problem.rule === rule);
    const all = lintManifest(this.document.getText(), { ...this.#lintOptions(), maxProblems: Number.MAX_SAFE_INTEGER });
    return all.problems.filter((problem) => problem.rule === rule);
  }

  fixAllEdit(): vscode.WorkspaceEdit | undefined {
    const before = this.document.getText();
    const { edits, text } = fixAll(before, this.#lintOptions());
    const edit = new vscode.WorkspaceEdit();
    if (edits.length <= maxSingleEdits) {
      if (edits.length === 0) return undefined;
      edit.set(
        this.document.uri,
        edits.map((item) => vscode.TextEdit.replace(toRange(item.range), item.text)),
      );
      return edit;
    }
    const change = textChange(before, text);
    if (change === undefined) return undefined;
    const range = new vscode.Range(this.document.positionAt(change.start), this.document.positionAt(change.end));
    edit.replace(this.document.uri, range, change.text);
    return edit;
  }

  #lintOptions(): LintOptions {
    return { ...this.#options, maxProblems: maxDiagnostics, hasByteOrderMark: this.document.encoding === 'utf8bom' };
  }
}
