import { type Clock } from '../../base/clock.js';
import type { Disposable } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import { BatchError, cancelledError, errorMessage, isBatchError, isCancelled } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';

export type EngineState =
  | { readonly name: 'stopped' }
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly connection: EngineConnection }
  | { readonly name: 'failed'; readonly error: BatchError };
export type EngineStateName = EngineState['name'];

/** A started engine process. */
export interface EngineProcess {
  readonly connection: EngineConnection;
  /** Resolves, never rejects, when the process has ended for whatever reason; the text says how. */
  readonly exited: Promise<string>;
  /** Ends the process and resolves when it has ended. */
  close(): Promise<void>;
}

export interface EngineControllerOptions {
  /** Starts one process; rejects when it can't be started or the signal aborts. */
  readonly launch: (signal: AbortSignal) => Promise<EngineProcess>;
  readonly clock: Clock;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** This many crashes within the window are healed by a restart; the next one is given up on. */
const maxCrashes = 3;
const crashWindowMs = 60_000;

/** Keeps at most one engine: starts it on demand, starts it again after a crash, ends it. Knows nothing of VS Code. */
export class EngineController implements Disposable {
  readonly #options: EngineControllerOptions;
  readonly #changed = new Emitter<EngineState>();
  readonly onDidChangeState: Event<EngineState> = this.#changed.event;
  #state: EngineState = { name: 'stopped' };
  #process: EngineProcess | undefined;
  #starting: Promise<EngineConnection> | undefined;
  #stopping: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #crashTimes: number[] = [];
  #isDisposed = false;

  constructor(options: EngineControllerOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The connection of the running engine, started if need be. All callers during one start share it. */
  async start(): Promise<EngineConnection> {
    if (this.#isDisposed) throw cancelledError();
    if (this.#stopping !== undefined) await this.#stopping;
    if (this.#state.name === 'running') return this.#state.connection;
    this.#starting ??= this.#launch().finally(() => (this.#starting = undefined));
    return await this.#starting;
  }

  /** Ends the engine, also one that is just starting. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  async restart(): Promise<EngineConnection> {
    await this.stop();
    return await this.start();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#abort?.abort();
    this.#changed.dispose();
  }

  async #launch(): Promise<EngineConnection> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#setState({ name: 'starting' });
    try {
      const process = await this.#options.launch(abort.signal);
      if (abort.signal.aborted) {
        await process.close();
        throw cancelledError();
      }
      this.#process = process;
      this.#watch(process);
      this.#setState({ name: 'running', connection: process.connection });
      return process.connection;
    } catch (error) {
      if (isCancelled(error)) {
        this.#setState({ name: 'stopped' });
        throw error;
      }
      const failure = isBatchError(error)
        ? error
        : new BatchError('EngineStartFailed', `The local engine could not be started: ${errorMessage(error)}`, { cause: error });
      this.#setState({ name: 'failed', error: failure });
      throw failure;
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  /** Starts the engine again when it ends without having been told to, unless it keeps doing so. */
  #watch(process: EngineProcess): void {
    void process.exited.then((how) => {
      if (this.#process !== process || this.#isDisposed) return;
      this.#process = undefined;
      const now = this.#options.clock.now();
      this.#crashTimes = [...this.#crashTimes.filter((time) => now - time < crashWindowMs), now];
      if (this.#crashTimes.length > maxCrashes) {
        this.#crashTimes = [];
        this.#options.log.warn(`The local engine ended again (${how}); not starting it any more.`);
        const error = new BatchError('EngineCrashed', `The local engine ended unexpectedly ${maxCrashes + 1} times (${how}).`, {
          hint: 'The log holds its last words. Jobs go on where they stopped when it is started again.',
        });
        this.#setState({ name: 'failed', error });
        return;
      }
      this.#options.log.warn(`The local engine ended unexpectedly (${how}); starting it again.`);
      this.#state = { name: 'stopped' };
      // The failure is in the state, which is where everyone looks.
      this.start().catch((error: unknown) => this.#options.log.warn(errorMessage(error)));
    });
  }

  async #end(): Promise<void> {
    this.#abort?.abort();
    // A start that is under way ends by itself once aborted; its caller gets the error.
    await this.#starting?.catch(() => undefined);
    const process = this.#process;
    this.#process = undefined;
    try {
      await process?.close();
    } finally {
      this.#setState({ name: 'stopped' });
    }
  }

  #setState(state: EngineState): void {
    if (this.#isDisposed) return;
    if (this.#state.name === state.name && state.name !== 'running' && state.name !== 'failed') return;
    this.#state = state;
    this.#changed.fire(state);
  }
}
