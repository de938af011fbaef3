import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.js';
import type { Event } from '../../base/emitter.js';
import { BatchError } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import type { ContextKeys } from './contextKeys.js';
import { EngineController, type EngineState } from './engineController.js';
import type { JobActivity } from './jobActivity.js';
import type { Settings } from './settings.js';

export interface EngineServiceOptions {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  readonly contextKeys: ContextKeys;
  readonly jobActivity: JobActivity;
  readonly clock: Clock;
}

const templatePattern = '**/template.{yaml,yml}';

/** The local engine of this window. Nothing runs before someone calls `start`. */
export class EngineService implements vscode.Disposable {
  readonly #options: EngineServiceOptions;
  readonly #controller: EngineController;
  readonly #disposables: vscode.Disposable[] = [];
  /** True when what the engine was started with has changed since. */
  #isStale = false;
  #isWatching = false;
  #isDisposed = false;
  readonly onDidChangeState: Event<EngineState>;

  constructor(options: EngineServiceOptions) {
    this.#options = options;
    this.#controller = new EngineController({
      clock: options.clock,
      log: options.log,
      launch: async (signal) => {
        const { startEngineProcess } = await import('./startEngineProcess.js');
        this.#isStale = false;
        return await startEngineProcess({ ...options, onLog: (line) => this.#logLine(line) }, signal);
      },
    });
    this.onDidChangeState = this.#controller.onDidChangeState;
    options.contextKeys.set('s3batch.engineState', 'stopped');
    this.#disposables.push(
      this.#controller.onDidChangeState((state) => {
        options.contextKeys.set('s3batch.engineState', state.name);
        if (state.name === 'running') this.#watchTemplates();
      }),
      options.settings.onDidChange(['s3batch.local'], () => (this.#isStale = true)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => (this.#isStale = true)),
    );
  }

  get state(): EngineState {
    return this.#controller.state;
  }

  /** Undefined unless the engine is running. */
  get connection(): EngineConnection | undefined {
    const state = this.#controller.state;
    return state.name === 'running' ? state.connection : undefined;
  }

  /** Why the engine can't run in this window, or undefined when it can. */
  unavailability(): BatchError | undefined {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length === 0) {
      return new BatchError('NoFolder', vscode.l10n.t('The local engine needs an open folder.'), {
        hint: vscode.l10n.t('Open the folder that holds your handlers and manifests.'),
      });
    }
    if (!folders.some((folder) => folder.uri.scheme === 'file')) {
      return new BatchError(
        'VirtualWorkspace',
        vscode.l10n.t('The local engine runs handlers from files on disk, and this workspace has none.'),
        {
          hint: vscode.l10n.t('Clone the repository to a folder and open that.'),
        },
      );
    }
    if (!vscode.workspace.isTrusted) {
      return new BatchError(
        'RestrictedMode',
        vscode.l10n.t('The local engine runs code from this workspace, which is not trusted.'),
        {
          hint: vscode.l10n.t('Trust the workspace to run jobs on your machine.'),
        },
      );
    }
    return undefined;
  }

  /**
   * The connection of the running engine, started if need be. Cheap when it runs. Rejects with a BatchError (`RestrictedMode`,
   * `VirtualWorkspace`, `NoFolder`, `EngineStartFailed`, …).
   */
  async start(): Promise<EngineConnection> {
    const problem = this.unavailability();
    if (problem !== undefined) throw problem;
    // Jobs would survive a restart, but the rows in flight would reach their handler twice.
    if (this.#isStale && this.state.name === 'running' && this.#options.jobActivity.jobs.length === 0) {
      this.#options.log.info('Templates, folders or settings have changed: starting the local engine anew.');
      return await this.#controller.restart();
    }
    return await this.#controller.start();
  }

  async stop(): Promise<void> {
    await this.#controller.stop();
  }

  /** The engine may have last words when the channel is closed already. */
  #logLine(line: string): void {
    if (!this.#isDisposed) this.#options.log.info(`engine: ${line}`);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const item of this.#disposables.splice(0)) item.dispose();
    this.#controller.dispose();
  }

  /** A template that appears or goes changes what the engine must be started with; one that changes is read anew by the engine itself. */
  #watchTemplates(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const watcher = vscode.workspace.createFileSystemWatcher(templatePattern, false, true, false);
    const onChange = (): void => void (this.#isStale = true);
    this.#disposables.push(watcher, watcher.onDidCreate(onChange), watcher.onDidDelete(onChange));
  }
}
