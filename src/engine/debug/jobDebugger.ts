import { rm, writeFile } from 'node:fs/promises';
import { type Deferred, deferred } from '../../base/async.js';
import type { Disposable } from '../../base/disposable.js';
import { debugSessionEnded } from '../../core/job/debugRun.js';
import type { EngineContext, InvokeOutcome } from '../contracts.js';
import { debuggerFile } from '../run/jobFiles.js';
import { listenForPeers, type Peer, type PeerListener, type PeerMessage, type ProvenServer } from '../sharing/provenChannel.js';
import { type DebugInvocation, type EngineToDebuggee, maxDebugMessageBytes, parseDebuggeeMessage } from './debugMessages.js';

/** Emulated, as all of debugging: a job of which no debugger wants to know is cancelled. Programs that VS Code starts are here within seconds. */
export const connectLimitMs = 120_000;

type Sink = (stream: 'stdout' | 'stderr', line: string) => void;

export interface JobDebuggerOptions {
  /** The job's folder, where the address is written down. */
  readonly directory: string;
  readonly jobId: string;
  readonly context: Pick<EngineContext, 'clock' | 'log' | 'secretAccessKey'>;
  /** Called once, when there is no session any more, or none has come: with the reason. */
  readonly onGone: (reason: string) => void;
}

/**
 * A job's side of its debug session, from the job's first run to its end, through pauses. One session at a time may connect, and once
 * it has gone there is none any more: its process has the state of the handler's modules.
 */
export class JobDebugger {
  readonly #options: JobDebuggerOptions;
  #server: ProvenServer | undefined;
  #peer: Peer | undefined;
  #connectLimit: Disposable | undefined;
  #current: { readonly invocation: DebugInvocation; readonly outcome: Deferred<InvokeOutcome> } | undefined;
  #isOver = false;
  /** Gets what the handler writes. */
  onOutput: Sink = () => undefined;

  private constructor(options: JobDebuggerOptions) {
    this.#options = options;
  }

  /** Resolves when a session may connect. Rejects with the errors of the disk and of `listenForPeers`. */
  static async open(options: JobDebuggerOptions): Promise<JobDebugger> {
    const { context, directory, jobId } = options;
    const made = new JobDebugger(options);
    made.#server = await listenForPeers({
      key: context.secretAccessKey,
      maxMessageBytes: maxDebugMessageBytes,
      onPeer: (peer) => made.#onPeer(peer),
      onRefused: () => context.log.warn(`job ${jobId}: somebody without the engine's keys has asked for its debug session.`),
      onError: (error) => context.log.error(`job ${jobId}: the channel to its debug session has failed.`, error),
    });
    try {
      await writeFile(debuggerFile(directory), JSON.stringify({ address: made.#server.address }), { mode: 0o600 });
    } catch (error) {
      await made.#server.close();
      throw error;
    }
    made.#connectLimit = context.clock.schedule(connectLimitMs, () => {
      made.#gone(`No debug session has connected within ${connectLimitMs / 1000} seconds.`);
    });
    return made;
  }

  /** Resolves with what came of it, when the person lets it; never, once the session has gone. */
  invoke(invocation: DebugInvocation): Promise<InvokeOutcome> {
    const outcome = deferred<InvokeOutcome>();
    this.#current = { invocation, outcome };
    // One that comes later finds it.
    this.#tell(invocation);
    return outcome.promise;
  }

  /** Says a line in the debug console. */
  print(stream: 'stdout' | 'stderr', line: string): void {
    this.#tell({ kind: 'print', stream, line });
  }

  /** The job has ended, which the session is told as its last; without `end` the engine has. */
  async close(end?: Omit<Extract<EngineToDebuggee, { kind: 'end' }>, 'kind'>): Promise<void> {
    this.#isOver = true;
    this.#connectLimit?.dispose();
    if (end !== undefined) this.#tell({ kind: 'end', ...end });
    await this.#server?.close();
    await rm(debuggerFile(this.#options.directory), { force: true });
  }

  #onPeer(peer: Peer): PeerListener {
    const { log } = this.#options.context;
    const { jobId } = this.#options;
    if (this.#peer !== undefined || this.#isOver) {
      log.warn(`job ${jobId}: a second debug session is refused.`);
      peer.destroy();
      return { onMessage: () => undefined };
    }
    log.info(`job ${jobId}: its debug session has connected.`);
    this.#connectLimit?.dispose();
    this.#peer = peer;
    void peer.closed.then(() => this.#gone(debugSessionEnded));
    if (this.#current !== undefined) this.#tell(this.#current.invocation);
    return {
      onMessage: (message) => this.#onMessage(peer, message),
      onBroken: (what) => log.warn(`job ${jobId}: its debug session sends ${what}.`),
    };
  }

  #onMessage(peer: Peer, given: PeerMessage): void {
    const message = parseDebuggeeMessage(given);
    if (message?.kind === 'output') this.onOutput(message.stream, message.line);
    else if (message?.kind === 'outcome' && this.#current !== undefined) {
      const { outcome } = this.#current;
      this.#current = undefined;
      outcome.resolve(message.outcome);
    } else {
      const { context, jobId } = this.#options;
      context.log.warn(`job ${jobId}: its debug session sends what nobody has asked for.`);
      peer.destroy();
    }
  }

  #tell(message: EngineToDebuggee): void {
    this.#peer?.send(message);
  }

  #gone(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connectLimit?.dispose();
    this.#options.onGone(reason);
  }
}
