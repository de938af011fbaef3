import { type ChildProcess, spawn } from 'node:child_process';
import { type Deferred, deferred } from '../../base/async.js';
import { BatchError, errorMessage } from '../../base/errors.js';
import { codeFolder } from '../codeFolder.js';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvocationContext, InvokeOutcome } from '../contracts.js';
import { exitError, functionError, howItEnded } from './functionError.js';
import type { HostReply, HostRequest } from './hostMessages.js';
import { LineSplitter } from './lineSplitter.js';
import { killGroup } from './processGroup.js';

/** What a handler that still yields gets to report its own timeout, before its process is ended from outside. */
const timeoutGraceMs = 250;
/** Starting Node and loading the function; Lambda's own limit for loading is 10 s. */
const startLimitMs = 30_000;

/** How long messages are read on after the process has ended. */
const drainLimitMs = 300;

/**
 * An environment in a process of its own, so that a handler that never yields can be ended. Used once it is not usable any more, it
 * rejects: make another.
 */
export class HostedEnvironment implements Environment {
  readonly #definition: FunctionDefinition;
  readonly #child: ChildProcess;
  readonly #ready: Deferred<void>;
  readonly #closed: Promise<void>;
  #current: { readonly context: InvocationContext; readonly done: Deferred<InvokeOutcome>; isTimedOut: boolean } | undefined;
  #isUsable = true;
  #startError: string | undefined;

  /** `script`: path of lambdaHost.js. */
  constructor(script: string, definition: FunctionDefinition, options: EnvironmentOptions) {
    this.#definition = definition;
    const { onOutput, ...plainOptions } = options;
    this.#ready = deferred();
    // Looked at by invoke, which may come later or never.
    this.#ready.promise.catch(() => undefined);
    this.#child = spawn(process.execPath, [`--max-old-space-size=${definition.memoryMb}`, script], {
      // What AWS settings this process has is left out where the environment is made; see lambdaVariables.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      ...codeFolder(definition),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that what the handler starts ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    for (const name of ['stdout', 'stderr'] as const) {
      // Only what goes past Node's own streams comes here, such as the output of programs that the handler starts.
      const splitter = new LineSplitter((line) => onOutput(name, line));
      this.#child[name]?.on('data', (chunk: Buffer) => splitter.write(chunk)).on('end', () => splitter.flush());
    }
    this.#child.on('message', (message: HostReply) => {
      if (message.kind === 'output') onOutput(message.stream, message.line);
      else this.#onReply(message);
    });
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#startError = errorMessage(error);
        if (this.#child.pid === undefined) {
          this.#onGone(null, null);
          resolve();
        }
      });
      // `close` would wait for what the handler started and what holds the pipes open; messages are read when the channel is closed.
      this.#child.on('exit', (status, signal) => {
        const end = (): void => {
          clearTimeout(limit);
          this.#onGone(status, signal);
          killGroup(this.#child);
          resolve();
        };
        const limit = setTimeout(end, drainLimitMs);
        if (this.#child.connected) this.#child.once('disconnect', end);
        else setImmediate(end);
      });
    });
    this.#tell({ kind: 'start', definition, options: plainOptions });
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  #tell(request: HostRequest): void {
    // A process that is gone has been seen to by its exit.
    this.#child.send(request, () => undefined);
  }

  async invoke(event: unknown, context: InvocationContext): Promise<InvokeOutcome> {
    if (!this.#isUsable || this.#current !== undefined) throw new BatchError('Internal', 'The environment is not free.');
    const done = deferred<InvokeOutcome>();
    const current = { context, done, isTimedOut: false };
    this.#current = current;
    const startLimit = setTimeout(() => this.#kill(), startLimitMs);
    await Promise.race([this.#ready.promise.catch(() => undefined), done.promise]);
    clearTimeout(startLimit);
    let watchdog: NodeJS.Timeout | undefined;
    if (this.#current === current) {
      // Loading does not count: Lambda has a phase of its own for it.
      const isTimed = context.deadlineMs !== Infinity;
      const deadlineMs = isTimed ? Math.max(context.deadlineMs, Date.now() + this.#definition.timeoutMs) : null;
      this.#tell({ kind: 'invoke', event, requestId: context.requestId, deadlineMs });
      if (deadlineMs !== null) {
        watchdog = setTimeout(
          () => {
            current.isTimedOut = true;
            this.#kill();
          },
          deadlineMs - Date.now() + timeoutGraceMs,
        );
      }
    }
    try {
      return await done.promise;
    } finally {
      clearTimeout(watchdog);
    }
  }

  #onReply(reply: Exclude<HostReply, { kind: 'output' }>): void {
    if (reply.kind === 'ready') this.#ready.resolve();
    else if (reply.kind === 'broken') {
      this.#startError = reply.message;
      this.#kill();
    } else {
      if (!reply.isUsable) this.#kill();
      this.#finish(reply.outcome);
    }
  }

  #finish(outcome: InvokeOutcome): void {
    const current = this.#current;
    this.#current = undefined;
    current?.done.resolve(outcome);
  }

  #kill(): void {
    this.#isUsable = false;
    killGroup(this.#child);
  }

  #onGone(status: number | null, signal: NodeJS.Signals | null): void {
    this.#isUsable = false;
    this.#ready.reject(new BatchError('Internal', 'The process of the function has ended.'));
    const current = this.#current;
    if (current === undefined) return;
    const { requestId } = current.context;
    if (current.isTimedOut) this.#finish({ kind: 'timedOut', afterMs: this.#definition.timeoutMs, requestId });
    else if (this.#startError !== undefined) {
      this.#finish(functionError('Runtime.StartFailed', `The function can't be started: ${this.#startError}`));
    } else this.#finish(exitError(requestId, howItEnded(status, signal)));
  }

  async dispose(): Promise<void> {
    this.#kill();
    await this.#closed;
  }
}
