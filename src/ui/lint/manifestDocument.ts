import * as vscode from 'vscode';
import type { ManifestField } from '../../core/job/jobTypes.js';
import { fixAll } from '../../core/manifest/fixAll.js';
import { lintManifest, type LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import type { Problem } from '../../core/manifest/problem.js';
import { maxDiagnostics } from './diagnostics.js';
import { documentEdit } from './documentEdit.js';
import type { LintedManifest } from './linted.js';
import { lintInSlices } from './lintInSlices.js';

/** Up to this many lines a lint is faster than anyone can notice and is done in one go. */
const maxLinesAtOnce = 2000;
const sliceMs = 8;
const partialAfterMs = 100;

/** One open manifest and its lint result. */
export class ManifestDocument implements LintedManifest {
  readonly document: vscode.TextDocument;
  readonly #optionsOf: () => LintOptions;
  #options: LintOptions;
  #cached:
    | { readonly version: number; readonly encoding: string; readonly options: LintOptions; readonly result: LintResult }
    | undefined;
  /** Counts the calls of `lint`: a later one makes the earlier ones give up. */
  #turn = 0;
  /** How long the last lint took, all in all; the pause before the next follows from it. */
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

  result(): LintResult | undefined {
    const { version, encoding, lineCount } = this.document;
    const cached = this.#cached;
    if (cached?.version === version && cached.encoding === encoding && cached.options === this.#options) return cached.result;
    if (lineCount > maxLinesAtOnce) return undefined;
    return this.#keep(lintManifest(this.document.getText(), this.#lintOptions()), version);
  }

  /**
   * Lints the document as it is now without keeping anyone waiting. Undefined when it changed meanwhile, or when a later call has
   * taken over. `onPartial` gets the first problems of a manifest that takes long.
   */
  async lint(onPartial: (result: LintResult) => void): Promise<LintResult | undefined> {
    const turn = ++this.#turn;
    const ready = this.result();
    if (ready !== undefined) return ready;
    const { document } = this;
    const { version, lineCount } = document;
    const startedAt = performance.now();
    const result = await lintInSlices(
      {
        lineCount,
        lineEnd: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
        lineAt: (index) => document.lineAt(index).text,
        isOutdated: () => document.version !== version || document.isClosed || this.#turn !== turn,
      },
      this.#lintOptions(),
      {
        now: () => performance.now(),
        breathe: () => new Promise((resolve) => setImmediate(resolve)),
        sliceMs,
        partialAfterMs,
        onPartial,
      },
    );
    this.lastLintMs = performance.now() - startedAt;
    return result === undefined ? undefined : this.#keep(result, version);
  }

  problemsOfRule(rule: string): readonly Problem[] {
    const result = this.result();
    if (result?.isTruncated === false) return result.problems.filter((problem) => problem.rule === rule);
    const all = lintManifest(this.document.getText(), { ...this.#lintOptions(), maxProblems: Number.MAX_SAFE_INTEGER });
    return all.problems.filter((problem) => problem.rule === rule);
  }

  fixAllEdit(): vscode.WorkspaceEdit | undefined {
    const { edits } = fixAll(this.document.getText(), this.#lintOptions());
    return edits.length === 0 ? undefined : documentEdit(this.document, edits);
  }

  #keep(result: LintResult, version: number): LintResult {
    this.#cached = { version, encoding: this.document.encoding, options: this.#options, result };
    return result;
  }

  #lintOptions(): LintOptions {
    return { ...this.#options, maxProblems: maxDiagnostics, hasByteOrderMark: this.document.encoding === 'utf8bom' };
  }
}
