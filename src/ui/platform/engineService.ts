import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.js';
import type { Event } from '../../base/emitter.js';
import { BatchError, errorMessage, isCancelled } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import type { ContextKeys } from './contextKeys.js';
import { EngineController, type EngineProcess, type EngineState } from './engineController.js';
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

/** What is loaded when an engine is first asked for. */
interface EngineOpeners {
  launch(signal: AbortSignal): Promise<EngineProcess>;
  join(signal: AbortSignal): Promise<EngineProcess | undefined>;
  watch(onStart: () => void): vscode.Disposable;
}

const templatePattern = '**/template.{yaml,yml}';

/** The local engine of this window, which it may share with others. None is started before someone calls `start`. */
export class EngineService implements vscode.Disposable {
  readonly #options: EngineServiceOptions;
  readonly #controller: EngineController;
  readonly #disposables: vscode.Disposable[] = [];
  /** True when what the engine was started with has changed since. */
  #isStale = false;
  #isWatching = false;
  #isFollowing = false;
  #isDisposed = false;
  #toldDifference: string | undefined;
  #otherEngines: vscode.Disposable | undefined;
  readonly #loadProcess: () => Promise<EngineOpeners>;
  readonly onDidChangeState: Event<EngineState>;

  constructor(options: EngineServiceOptions) {
    this.#options = options;
    const processOptions = {
      ...options,
      onLog: (line: string) => this.#logLine(line),
      onDifference: (what: string) => this.#tellDifference(what),
    };
    this.#loadProcess = async () => {
      const loaded = await import('./startEngineProcess.js');
      return {
        launch: async (signal) => await loaded.startEngineProcess(processOptions, signal),
        join: async (signal) => await loaded.joinEngineProcess(processOptions, signal),
        watch: (onStart) => loaded.watchForEngine(processOptions, onStart),
      };
    };
    this.#controller = new EngineController({
      clock: options.clock,
      log: options.log,
      launch: async (signal) => {
        const { launch } = await this.#loadProcess();
        this.#isStale = false;
        return await launch(signal);
      },
      join: async (signal) => await (await this.#loadProcess()).join(signal),
      onDataLost: () => {
        void vscode.window.showWarningMessage(
          vscode.l10n.t('The data folder of the local engine was deleted. It starts anew, with an empty one.'),
        );
      },
    });
    this.onDidChangeState = this.#controller.onDidChangeState;
    options.contextKeys.set('s3batch.engineState', 'stopped');
    this.#disposables.push(
      this.#controller.onDidChangeState((state) => {
        options.contextKeys.set('s3batch.engineState', state.name);
        if (state.name === 'running') this.#watchTemplates();
        if (state.name === 'stopped' && state.byOtherWindow === true) this.#tellStopped();
      }),
      options.settings.onDidChange(['s3batch.local'], () => (this.#isStale = true)),
      options.settings.onDidChange(['s3batch.local.dataDirectory'], () => this.#watchOthersAnew()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#watchOthersAnew()),
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
      if (this.#controller.users > 1) {
        // Which jobs another window has, nobody knows here.
        this.#isStale = false;
        this.#tellDifference(vscode.l10n.t('templates, folders or settings from before they changed'));
        return await this.#controller.start();
      }
      this.#options.log.info('Templates, folders or settings have changed: starting the local engine anew.');
      return await this.#controller.restart();
    }
    return await this.#controller.start();
  }

  /** Windows that use the engine, this one included; 0 while it does not run here. */
  get users(): number {
    return this.#controller.users;
  }

  /** Ends the engine, for all windows that use it. */
  async stop(): Promise<void> {
    await this.#controller.stop();
  }

  /** Ends the engine and starts it anew, with what this window asks for; other windows join that one. */
  async restart(): Promise<void> {
    const problem = this.unavailability();
    if (problem !== undefined) throw problem;
    await this.#controller.restart();
  }

  /** Lets go of the engine, which ends unless other windows use it. */
  async release(): Promise<void> {
    await this.#controller.release();
  }

  /** From now on this window uses the engine that another window of the same data folder has started, or starts later. Starts none. */
  followOthers(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#watchOthersAnew();
  }

  #watchOthersAnew(): void {
    this.#otherEngines?.dispose();
    this.#otherEngines = undefined;
    if (!this.#isFollowing || this.unavailability() !== undefined) return;
    const join = async (): Promise<void> => {
      const { watch } = await this.#loadProcess();
      if (this.#isDisposed) return;
      this.#otherEngines?.dispose();
      this.#otherEngines = watch(() => void this.#join());
      await this.#join();
    };
    join().catch((error: unknown) => this.#options.log.warn(`No look for an engine of another window: ${errorMessage(error)}`));
  }

  /** Nobody has asked for an engine: when the one that runs can't be joined, whoever asks later is told why. */
  async #join(): Promise<void> {
    try {
      if (this.unavailability() === undefined) await this.#controller.join();
    } catch (error) {
      if (!isCancelled(error)) this.#options.log.info(`The engine that is running is not joined: ${errorMessage(error)}`);
    }
  }

  #tellStopped(): void {
    const start = vscode.l10n.t('Start Local Engine');
    void vscode.window
      .showInformationMessage(vscode.l10n.t('The local engine was stopped from another window.'), start)
      .then(async (chosen) => {
        if (chosen === start) await vscode.commands.executeCommand('s3batch.engine.start');
      });
  }

  /** Once for each difference: windows that join again after a crash have been told. */
  #tellDifference(what: string): void {
    this.#options.log.warn(`The local engine, which another window uses too, runs with ${what}.`);
    if (this.#toldDifference === what) return;
    this.#toldDifference = what;
    const restart = vscode.l10n.t('Restart…');
    void vscode.window
      .showWarningMessage(vscode.l10n.t('The local engine, which another window uses too, runs with {0}.', what), restart)
      .then(async (chosen) => {
        if (chosen === restart) await vscode.commands.executeCommand('s3batch.engine.restart');
      });
  }

  /** The engine may have last words when the channel is closed already. */
  #logLine(line: string): void {
    if (!this.#isDisposed) this.#options.log.info(`engine: ${line}`);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#otherEngines?.dispose();
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
