import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { errorCode, isCancelled } from '../../base/errors.js';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import type { BackgroundLint, BackgroundRun } from '../../files/backgroundLint.js';
import type { Services } from '../platform/services.js';
import { escapeGlob } from './escapeGlob.js';
import type { FileDiagnostics } from './fileDiagnostics.js';

/** Why a file is linted on disk: a tab shows it that VS Code hands to no extension, or a person asked for it. */
export type DiskReason = 'tab' | 'command';

/** Programs write in bursts; after the last of them the file is linted anew. */
const settleMs = 400;
/**
 * A watcher starts some time after it was asked for, and never tells what happened before; nobody says when that is. So a new one is
 * helped out for a while.
 */
const watcherStartsMs = [1000, 2000, 4000, 8000, 16_000];
/** Lints shorter than this need no progress. */
const quietMs = 1000;

interface DiskManifest {
  readonly uri: vscode.Uri;
  readonly reasons: Set<DiskReason>;
  readonly watcher: vscode.Disposable;
  timer: Disposable | undefined;
  lookAgain: Disposable | undefined;
  abort: AbortController | undefined;
  /** Someone waits for the lint that is going on: a change of the file is no reason to take it from them. */
  isAwaited: boolean;
  result: LintResult | undefined;
  /** What the last lint was asked to do, as text. */
  options: string;
  /** What the file was when the last lint began. */
  stamp: string | undefined;
}

export interface DiskManifestsHost {
  readonly services: Services;
  readonly linter: Pick<BackgroundLint, 'lint'>;
  readonly diagnostics: FileDiagnostics;
  optionsOf(uri: vscode.Uri): LintOptions;
  /** True while the file is open as a document: then its text in the editor is linted, not the file. */
  isOpen(uri: vscode.Uri): boolean;
}

/** Manifests that are linted on disk, in threads, and linted again when they change there. All are files of the local file system. */
export class DiskManifests implements vscode.Disposable {
  readonly #host: DiskManifestsHost;
  readonly #manifests = new Map<string, DiskManifest>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** A result has come or gone. */
  readonly onDidChange = this.#changed.event;

  constructor(host: DiskManifestsHost) {
    this.#host = host;
  }

  has(uri: vscode.Uri): boolean {
    return this.#manifests.has(uri.toString());
  }

  /** The last result; undefined until there is one. */
  result(uri: vscode.Uri): LintResult | undefined {
    return this.#manifests.get(uri.toString())?.result;
  }

