import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BatchError, errorMessage, isBatchError } from '../../base/errors.js';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvocationContext, InvokeOutcome } from '../contracts.js';
import { exitError, type FunctionErrorOutcome, functionError, howItEnded } from './functionError.js';
import { refusedVariables } from './lambdaVariables.js';
import { LineSplitter } from './lineSplitter.js';
import { killGroup } from './processGroup.js';
import { ownMemoryBytes } from './residentMemory.js';

/** Invocations that may wait in the program at once; enough that neither side waits for the other. */
const queueLength = 256;
const watchIntervalMs = 25;
const memoryIntervalMs = 100;
const mebibyte = 1024 * 1024;
/** Lambda's limit for loading a function (Lambda Developer Guide, lambda-runtime-environment). */
const initLimitMs = 10_000;
/** How long output is read on after the program has ended. */
const drainLimitMs = 300;
/** How long a program may take to go by itself. */
const leaveLimitMs = 500;

/** An invocation on its way to the program. */
export interface QueuedInvocation {
  readonly event: unknown;
  readonly requestId: string;
  /** How long it may take from when its turn comes; Infinity while a debugger may stop it. */
  readonly allowanceMs: number;
}

/** What a program tells. */
export interface ProgramEvents {
  /** How much of its output was read until now; it grows. */
  readonly outputRead: OutputRead;
  /** The function is loaded, and the turn of the first invocation that waits begins now. */
  onTurn(): void;
  /** What came of the first invocation that waits. */
  onOutcome(outcome: InvokeOutcome): void;
  /** The function can't be loaded; the program is about to end, and this is why. */
  onInitError(outcome: FunctionErrorOutcome): void;
  onOutput(stream: 'stdout' | 'stderr', line: string): void;
}

/** Bytes of a program's output that were read. */
export interface OutputRead {
  readonly stdout: number;
  readonly stderr: number;
}

/** A process that runs a function, and how to talk to it. It leads a process group of its own; its stdout and stderr are the function's. */
export interface Program {
  readonly process: ChildProcess;
  /** Pipes besides stdout and stderr. */
  readonly pipes: readonly (Readable | Writable)[];
  send(invocation: QueuedInvocation): void;
  /**
   * Whether the program knows of the invocation whose turn it is, where that can be told: one that ends by itself after an answer has
   * nothing to do with the next.
   */
  readonly hasTaken?: boolean;
  /**
   * Tells of outcomes that the program has left somewhere without a word. While it is patient, not of one that follows output which is yet
   * to be read; true when there is such a one.
   */
  poll?(isPatient: boolean): boolean;
  /** Asks it to go; it has nothing to do. */
  leave(): void;
  /** The process has ended: ends what belongs to it on this side. */
  release(): void;
}

export interface ProgramKind {
  /** `The Python interpreter`: begins the sentence when it can't be started. */
  readonly subject: string;
  /** @throws BatchError for what the person can correct; its code is the error type of every invocation. */
  start(events: ProgramEvents): Promise<Program>;
}

interface Waiting extends QueuedInvocation {
  readonly resolve: (outcome: InvokeOutcome) => void;
}

/** A running program. One is replaced by the next when it ends. */
interface Child {
  readonly program: Program;
  readonly closed: Promise<void>;
  isReady: boolean;
  hasAnswered: boolean;
  readonly startedMs: number;
  /** Set when it is known why the program ends, to tell it from one that ends by itself. */
  endedFor: InvokeOutcome | undefined;
  /** The invocation that `endedFor` is about; undefined when it is about every one. */
  endedRequestId: string | undefined;
  readonly outputRead: OutputRead;
  /** How much output had been read when the last check found an outcome that waits for more. */
  heldAtBytes: number | undefined;
}

/**
 * A function in one long-lived process. Invocations queue there, one after another; when the process ends, the one whose turn it was
 * gets the outcome and the others run in a fresh process, none of them twice.
 */
