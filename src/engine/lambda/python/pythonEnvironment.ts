import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BatchError, errorMessage, isBatchError } from '../../../base/errors.js';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvocationContext, InvokeOutcome } from '../../contracts.js';
import { exitError, type FunctionErrorOutcome, functionError } from '../functionError.js';
import { lambdaVariables, refusedVariables } from '../lambdaVariables.js';
import { LineSplitter } from '../lineSplitter.js';
import { killGroup } from '../processGroup.js';
import { findPython } from './findPython.js';
import pythonBootstrap from './bootstrap.py';

/** Invocations that may wait in the child at once; enough that neither side waits for the other. */
const queueLength = 256;
const watchIntervalMs = 25;
/** Lambda's limit for loading a function (Lambda Developer Guide, lambda-runtime-environment). */
const initLimitMs = 10_000;

/** How long output is read on after the interpreter has ended. */
const drainLimitMs = 300;

interface Waiting {
  readonly line: string;
  readonly requestId: string;
  /** How long it may take from when its turn comes. */
  readonly allowanceMs: number;
  readonly resolve: (outcome: InvokeOutcome) => void;
}

/** A running interpreter. One is replaced by the next when it ends. */
interface Child {
  readonly process: ChildProcess;
  readonly input: Writable;
  readonly closed: Promise<void>;
  isReady: boolean;
  startedMs: number;
  /** Set when this side ends the child, to tell it from a child that ends by itself. */
  endedFor: InvokeOutcome | undefined;
}

/**
 * Python in one long-lived child process. Invocations queue in the child, one after another; when the child ends, the one whose turn
 * it was gets the outcome and the others run in a fresh child, none of them twice.
 */
export class PythonEnvironment implements Environment {
  readonly queueLength = queueLength;
  readonly #definition: FunctionDefinition;
  readonly #options: EnvironmentOptions;
  readonly #waiting: Waiting[] = [];
  readonly #watch: NodeJS.Timeout;
  #child: Child | undefined;
  #starting: Promise<void> | undefined;
  #turnStartedMs = 0;
  #isDisposed = false;

  static create(definition: FunctionDefinition, options: EnvironmentOptions): Promise<PythonEnvironment> {
    for (const name of refusedVariables(definition)) {
      options.onOutput(
        'stderr',
        `The variable ${name} of ${definition.name} is left out: it would lead the handler away from the local engine.`,
      );
    }
    return Promise.resolve(new PythonEnvironment(definition, options));
  }

  constructor(definition: FunctionDefinition, options: EnvironmentOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#watch = setInterval(() => this.#check(), watchIntervalMs);
    this.#watch.unref();
    // The interpreter starts while the first invocation is prepared.
    void this.#ensureChild();
  }

  get isUsable(): boolean {
    return !this.#isDisposed;
  }

