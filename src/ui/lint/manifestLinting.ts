import * as vscode from 'vscode';
import { type Disposable, toDisposable } from '../../base/disposable.js';
import { throwIfAborted } from '../../base/async.js';
import { BatchError } from '../../base/errors.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import { BackgroundLint, type BackgroundRun } from '../../files/backgroundLint.js';
import { activeFile } from '../platform/activeFile.js';
import type { Services } from '../platform/services.js';
import { ManifestCodeActionProvider } from './codeActions.js';
import { ManifestCodeLensProvider } from './codeLens.js';
import { diagnosticSource } from './diagnostics.js';
import { DiskManifests } from './diskManifests.js';
import { FileDiagnostics } from './fileDiagnostics.js';
import { ManifestHoverProvider } from './hover.js';
import { JobFileIndex } from './jobFileIndex.js';
import { ManifestStatus } from './languageStatus.js';
import { isTooLargeForDocument, LargeTabs } from './largeTabs.js';
import type { LintedManifests } from './linted.js';
import { ManifestDocument } from './manifestDocument.js';
import { isEditableDocument, isManifestFile } from './manifestSelection.js';
import { RememberedColumns } from './rememberedColumns.js';
import { removeByteOrderMark } from './removeByteOrderMark.js';
import { RememberedFiles } from './rememberedFiles.js';

/** From an edit until its result is published. Further edits meanwhile are in that result too. */
const pauseMs = 150;
/** When the model must be built anew, it waits until nobody has typed for as long as that takes, but no longer than this. */
const maxPauseMs = 1000;
const keepThreadMs = 30_000;

/**
 * Lints the open manifests while they are edited, and on disk those that are too large for that or that a person asks for. Built when the
 * first document that may be one is open.
 */
