import type * as vscode from 'vscode';
import type { ManifestField } from '../../core/job/jobTypes.js';
import { fixLinesInSteps } from '../../core/manifest/fixAll.js';
import { ManifestModel } from '../../core/manifest/incrementalLint.js';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import { documentLines, type ManifestLine } from '../../core/manifest/manifestLine.js';
import type { Edits } from '../../core/manifest/editList.js';
import type { Problem } from '../../core/manifest/problem.js';
import { buildInSlices, runInSlices, type Slicing, sliceMs } from './buildInSlices.js';
import { maxDiagnostics } from './diagnostics.js';
import { documentEditInSteps, lineEndOf } from './documentEdit.js';
import { countTouchedLines, lineChanges } from './lineChanges.js';
import type { LintedManifest } from './linted.js';

/** Up to this many lines are judged in one go, faster than anyone can notice. */
const maxLinesAtOnce = 2000;
const partialAfterMs = 100;

/**
 * One open manifest and the model of it that follows each edit. The text itself is asked for line by line: VS Code would have to put a
 * large document together anew for every `getText()` after an edit.
 */
export class ManifestDocument implements LintedManifest {
  readonly document: vscode.TextDocument;
  readonly #optionsOf: () => LintOptions;
  #options: LintOptions;
  /** The model and the version of the document that it shows; undefined until built, and when an edit could not be followed. */
  #built: { readonly model: ManifestModel; readonly version: number; readonly encoding: string } | undefined;
  #cached:
    | { readonly version: number; readonly encoding: string; readonly options: LintOptions; readonly result: LintResult }
    | undefined;
  /** Counts the builds that were begun: a later one makes the earlier ones give up. */
  #turn = 0;
  /** How long the last build took, all in all. */
  lastBuildMs = 0;

  constructor(document: vscode.TextDocument, optionsOf: () => LintOptions) {
    this.document = document;
    this.#optionsOf = optionsOf;
    this.#options = optionsOf();
  }

  get fields(): readonly ManifestField[] | undefined {
    return this.#options.fields;
  }

  get lastResult(): LintResult | undefined {
    return this.#cached?.result;
  }

  /** True when the model shows the document as it is now, so that a result costs next to nothing. */
  get isFollowed(): boolean {
    return this.#built?.version === this.document.version && this.#built.encoding === this.document.encoding;
  }

