import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { BatchError } from '../../base/errors.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import type { Services } from '../platform/services.js';
import { ManifestCodeActionProvider } from './codeActions.js';
import { ManifestCodeLensProvider } from './codeLens.js';
import { diagnosticSource, toDiagnostics } from './diagnostics.js';
import { ManifestHoverProvider } from './hover.js';
import { JobFileIndex } from './jobFileIndex.js';
import { ManifestStatus } from './languageStatus.js';
import type { LintedManifests } from './linted.js';
import { ManifestDocument } from './manifestDocument.js';
import { isManifest } from './manifestSelection.js';
import { RememberedColumns } from './rememberedColumns.js';
import { removeByteOrderMark } from './removeByteOrderMark.js';
import { RememberedFiles } from './rememberedFiles.js';

/** From an edit until its result is published. Further edits meanwhile are in that result too. */
const pauseMs = 150;
/** When the model must be built anew, it waits until nobody has typed for as long as that takes, but no longer than this. */
const maxPauseMs = 1000;

/** Lints the open manifests while they are edited. Built when the first document that may be one is open. */
export class ManifestLinting implements LintedManifests, vscode.Disposable {
  readonly #services: Services;
  readonly #remembered: RememberedFiles;
  readonly #columns: RememberedColumns;
  readonly #jobFiles: JobFileIndex;
  readonly #diagnostics: vscode.DiagnosticCollection;
  readonly #status = new ManifestStatus();
  readonly #manifests = new Map<vscode.TextDocument, ManifestDocument>();
  readonly #timers = new Map<vscode.TextDocument, Disposable>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(services: Services) {
    this.#services = services;
    this.#remembered = new RememberedFiles(services.context.workspaceState);
    this.#columns = new RememberedColumns(services.context.workspaceState);
    this.#jobFiles = new JobFileIndex(services);
    this.#diagnostics = vscode.languages.createDiagnosticCollection(diagnosticSource);
    const any: vscode.DocumentSelector = '*';
    this.#disposables.push(
      this.#jobFiles,
      this.#diagnostics,
      this.#status,
      this.#changed,
      vscode.languages.registerCodeActionsProvider(
        any,
        new ManifestCodeActionProvider(this),
        ManifestCodeActionProvider.metadata,
      ),
      vscode.languages.registerHoverProvider(any, new ManifestHoverProvider(this)),
      vscode.languages.registerCodeLensProvider(any, new ManifestCodeLensProvider(this, services.settings)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#consider(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#schedule(document)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.#manifests.get(event.document)?.follow(event);
        this.#schedule(event.document);
      }),
      vscode.workspace.onDidRenameFiles((event) => void services.errors.run('Follow renames', () => this.#follow(event))),
      vscode.workspace.onDidDeleteFiles((event) => this.#clear(event.files)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#reconsiderAll()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#showActive()),
      services.settings.onDidChange(['s3batch.manifest'], () => this.#reconsiderAll()),
    );
    this.#jobFiles.onDidChange(() => this.#reconsiderAll());
    this.#jobFiles.load();
    this.#reconsiderAll();
  }

  get(document: vscode.TextDocument): ManifestDocument | undefined {
    return this.#manifests.get(document);
  }

  /** Remembers for this workspace that the file is, or is not, a manifest. */
  async declare(file: vscode.Uri | undefined, isManifestFile: boolean): Promise<void> {
    const document = file === undefined ? activeDocument() : await vscode.workspace.openTextDocument(file);
    await this.#remembered.set(document.uri.toString(), isManifestFile);
    this.#consider(document);
    if (isManifestFile) await vscode.window.showTextDocument(document);
  }

  /** Remembers the columns of a manifest that no job file names. */
  async declareColumns(file: vscode.Uri, columns: readonly ManifestField[]): Promise<void> {
    await this.#columns.set(file.toString(), columns);
    this.#reconsiderAll();
  }

  /** Applies every certain fix. Resolves with false when there was none. */
  async fixAll(file: vscode.Uri | undefined): Promise<boolean> {
    const document = file === undefined ? activeDocument() : await vscode.workspace.openTextDocument(file);
    const manifest = this.#manifests.get(document) ?? new ManifestDocument(document, () => this.#optionsOf(document));
    const edit = manifest.fixAllEdit();
    const hasMark = document.encoding === 'utf8bom' && this.#optionsOf(document).severities?.['byte-order-mark'] !== 'off';
    if (edit !== undefined && !(await vscode.workspace.applyEdit(edit))) {
      throw new BatchError('EditRefused', vscode.l10n.t('The manifest changed while it was being fixed.'), {
        hint: vscode.l10n.t('Run the command again.'),
      });
    }
    if (hasMark) await removeByteOrderMark(document.uri);
    return edit !== undefined || hasMark;
  }

  #consider(document: vscode.TextDocument): void {
    const is =
      !document.isClosed &&
      isManifest(document, {
        settings: this.#services.settings,
        remembered: this.#remembered,
        jobFiles: this.#jobFiles,
      });
    if (!is) {
      this.#forget(document);
      return;
    }
    const known = this.#manifests.get(document);
    if (known === undefined) this.#manifests.set(document, new ManifestDocument(document, () => this.#optionsOf(document)));
    else known.refreshOptions();
    this.#publish(document);
  }

  #reconsiderAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#consider(document);
    this.#showActive();
  }

  #optionsOf({ uri }: vscode.TextDocument): LintOptions {
    const declaration = this.#jobFiles.find(uri);
    return {
      fields: declaration?.fields ?? this.#columns.get(uri.toString()),
      severities: this.#services.settings.get('s3batch.manifest.rules', uri),
      isOneBucketOnly: declaration?.isOneBucketOnly,
    };
  }

  #schedule(document: vscode.TextDocument): void {
    const manifest = this.#manifests.get(document);
    if (manifest === undefined) return;
    if (manifest.isFollowed && this.#timers.has(document)) return;
    this.#timers.get(document)?.dispose();
    const delayMs = manifest.isFollowed ? pauseMs : Math.min(maxPauseMs, Math.max(pauseMs, manifest.lastBuildMs));
    this.#timers.set(
      document,
      this.#services.clock.schedule(delayMs, () => this.#publish(document)),
    );
  }

  #publish(document: vscode.TextDocument): void {
    this.#timers.get(document)?.dispose();
    this.#timers.delete(document);
    const manifest = this.#manifests.get(document);
    if (manifest === undefined || document.isClosed) return;
    const { version } = document;
    const show = (result: LintResult): void => {
      if (this.#manifests.get(document) === manifest && document.version === version) {
        this.#diagnostics.set(document.uri, toDiagnostics(result));
      }
    };
    void this.#services.errors.run('Lint manifest', async () => {
      const result = await manifest.lint(show);
      if (result === undefined) return;
      show(result);
      this.#changed.fire(document);
      if (document === vscode.window.activeTextEditor?.document) this.#showActive();
    });
  }

  #forget(document: vscode.TextDocument): void {
    this.#timers.get(document)?.dispose();
    this.#timers.delete(document);
    if (!this.#manifests.delete(document)) return;
    this.#diagnostics.delete(document.uri);
    this.#changed.fire(document);
    this.#showActive();
  }

  #showActive(): void {
    const document = vscode.window.activeTextEditor?.document;
    const manifest = document === undefined ? undefined : this.#manifests.get(document);
    this.#services.contextKeys.set('s3batch.isManifest', manifest !== undefined);
    if (manifest === undefined) this.#status.hide();
    else this.#status.show(manifest.document, manifest.result());
  }

  async #follow(event: vscode.FileRenameEvent): Promise<void> {
    this.#clear(event.files.map((file) => file.oldUri));
    for (const { oldUri, newUri } of event.files) await this.#remembered.rename(oldUri.toString(), newUri.toString());
    this.#reconsiderAll();
  }

  /** A deleted file may stay open as a document; its problems must not stay in the list. */
  #clear(files: readonly vscode.Uri[]): void {
    const gone = files.map((file) => file.toString());
    this.#diagnostics.forEach((uri) => {
      const text = uri.toString();
      if (gone.some((file) => text === file || text.startsWith(`${file}/`))) this.#diagnostics.delete(uri);
    });
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
    for (const item of this.#disposables.splice(0)) item.dispose();
  }
}

function activeDocument(): vscode.TextDocument {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'), { hint: vscode.l10n.t('Open the manifest first.') });
  }
  return document;
}
