import { type Clock } from '../../base/clock.js';
import type { Disposable } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import { BatchError, cancelledError, errorMessage, isBatchError, isCancelled } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import type { EngineEnd, EngineHandle } from '../../engine/sharing/openEngine.js';

export type EngineState =
  | { readonly name: 'stopped'; readonly byOtherWindow?: boolean }
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly connection: EngineConnection }
  | { readonly name: 'failed'; readonly error: BatchError };
export type EngineStateName = EngineState['name'];

/** A running engine, which this window has started or joined. */
export type EngineProcess = Pick<EngineHandle, 'connection' | 'users' | 'ended' | 'end' | 'release'>;

export interface EngineControllerOptions {
  /** Joins the engine that is running, or starts one; rejects when neither can be or the signal aborts. */
  readonly launch: (signal: AbortSignal) => Promise<EngineProcess>;
  /** Joins the engine that is running; undefined when none is. */
  readonly join: (signal: AbortSignal) => Promise<EngineProcess | undefined>;
  readonly clock: Clock;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** The data folder was deleted under the engine, which is started anew in an empty one. */
  readonly onDataLost?: () => void;
}

/** This many crashes within the window are healed by a restart; the next one is given up on. */
const maxCrashes = 3;
const crashWindowMs = 60_000;

/**
 * Keeps at most one engine, which may be that of other windows, too: starts or joins it on demand, does so again after a crash, ends it or
 * lets go of it. Knows nothing of VS Code.
 */
export class EngineController implements Disposable {
  readonly #options: EngineControllerOptions;
  readonly #changed = new Emitter<EngineState>();
  readonly onDidChangeState: Event<EngineState> = this.#changed.event;
  #state: EngineState = { name: 'stopped' };
  #process: EngineProcess | undefined;
  #starting: Promise<EngineConnection> | undefined;
  #joining: Promise<boolean> | undefined;
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

  /** Windows that use the engine, this one included; 0 while it does not run. */
  get users(): number {
    return this.#process?.users ?? 0;
  }

  /** The connection of the running engine, joined or started if need be. All callers during one start share it. */
  async start(): Promise<EngineConnection> {
    if (this.#isDisposed) throw cancelledError();
    if (this.#stopping !== undefined) await this.#stopping;
    if (this.#joining !== undefined) await this.#joining.catch(() => undefined);
    if (this.#state.name === 'running') return this.#state.connection;
    this.#starting ??= this.#launch().finally(() => (this.#starting = undefined));
    return await this.#starting;
  }

  /** Uses the engine of another window if one is running; starts none. Resolves with whether there is an engine now. */
  async join(): Promise<boolean> {
    if (this.#isDisposed || this.#stopping !== undefined) return false;
    if (this.#starting !== undefined || this.#state.name === 'running') return true;
    this.#joining ??= this.#join().finally(() => (this.#joining = undefined));
    return await this.#joining;
  }

  /** Ends the engine, for all windows, also one that is just starting. Resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#leave((process) => process.end('stopped'));
  }

  /** Ends the engine and starts it anew; other windows join that one. */
  async restart(): Promise<EngineConnection> {
    await this.#leave((process) => process.end('restarted'));
    return await this.start();
  }

  /** Lets go of the engine, which ends unless other windows use it. */
  async release(): Promise<void> {
    await this.#leave((process) => process.release());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#abort?.abort();
    this.#changed.dispose();
  }

  async #launch(): Promise<EngineConnection> {
    this.#setState({ name: 'starting' });
    try {
      return this.#take(await this.#abortable(this.#options.launch));
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
    }
  }

  async #join(): Promise<boolean> {
    const process = await this.#abortable(this.#options.join);
    if (process === undefined) return false;
    this.#take(process);
    return true;
  }

  /** Lets `stop` call off what opens an engine; one that was opened in spite of it is let go of. */
  async #abortable<P extends EngineProcess | undefined>(open: (signal: AbortSignal) => Promise<P>): Promise<P> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const process = await open(abort.signal);
      if (!abort.signal.aborted) return process;
      await process?.release();
      throw cancelledError();
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  #take(process: EngineProcess): EngineConnection {
    this.#process = process;
    this.#watch(process);
    this.#setState({ name: 'running', connection: process.connection });
    return process.connection;
  }

  /** Starts the engine again, or joins the one that another window starts, when it ends without this window having told it to. */
  #watch(process: EngineProcess): void {
    void process.ended.then((end) => {
      if (this.#process !== process || this.#isDisposed) return;
      this.#process = undefined;
      if (end.why === 'stopped') {
        this.#options.log.info('The local engine was stopped from another window.');
        this.#setState({ name: 'stopped', byOtherWindow: true });
        return;
      }
      if (end.why !== 'restarted' && this.#hasEndedTooOften(end)) return;
      if (end.why === 'lost') this.#options.onDataLost?.();
      this.#state = { name: 'stopped' };
      // The failure is in the state, which is where everyone looks.
      this.start().catch((error: unknown) => this.#options.log.warn(errorMessage(error)));
    });
  }

  /** True when the engine keeps ending and is not to be started any more. */
  #hasEndedTooOften({ how, why }: EngineEnd): boolean {
    const now = this.#options.clock.now();
    this.#crashTimes = [...this.#crashTimes.filter((time) => now - time < crashWindowMs), now];
    const told = why === 'crashed' ? how : `${why}, ${how}`;
    if (this.#crashTimes.length <= maxCrashes) {
      this.#options.log.warn(`The local engine ended unexpectedly (${told}); starting it again.`);
      return false;
    }
    this.#crashTimes = [];
    this.#options.log.warn(`The local engine ended again (${told}); not starting it any more.`);
    const error = new BatchError('EngineCrashed', `The local engine ended unexpectedly ${maxCrashes + 1} times (${told}).`, {
      hint: 'The log holds its last words. Jobs go on where they stopped when it is started again.',
    });
    this.#setState({ name: 'failed', error });
    return true;
  }

  async #leave(how: (process: EngineProcess) => Promise<void>): Promise<void> {
    this.#stopping ??= this.#end(how).finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  async #end(how: (process: EngineProcess) => Promise<void>): Promise<void> {
    this.#abort?.abort();
    // What is under way ends by itself once aborted; its caller gets the error.
    await Promise.allSettled([this.#starting, this.#joining]);
    const process = this.#process;
    this.#process = undefined;
    try {
      if (process !== undefined) await how(process);
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