  /** Settings, columns or the operation may have changed: the next result is linted with what holds then. */
  refreshOptions(): void {
    const before = this.#options.fields;
    this.#options = this.#optionsOf();
    if (before?.join() === this.#options.fields?.join()) return;
    this.#built = undefined;
    this.#turn += 1;
  }

  /** Takes an edit over. To be called for every one, in order. */
  follow({ contentChanges }: Pick<vscode.TextDocumentChangeEvent, 'contentChanges'>): void {
    const built = this.#built;
    if (built === undefined) return;
    const changes = lineChanges(contentChanges);
    const isFollowed = countTouchedLines(changes) <= maxLinesAtOnce && built.model.applyChanges(changes);
    this.#built = isFollowed ? { ...built, version: this.document.version } : undefined;
  }

  result(): LintResult | undefined {
    const { version, encoding, lineCount } = this.document;
    const cached = this.#cached;
    if (cached?.version === version && cached.encoding === encoding && cached.options === this.#options) return cached.result;
    if (!this.isFollowed) {
      if (lineCount > maxLinesAtOnce) return undefined;
      const model = this.#newModel();
      model.rebuild();
      this.#built = { model, version, encoding };
    }
    const result = this.#built?.model.lint(this.#lintOptions());
    if (result !== undefined) this.#cached = { version, encoding, options: this.#options, result };
    return result;
  }

  /**
   * Lints the document as it is now without keeping anyone waiting. Undefined when it changed meanwhile, or when a later call has
   * taken over. `onPartial` gets the first problems of a manifest that takes long.
   */
  async lint(onPartial: (result: LintResult) => void): Promise<LintResult | undefined> {
    const turn = ++this.#turn;
    const { document } = this;
    const { version, encoding } = document;
    if (document.lineCount <= maxLinesAtOnce) return this.result();
    if (this.isFollowed) return await this.#listInSlices(turn);
    const model = this.#newModel();
    const startedAt = performance.now();
    const isBuilt = await buildInSlices(model, {
      now: () => performance.now(),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      isOutdated: () => document.version !== version || document.isClosed || this.#turn !== turn,
      sliceMs,
      onPartial: () => onPartial(model.lint(this.#lintOptions())),
      partialAfterMs,
    });
    this.lastBuildMs = performance.now() - startedAt;
    if (!isBuilt) return undefined;
    this.#built = { model, version, encoding };
    return await this.#listInSlices(turn);
  }

  /** Lists the problems of a model that is built. */
  async #listInSlices(turn: number): Promise<LintResult | undefined> {
    const { version, encoding } = this.document;
    const options = this.#options;
    const cached = this.#cached;
    if (cached?.version === version && cached.encoding === encoding && cached.options === options) return cached.result;
    const model = this.#built?.model;
    if (model === undefined) return undefined;
    const slicing = this.#slicing();
    const result = await runInSlices(model.lintInSteps(this.#lintOptions()), {
      ...slicing,
      isOutdated: () => slicing.isOutdated() || this.#turn !== turn,
    });
    if (result !== undefined) this.#cached = { version, encoding, options, result };
    return result;
  }

  async problemsOfRule(rule: string): Promise<readonly Problem[]> {
    const listed = this.result() ?? (await this.lint(() => undefined));
    const model = this.isFollowed ? this.#built?.model : undefined;
    let problems = listed?.problems ?? [];
    if (listed?.isTruncated === true && model !== undefined) {
      const options = { ...this.#lintOptions(), maxProblems: Number.MAX_SAFE_INTEGER };
      problems = (await runInSlices(model.lintInSteps(options), this.#slicing()))?.problems ?? [];
    }
    return problems.filter((problem) => problem.rule === rule);
  }

  async fixAllEdit(): Promise<vscode.WorkspaceEdit | undefined> {
    const { document } = this;
    const source = { lineCount: document.lineCount, lineAt: (line: number): string => document.lineAt(line).text };
    const lines = (): Iterable<ManifestLine> => documentLines(source, lineEndOf(document));
    const fixed = await runInSlices(fixLinesInSteps(lines, this.#lintOptions()), this.#slicing());
    if (fixed === undefined || fixed.edits.length === 0) return undefined;
    return await this.edit(fixed.edits);
  }

  async edit(edits: Edits): Promise<vscode.WorkspaceEdit | undefined> {
    return await runInSlices(documentEditInSteps(this.document, edits), this.#slicing());
  }

  #slicing(): Pick<Slicing, 'now' | 'breathe' | 'isOutdated' | 'sliceMs'> {
    const { document } = this;
    const { version } = document;
    return {
      now: () => performance.now(),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      isOutdated: () => document.version !== version || document.isClosed,
      sliceMs,
    };
  }

  #newModel(): ManifestModel {
    const { document } = this;
    const lines = {
      get lineCount(): number {
        return document.lineCount;
      },
      lineAt: (line: number): string => document.lineAt(line).text,
    };
    return new ManifestModel(lines, this.#options.fields, foreignEncodingOf(document) !== undefined);
  }

  #lintOptions(): LintOptions {
    const { document } = this;
    return {
      ...this.#options,
      maxProblems: maxDiagnostics,
      hasByteOrderMark: document.encoding === 'utf8bom',
      foreignEncoding: foreignEncodingOf(document),
    };
  }
}

function foreignEncodingOf({ encoding }: vscode.TextDocument): string | undefined {
  return encoding === 'utf8' || encoding === 'utf8bom' ? undefined : encoding;
}
