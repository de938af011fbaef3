import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Deferred, deferred } from '../../base/async.js';
import { errorCode } from '../../base/errors.js';
import type { EnvironmentOptions, InvocationContext, InvokeOutcome } from '../contracts.js';
import { exitError, howItEnded } from '../lambda/functionError.js';
import { pythonOutcome } from '../lambda/python/pythonOutcome.js';
import type { CreateEnvironment } from '../run/lambdaPerformer.js';
import type { HandlerHost } from './handlerHost.js';

interface Invoke {
  readonly kind: 'invoke';
  readonly event: unknown;
  readonly requestId: string;
  /** Nothing is limited in time. */
  readonly allowanceMs: null;
  readonly row: number;
  readonly object: string;
  readonly isStop: boolean;
}

/** What debugHandler.py reads. */
type Message =
  | Invoke
  | {
      readonly kind: 'load';
      readonly sessionToken: string | null;
      /** Whether what the handler writes is told here as well; the debug console has it anyway. */
      readonly isOutputTold: boolean;
    }
  | { readonly kind: 'print'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly kind: 'end'; readonly status: number };

type Stop = Parameters<HandlerHost['stopBefore']>[0];

/**
 * The process that has started this one, as that of the handler: debugHandler.py. It is told what to do by lines on this process's
 * standard output and says what came of it on the standard input.
 */
export class ParentProcess implements HandlerHost {
  readonly #isOutputTold: boolean;
  readonly #gone = deferred();
  #isGone = false;
  #hasExited = false;
  #stop: Stop | undefined;
  #loading: Deferred<InvokeOutcome | undefined> | undefined;
  #onOutput: EnvironmentOptions['onOutput'] | undefined;
  #waiting: { readonly requestId: string; readonly outcome: Deferred<InvokeOutcome> } | undefined;

  /** `isOutputTold`: its environments tell of what the handler writes; otherwise only the debug console hears of it. */
  constructor({ isOutputTold }: { readonly isOutputTold: boolean }) {
    this.#isOutputTold = isOutputTold;
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on('line', (line) => this.#onLine(line.charAt(0), line.slice(1)));
    lines.on('close', () => {
      this.#isGone = true;
      this.#gone.resolve();
      this.#loading?.resolve(exitError(undefined, undefined));
      this.#answer(exitError(this.#waiting?.requestId, undefined));
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  readonly createEnvironment: CreateEnvironment = async (_definition, { sessionToken, onOutput }) => {
    this.#loading = deferred();
    this.#onOutput = onOutput;
    this.#tell({ kind: 'load', sessionToken: sessionToken ?? null, isOutputTold: this.#isOutputTold });
    const loadFailure = await this.#loading.promise;
    this.#loading = undefined;
    return { loadFailure, invoke: (event, context) => this.#invoke(event, context), dispose: () => Promise.resolve() };
  };

  readonly print = (stream: 'stdout' | 'stderr', line: string): void => {
    // Its standard error is this process's too.
    if (this.#isGone) writeSync(2, `${line}\n`);
    else this.#tell({ kind: 'print', stream, line });
  };

  stopBefore(task: Stop): void {
    this.#stop = task;
  }

  end(status: number): void {
    if (this.#isGone) process.exit(status);
    // It goes first, which closes the input.
    void this.#gone.promise.then(() => process.exit(status));
    this.#tell({ kind: 'end', status });
  }

  #invoke(event: unknown, { requestId }: InvocationContext): Promise<InvokeOutcome> {
    if (this.#hasExited) {
      this.#hasExited = false;
      this.print(
        'stderr',
        'The handler has ended its process. In a job the next row gets a fresh one; here it gets this one, with what its modules hold.',
      );
    }
    const stop = this.#stop;
    this.#stop = undefined;
    const outcome = deferred<InvokeOutcome>();
    this.#waiting = { requestId, outcome };
    this.#tell({
      kind: 'invoke',
      event,
      requestId,
      allowanceMs: null,
      row: (stop?.row ?? 0) + 1,
      object: stop === undefined ? '' : `${stop.bucket}/${stop.keyField}`,
      isStop: stop !== undefined,
    });
    return outcome.promise;
  }

  #onLine(kind: string, text: string): void {
    if (kind === 'O') {
      const [stream, line] = JSON.parse(text) as ['stdout' | 'stderr', string];
      this.#onOutput?.(stream, line);
    } else if (this.#loading !== undefined) {
      const exit = (): InvokeOutcome => exitError(undefined, howItEnded(Number(text), null));
      this.#loading.resolve(kind === 'L' ? undefined : kind === 'X' ? exit() : pythonOutcome(kind, text));
    } else if (kind === 'X') {
      this.#hasExited = true;
      this.#answer(exitError(this.#waiting?.requestId, howItEnded(Number(text), null)));
    } else this.#answer(pythonOutcome(kind, text));
  }

  #answer(outcome: InvokeOutcome): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.outcome.resolve(outcome);
  }

  #tell(message: Message): void {
    try {
      writeSync(1, `${JSON.stringify(message)}\n`);
    } catch (error) {
      // The handler has ended its process; the end of the input says the same.
      if (errorCode(error) !== 'EPIPE') throw error;
    }
  }
}