  invoke(event: unknown, context: InvocationContext): Promise<InvokeOutcome> {
    if (this.#isDisposed) return Promise.reject(new BatchError('Internal', 'The environment has been disposed.'));
    return new Promise((resolve) => {
      const allowanceMs = context.deadlineMs === Infinity ? Infinity : Math.max(0, context.deadlineMs - Date.now());
      const message = { requestId: context.requestId, allowanceMs: allowanceMs === Infinity ? null : allowanceMs, event };
      const waiting = { line: `${JSON.stringify(message)}\n`, requestId: context.requestId, allowanceMs, resolve };
      if (this.#waiting.push(waiting) === 1) this.#turnStartedMs = Date.now();
      if (this.#child === undefined) void this.#ensureChild();
      else this.#send(this.#child, waiting.line);
    });
  }

  /** Lines that are written in one turn of the event loop go out together. */
  #send(child: Child, line: string): void {
    if (child.input.writableCorked === 0) {
      child.input.cork();
      process.nextTick(() => child.input.uncork());
    }
    child.input.write(line);
  }

  #ensureChild(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Starts an interpreter and gives it all that waits. Whatever goes wrong is the outcome of what waits. */
  async #start(): Promise<void> {
    try {
      const python = await findPython(this.#options.python, this.#definition.codeDirectory);
      if (this.#isDisposed) return;
      const { name, handler, codeDirectory, arn, memoryMb, timeoutMs } = this.#definition;
      const settings = JSON.stringify({ name, handler, codeDirectory, arn, memoryMb, timeoutMs });
      const child = spawn(python.executable, ['-c', pythonBootstrap, settings], {
        cwd: codeDirectory,
        env: { ...lambdaVariables(this.#definition, this.#options, process.env), PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
        // A group of its own, so that what the handler starts ends with it.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      this.#attach(child);
    } catch (error) {
      this.#failAll(
        isBatchError(error)
          ? functionError('Runtime.PythonNotFound', `${error.message} ${error.hint ?? ''}`.trim())
          : functionError('Runtime.StartFailed', `The Python interpreter can't be started: ${errorMessage(error)}`),
      );
    }
  }

  #attach(process: ChildProcess): void {
    const [lifeline, stdout, stderr, input, output] = process.stdio as unknown as [
      Writable,
      Readable,
      Readable,
      Writable,
      Readable,
    ];
    let failure: Error | undefined;
    // A child that has ended breaks its pipes; the outcome is known from its end, so the pipes' own errors say nothing new.
    for (const stream of [lifeline, stdout, stderr, input, output]) stream.on('error', (error) => (failure ??= error));
    const closed = new Promise<void>((resolve) => {
      let isDone = false;
      const end = (status: number | null, signal: NodeJS.Signals | null): void => {
        if (isDone) return;
        isDone = true;
        this.#onClosed(child, status, signal, failure);
        resolve();
      };
      process.on('error', (error) => {
        failure = error;
        if (process.pid === undefined) end(null, null);
      });
      process.on('close', end);
      // What the handler started may hold the pipes open after it; the interpreter's own end is what counts.
      process.on('exit', (status, signal) => {
        setTimeout(() => {
          for (const stream of [stdout, stderr, output]) stream.destroy();
          end(status, signal);
        }, drainLimitMs);
      });
    });
    const child: Child = { process, input, closed, isReady: false, startedMs: Date.now(), endedFor: undefined };
    this.#child = child;
    for (const [name, stream] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      const splitter = new LineSplitter((line) => this.#options.onOutput(name, line));
      stream.on('data', (chunk: Buffer) => splitter.write(chunk));
      stream.on('end', () => splitter.flush());
    }
    const lines = new OutcomeLines((line) => this.#onLine(child, line));
    output.on('data', (chunk: Buffer) => lines.write(chunk));
    for (const waiting of this.#waiting) this.#send(child, waiting.line);
  }

  #onLine(child: Child, line: string): void {
    if (line.startsWith('S')) {
      child.isReady = true;
      this.#turnStartedMs = Date.now();
      return;
    }
    const waiting = this.#waiting.shift();
    this.#turnStartedMs = Date.now();
    waiting?.resolve(readOutcome(line));
  }

  #check(): void {
    const child = this.#child;
    const [head] = this.#waiting;
    if (child === undefined || child.endedFor !== undefined) return;
    if (!child.isReady) {
      if (Date.now() - child.startedMs < initLimitMs || head?.allowanceMs === Infinity) return;
      this.#end(
        child,
        functionError('Sandbox.Timedout', `The function did not finish loading within ${initLimitMs / 1000} seconds.`),
      );
    } else if (head !== undefined && Date.now() - this.#turnStartedMs >= head.allowanceMs) {
      this.#end(child, { kind: 'timedOut', afterMs: this.#definition.timeoutMs, requestId: head.requestId });
    }
  }

  #end(child: Child, outcome: InvokeOutcome): void {
    child.endedFor = outcome;
    killGroup(child.process);
  }

  #onClosed(child: Child, status: number | null, signal: NodeJS.Signals | null, failure: Error | undefined): void {
    if (this.#child === child) this.#child = undefined;
    const head = this.#waiting.shift();
    if (head !== undefined) {
      const intended = child.endedFor;
      // The invocation that ran out of time may have answered in the last moment; then it is another that was cut off.
      const isIntended = intended !== undefined && (intended.kind !== 'timedOut' || intended.requestId === head.requestId);
      head.resolve(isIntended ? intended : endOf(head.requestId, status, signal, failure));
    }
    if (this.#isDisposed) this.#failAll(undefined);
    else if (this.#waiting.length > 0) void this.#ensureChild();
  }

  #failAll(outcome: FunctionErrorOutcome | undefined): void {
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(outcome ?? exitError(waiting.requestId, 'signal: killed'));
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearInterval(this.#watch);
    await this.#starting;
    const child = this.#child;
    if (child === undefined) {
      this.#failAll(undefined);
      return;
    }
    if (this.#waiting.length > 0) killGroup(child.process);
    else {
      // Its input's end lets the child flush what it has and go; one that doesn't is ended.
      child.input.end();
      const limit = setTimeout(() => killGroup(child.process), 500);
      await child.closed;
      clearTimeout(limit);
    }
    await child.closed;
  }
}

function readOutcome(line: string): InvokeOutcome {
  const text = line.slice(1);
  if (line.startsWith('E')) {
    const error = JSON.parse(text) as { errorType: string; errorMessage: string; trace: readonly string[] };
    return functionError(error.errorType, error.errorMessage, error.trace);
  }
  const json = line.startsWith('B') ? (JSON.parse(text) as string) : text;
  try {
    return { kind: 'returned', payload: JSON.parse(json) as unknown };
  } catch {
    // Python writes NaN and Infinity, which no reader of JSON accepts; bytes may be anything.
    return { kind: 'invalidJson', text: json };
  }
}

function endOf(
  requestId: string,
  status: number | null,
  signal: NodeJS.Signals | null,
  failure: Error | undefined,
): FunctionErrorOutcome {
  if (signal !== null) return exitError(requestId, `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`);
  if (status === null)
    return functionError('Runtime.StartFailed', `The Python interpreter can't be started: ${errorMessage(failure)}`);
  return exitError(requestId, status === 0 ? undefined : `exit status ${status}`);
}

/** Lines of the child's outcomes. They may be megabytes long, so pieces are joined once a line is whole. */
class OutcomeLines {
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end);
      const line = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]);
      this.#pieces = [];
      start = end + 1;
      this.#onLine(line.toString('latin1'));
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }
}