  /** Takes the file on, without linting it. Further reasons keep it until each of them is gone. */
  add(uri: vscode.Uri, reason: DiskReason): void {
    const known = this.#manifests.get(uri.toString());
    if (known !== undefined) {
      known.reasons.add(reason);
      return;
    }
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), escapeGlob(basename(uri.path))),
    );
    const manifest: DiskManifest = {
      uri,
      reasons: new Set([reason]),
      watcher,
      timer: undefined,
      lookAgain: undefined,
      abort: undefined,
      isAwaited: false,
      result: undefined,
      options: '',
      stamp: undefined,
    };
    watcher.onDidChange(() => this.lintSoon(uri));
    watcher.onDidCreate(() => this.lintSoon(uri));
    watcher.onDidDelete(() => this.#vanish(manifest));
    this.#manifests.set(uri.toString(), manifest);
    this.#lookAgain(manifest, 0);
  }

  /** Compares the file with what was linted, until its watcher is certain to have started. */
  #lookAgain(manifest: DiskManifest, round: number): void {
    const delayMs = watcherStartsMs[round];
    manifest.lookAgain = undefined;
    if (delayMs === undefined || !this.#isKept(manifest)) return;
    manifest.lookAgain = this.#host.services.clock.schedule(delayMs, () => {
      void stampOf(manifest.uri).then((stamp) => {
        if (!this.#isKept(manifest)) return;
        if (manifest.result !== undefined && stamp !== manifest.stamp) {
          if (stamp === undefined) this.#vanish(manifest);
          else this.lintSoon(manifest.uri);
        }
        this.#lookAgain(manifest, round + 1);
      });
    });
  }

  #isKept(manifest: DiskManifest): boolean {
    return this.#manifests.get(manifest.uri.toString()) === manifest;
  }

  #vanish(manifest: DiskManifest): void {
    this.#clear(manifest);
    // It may still be open as a document, which is then of no file.
    this.#host.diagnostics.hide(manifest.uri);
  }

  /** Lets the file go when nothing else keeps it; its problems go with it. */
  release(uri: vscode.Uri, reason: DiskReason): void {
    const manifest = this.#manifests.get(uri.toString());
    if (manifest === undefined || !manifest.reasons.delete(reason) || manifest.reasons.size > 0) return;
    this.#manifests.delete(uri.toString());
    manifest.watcher.dispose();
    manifest.lookAgain?.dispose();
    this.#clear(manifest);
  }

  /** The files that are kept for a reason. */
  kept(reason: DiskReason): readonly vscode.Uri[] {
    return [...this.#manifests.values()].filter(({ reasons }) => reasons.has(reason)).map(({ uri }) => uri);
  }

  /** Lints a file that was added, and shows what is known of it as soon as it is known. A later call for the same file ends this one. */
  async lint(uri: vscode.Uri, run: Pick<BackgroundRun, 'signal' | 'onProgress'> = {}): Promise<LintResult> {
    const manifest = this.#manifests.get(uri.toString());
    if (manifest === undefined) throw new Error(`${uri.toString()} was not added.`);
    const lint = this.#lint(manifest, run);
    const { abort } = manifest;
    manifest.isAwaited = true;
    try {
      return await lint;
    } finally {
      if (manifest.abort === undefined || manifest.abort === abort) manifest.isAwaited = false;
    }
  }

  async #lint(manifest: DiskManifest, run: Pick<BackgroundRun, 'signal' | 'onProgress'>): Promise<LintResult> {
    const { uri } = manifest;
    const options = this.#host.optionsOf(uri);
    manifest.options = JSON.stringify(options);
    manifest.timer?.dispose();
    manifest.abort?.abort();
    const abort = new AbortController();
    manifest.abort = abort;
    const onAbort = (): void => abort.abort();
    run.signal?.addEventListener('abort', onAbort, { once: true });
    if (run.signal?.aborted === true) abort.abort();
    try {
      manifest.stamp = await stampOf(uri);
      const result = await this.#host.linter.lint(uri.fsPath, options, {
        name: vscode.workspace.asRelativePath(uri),
        signal: abort.signal,
        ...(run.onProgress !== undefined && { onProgress: run.onProgress }),
        onPartial: (problems) => {
          if (this.#isShown(manifest)) this.#host.diagnostics.showFirst(uri, problems);
        },
      });
      this.#show(manifest, result);
      return result;
    } catch (error) {
      // What was known of a file that can't be read any more is of no use.
      if (!isCancelled(error) && manifest.abort === abort) this.#clear(manifest);
      throw error;
    } finally {
      run.signal?.removeEventListener('abort', onAbort);
      if (manifest.abort === abort) manifest.abort = undefined;
    }
  }

  /** Lints a file when nothing has happened to it for a moment. Nobody waits for it, so failures are logged only. */
  lintSoon(uri: vscode.Uri, delayMs = settleMs): void {
    const manifest = this.#manifests.get(uri.toString());
    if (manifest === undefined || this.#host.isOpen(uri)) return;
    manifest.timer?.dispose();
    manifest.timer = this.#host.services.clock.schedule(delayMs, () => void this.#lintQuietly(manifest));
  }

  async #lintQuietly(manifest: DiskManifest): Promise<void> {
    const { services } = this.#host;
    const { uri } = manifest;
    if (manifest.isAwaited) {
      this.lintSoon(uri);
      return;
    }
    try {
      await withLateProgress(services, vscode.l10n.t('Linting {0}', basename(uri.path)), async (onProgress) => {
        await this.#lint(manifest, { onProgress });
      });
    } catch (error) {
      // It is still being written: the watcher tells of the next change, but the last one may have come already.
      if (errorCode(error) === 'FileChanged' && this.has(uri)) this.lintSoon(uri);
      else services.errors.logOnly(`Lint ${uri.fsPath}`, error);
    }
  }

  /** Settings, columns or operations may have changed. */
  refresh(): void {
    for (const { uri, options } of this.#manifests.values()) {
      if (options !== '' && options !== JSON.stringify(this.#host.optionsOf(uri))) this.lintSoon(uri);
    }
  }

  /** False once it was let go, or is open as a document: then others say what its problems are. */
  #isShown(manifest: DiskManifest): boolean {
    return this.#isKept(manifest) && !this.#host.isOpen(manifest.uri);
  }

  #show(manifest: DiskManifest, result: LintResult): void {
    if (!this.#isShown(manifest)) return;
    manifest.result = result;
    this.#host.diagnostics.show(manifest.uri, result);
    this.#changed.fire(manifest.uri);
  }

  #clear(manifest: DiskManifest): void {
    manifest.timer?.dispose();
    manifest.abort?.abort();
    manifest.result = undefined;
    if (!this.#host.isOpen(manifest.uri)) this.#host.diagnostics.hide(manifest.uri);
    this.#changed.fire(manifest.uri);
  }

  dispose(): void {
    for (const { watcher, timer, lookAgain, abort } of this.#manifests.values()) {
      watcher.dispose();
      lookAgain?.dispose();
      timer?.dispose();
      abort?.abort();
    }
    this.#manifests.clear();
    this.#changed.dispose();
  }
}

/** Differs when the file was written to; undefined when there is none. */
async function stampOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    return `${mtime} ${size}`;
  } catch {
    return undefined;
  }
}

/** Shows progress in the status bar once the work has taken a while. */
async function withLateProgress(
  { clock }: Services,
  title: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<void>,
): Promise<void> {
  let report: ((text: string) => void) | undefined;
  const working = work((done, total) => {
    if (total > 0) report?.(`${Math.floor((100 * done) / total)} %`);
  });
  const timer = clock.schedule(quietMs, () => {
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async (progress) => {
      report = (message) => progress.report({ message });
      // How it ends is told to whoever waits for the work itself.
      await working.catch(() => undefined);
    });
  });
  try {
    await working;
  } finally {
    timer.dispose();
  }
}