export class ManifestLinting implements LintedManifests, vscode.Disposable {
  readonly #services: Services;
  readonly #remembered: RememberedFiles;
  readonly #columns: RememberedColumns;
  readonly #jobFiles: JobFileIndex;
  readonly #diagnostics = new FileDiagnostics(diagnosticSource);
  readonly #threads = new BackgroundLint({ keepMs: keepThreadMs });
  readonly #disk: DiskManifests;
  readonly #tabs: LargeTabs;
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
    this.#disk = new DiskManifests({
      services,
      linter: this.#threads,
      diagnostics: this.#diagnostics,
      optionsOf: (uri) => this.#optionsOf(uri),
      isOpen: (uri) => this.#openManifest(uri) !== undefined,
    });
    this.#tabs = new LargeTabs({ disk: this.#disk, log: services.log, isManifestFile: (uri) => this.isManifestFile(uri) });
    const any: vscode.DocumentSelector = '*';
    this.#disposables.push(
      this.#jobFiles,
      this.#tabs,
      this.#disk,
      this.#diagnostics,
      this.#status,
      toDisposable(() => void services.errors.run('End lint threads', () => this.#threads.close())),
      this.#disk.onDidChange(() => this.#showActive()),
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
      // A deleted file may stay open as a document; its problems must not stay in the list.
      vscode.workspace.onDidDeleteFiles((event) => this.#diagnostics.hideBelow(event.files)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#reconsiderAll()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#showActive()),
      vscode.window.tabGroups.onDidChangeTabs(() => this.#showActive()),
      services.settings.onDidChange(['s3batch.manifest'], () => this.#reconsiderAll()),
    );
    this.#jobFiles.onDidChange(() => this.#reconsiderAll());
    this.#jobFiles.load();
    this.#reconsiderAll();
  }

  get(document: vscode.TextDocument): ManifestDocument | undefined {
    return this.#manifests.get(document);
  }

  isManifestFile(uri: vscode.Uri): boolean {
    return isManifestFile(uri, {
      settings: this.#services.settings,
      remembered: this.#remembered,
      jobFiles: this.#jobFiles,
    });
  }

  /** Remembers for this workspace that the file is, or is not, a manifest. */
  async declare(file: vscode.Uri | undefined, isManifest: boolean): Promise<void> {
    const uri = file ?? fileInFront();
    const isLarge = await isTooLargeForDocument(uri);
    if (!isManifest) this.#disk.release(uri, 'command');
    await this.#remembered.set(uri.toString(), isManifest);
    this.#tabs.look();
    this.#showActive();
    if (isLarge) {
      if (isManifest) await vscode.commands.executeCommand('vscode.open', uri);
      return;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    this.#consider(document);
    if (isManifest) await vscode.window.showTextDocument(document);
  }

  /** Lints a file, as it is in the editor when it is open there. From then on it counts as a manifest, until the window closes. */
  async lintFile(uri: vscode.Uri, run: Pick<BackgroundRun, 'signal' | 'onProgress'>): Promise<LintResult> {
    const document = vscode.workspace.textDocuments.find((item) => item.uri.toString() === uri.toString());
    if (uri.scheme === 'file') this.#disk.add(uri, 'command');
    else if (document === undefined) {
      throw new BatchError('NotOnDisk', vscode.l10n.t('{0} is not a file on this machine.', uri.toString(true)), {
        hint: vscode.l10n.t('Open it in an editor; then it is linted there.'),
      });
    }
    if (document === undefined) return await this.#disk.lint(uri, run);
    if (uri.scheme !== 'file') await this.#remembered.set(uri.toString(), true);
    this.#consider(document);
    for (;;) {
      throwIfAborted(run.signal);
      const manifest = this.#manifests.get(document);
      if (manifest === undefined) throw new BatchError('Closed', vscode.l10n.t('The manifest was closed while it was linted.'));
      const result = await manifest.lint(() => undefined);
      if (result === undefined) continue;
      this.#diagnostics.show(uri, result);
      return result;
    }
  }

  /** Remembers the columns of a manifest that no job file names. */
  async declareColumns(file: vscode.Uri, columns: readonly ManifestField[]): Promise<void> {
    await this.#columns.set(file.toString(), columns);
    this.#reconsiderAll();
  }

  /** Applies every certain fix. Resolves with false when there was none. */
  async fixAll(file: vscode.Uri | undefined): Promise<boolean> {
    const uri = file ?? fileInFront();
    if (await isTooLargeForDocument(uri)) {
      throw new BatchError('TooLarge', vscode.l10n.t('VS Code lets no extension edit a file of more than 50 MB.'), {
        hint: vscode.l10n.t('The command line fixes files of any size: s3batch fix FILE -o OUT.'),
      });
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const manifest = this.#manifests.get(document) ?? new ManifestDocument(document, () => this.#optionsOf(uri));
    const edit = await manifest.fixAllEdit();
    const hasMark = document.encoding === 'utf8bom' && this.#optionsOf(uri).severities?.['byte-order-mark'] !== 'off';
    if (edit !== undefined && !(await vscode.workspace.applyEdit(edit))) {
      throw new BatchError('EditRefused', vscode.l10n.t('The manifest changed while it was being fixed.'), {
        hint: vscode.l10n.t('Run the command again.'),
      });
    }
    if (hasMark) await removeByteOrderMark(document.uri);
    return edit !== undefined || hasMark;
  }

  #consider(document: vscode.TextDocument): void {
    const { uri } = document;
    const is = !document.isClosed && isEditableDocument(document) && (this.isManifestFile(uri) || this.#disk.has(uri));
    if (!is) {
      this.#forget(document);
      return;
    }
    const known = this.#manifests.get(document);
    if (known === undefined) this.#manifests.set(document, new ManifestDocument(document, () => this.#optionsOf(uri)));
    else known.refreshOptions();
    this.#publish(document);
  }

  #reconsiderAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#consider(document);
    this.#tabs.look();
    this.#disk.refresh();
    this.#showActive();
  }

  #openManifest(uri: vscode.Uri): ManifestDocument | undefined {
    for (const [document, manifest] of this.#manifests) if (document.uri.toString() === uri.toString()) return manifest;
    return undefined;
  }

  #optionsOf(uri: vscode.Uri): LintOptions {
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
        this.#diagnostics.show(document.uri, result);
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
    this.#diagnostics.hide(document.uri);
    // What a person had linted stays in the list; it now says what is on disk.
    this.#disk.lintSoon(document.uri, 0);
    this.#changed.fire(document);
    this.#showActive();
  }

  #showActive(): void {
    const document = vscode.window.activeTextEditor?.document;
    const manifest = document === undefined ? undefined : this.#manifests.get(document);
    // A large file has a tab, but neither an editor nor a document.
    const uri = manifest?.document.uri ?? (document === undefined ? activeFile() : undefined);
    const isShown = uri !== undefined && (manifest !== undefined || this.#disk.has(uri));
    this.#services.contextKeys.set('s3batch.isManifest', isShown);
    if (!isShown) {
      this.#status.hide();
      return;
    }
    const current = manifest === undefined ? this.#disk.result(uri) : manifest.result();
    this.#status.show(uri, current ?? manifest?.lastResult, current === undefined);
  }

  async #follow(event: vscode.FileRenameEvent): Promise<void> {
    this.#diagnostics.hideBelow(event.files.map((file) => file.oldUri));
    for (const { oldUri, newUri } of event.files) await this.#remembered.rename(oldUri.toString(), newUri.toString());
    this.#reconsiderAll();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
    for (const item of this.#disposables.splice(0)) item.dispose();
  }
}

function fileInFront(): vscode.Uri {
  const uri = activeFile();
  if (uri === undefined) {
    throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'), { hint: vscode.l10n.t('Open the manifest first.') });
  }
  return uri;
}