export class ProcessEnvironment implements Environment {
  readonly queueLength = queueLength;
  readonly #definition: FunctionDefinition;
  readonly #options: EnvironmentOptions;
  readonly #kind: ProgramKind;
  readonly #waiting: Waiting[] = [];
  readonly #watch: NodeJS.Timeout;
  #child: Child | undefined;
  #starting: Promise<void> | undefined;
  #turnStartedMs = 0;
  #memoryReadMs = 0;
  #isDisposed = false;

  constructor(definition: FunctionDefinition, options: EnvironmentOptions, kind: ProgramKind) {
    this.#definition = definition;
    this.#options = options;
    this.#kind = kind;
    for (const name of refusedVariables(definition)) {
      options.onOutput(
        'stderr',
        `The variable ${name} of ${definition.name} is left out: it would lead the handler away from the local engine.`,
      );
    }
    this.#watch = setInterval(() => this.#check(), watchIntervalMs);
    this.#watch.unref();
    // The program starts while the first invocation is prepared.
    void this.#ensureChild();
  }

  get isUsable(): boolean {
    return !this.#isDisposed;
  }

  invoke(event: unknown, context: InvocationContext): Promise<InvokeOutcome> {
    return new Promise((resolve) => this.begin(event, context, resolve));
  }

  begin(event: unknown, { requestId, deadlineMs }: InvocationContext, resolve: (outcome: InvokeOutcome) => void): void {
    if (this.#isDisposed) throw new BatchError('Internal', 'The environment has been disposed.');
    const nowMs = Date.now();
    const waiting = { event, requestId, allowanceMs: Math.max(0, deadlineMs - nowMs), resolve };
    if (this.#waiting.push(waiting) === 1) this.#turnStartedMs = nowMs;
    if (this.#child === undefined) void this.#ensureChild();
    else this.#child.program.send(waiting);
  }

  #ensureChild(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
      // What came between a start that failed and here.
      if (this.#child === undefined && this.#waiting.length > 0) void this.#ensureChild();
    });
    return this.#starting;
  }

  /** Starts a program and gives it all that waits. Whatever goes wrong is the outcome of what waits. */
  async #start(): Promise<void> {
    const outputRead = { stdout: 0, stderr: 0 };
    try {
      const program = await this.#kind.start({
        outputRead,
        onTurn: () => {
          if (this.#child !== undefined) this.#child.isReady = true;
          this.#turnStartedMs = Date.now();
        },
        onOutcome: (outcome) => {
          const waiting = this.#waiting.shift();
          if (this.#child !== undefined) this.#child.hasAnswered = true;
          this.#turnStartedMs = Date.now();
          waiting?.resolve(outcome);
        },
        onInitError: (outcome) => {
          if (this.#child === undefined) return;
          this.#child.endedFor ??= outcome;
          endSoon(this.#child);
        },
        onOutput: (stream, line) => this.#options.onOutput(stream, line),
      });
      this.#attach(program, outputRead);
    } catch (error) {
      this.#failAll(
        isBatchError(error)
          ? functionError(`Runtime.${error.code}`, `${error.message} ${error.hint ?? ''}`.trim())
          : functionError('Runtime.StartFailed', `${this.#kind.subject} can't be started: ${errorMessage(error)}`),
      );
    }
  }

  #attach(program: Program, outputRead: { stdout: number; stderr: number }): void {
    const { process } = program;
    const { stdout, stderr } = process as { stdout: Readable; stderr: Readable };
    let failure: Error | undefined;
    // A program that has ended breaks its pipes; the outcome is known from its end, so the pipes' own errors say nothing new.
    for (const stream of [stdout, stderr, ...program.pipes]) {
      stream.on('error', (error: Error) => {
        failure ??= error;
      });
    }
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
      // What the handler started may hold the pipes open after it; the program's own end is what counts.
      process.on('exit', (status, signal) => {
        killGroup(process);
        setTimeout(() => {
          for (const stream of [stdout, stderr, ...program.pipes]) stream.destroy();
          end(status, signal);
        }, drainLimitMs);
      });
    });
    const child: Child = {
      program,
      closed,
      isReady: false,
      hasAnswered: false,
      startedMs: Date.now(),
      endedFor: undefined,
      endedRequestId: undefined,
      outputRead,
      heldAtBytes: undefined,
    };
    this.#child = child;
    for (const [name, stream] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      const splitter = new LineSplitter((line) => this.#options.onOutput(name, line));
      stream.on('data', (chunk: Buffer) => {
        // Whose output it is shows when it is known which invocations have ended before.
        program.poll?.(true);
        outputRead[name] += chunk.length;
        splitter.write(chunk);
        program.poll?.(true);
      });
      stream.on('end', () => splitter.flush());
    }
    for (const waiting of this.#waiting) program.send(waiting);
  }

  #check(): void {
    const child = this.#child;
    if (child !== undefined) pollAgain(child);
    const [head] = this.#waiting;
    if (child === undefined || child.endedFor !== undefined) return;
    if (!child.isReady) {
      if (Date.now() - child.startedMs < initLimitMs || head?.allowanceMs === Infinity) return;
      this.#end(
        child,
        functionError('Sandbox.Timedout', `The function did not finish loading within ${initLimitMs / 1000} seconds.`),
      );
    } else if (head !== undefined && Date.now() - this.#turnStartedMs >= head.allowanceMs) {
      const { requestId } = head;
      this.#end(child, { kind: 'timedOut', afterMs: this.#definition.timeoutMs, requestId }, requestId);
    } else if (head !== undefined) this.#checkMemory(child, head.requestId);
  }

  /** As Lambda does it: a function that takes more memory than it has is killed. */
  #checkMemory(child: Child, requestId: string): void {
    const nowMs = Date.now();
    const { pid } = child.program.process;
    if (pid === undefined || nowMs - this.#memoryReadMs < memoryIntervalMs) return;
    this.#memoryReadMs = nowMs;
    if ((ownMemoryBytes(pid) ?? 0) <= this.#definition.memoryMb * mebibyte) return;
    this.#end(child, exitError(requestId, 'signal: killed'), requestId);
  }

  #end(child: Child, outcome: InvokeOutcome, requestId?: string): void {
    child.endedFor = outcome;
    child.endedRequestId = requestId;
    killGroup(child.program.process);
  }

  #onClosed(child: Child, status: number | null, signal: NodeJS.Signals | null, failure: Error | undefined): void {
    child.program.poll?.(false);
    child.program.release();
    if (this.#child === child) this.#child = undefined;
    // Nobody's fault, and no loop: each process of these has answered something.
    const isBetweenTwo = child.endedFor === undefined && child.hasAnswered && child.program.hasTaken === false;
    const head = isBetweenTwo ? undefined : this.#waiting.shift();
    if (head !== undefined) {
      const intended = child.endedFor;
      // The invocation that ran out of time or memory may have answered in the last moment; then it is another that was cut off.
      const { endedRequestId = head.requestId } = child;
      if (intended !== undefined && endedRequestId === head.requestId) head.resolve(intended);
      else if (status === null && signal === null) {
        const text = `${this.#kind.subject} can't be started: ${errorMessage(failure)}`;
        head.resolve(functionError('Runtime.StartFailed', text));
      } else head.resolve(exitError(head.requestId, howItEnded(status, signal)));
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
    if (this.#waiting.length > 0) killGroup(child.program.process);
    else {
      child.program.leave();
      endSoon(child);
    }
    await child.closed;
  }
}

/** An outcome does not wait for ever for output that does not come: a handler may have turned it away after it was counted. */
function pollAgain(child: Child): void {
  const isHeld = child.program.poll?.(true) === true;
  const bytes = child.outputRead.stdout + child.outputRead.stderr;
  if (isHeld && child.heldAtBytes === bytes) child.program.poll?.(false);
  child.heldAtBytes = isHeld ? bytes : undefined;
}

/** Lets the program go by itself; one that doesn't is ended. */
function endSoon(child: Child): void {
  const limit = setTimeout(() => killGroup(child.program.process), leaveLimitMs);
  void child.closed.then(() => clearTimeout(limit));
}
