import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Deferred, deferred } from '../../base/async.js';
import { errorCode } from '../../base/errors.js';
import type { Environment, InvocationContext, InvokeOutcome } from '../contracts.js';
import { exitError, howItEnded } from '../lambda/functionError.js';
import { pythonOutcome } from '../lambda/python/pythonOutcome.js';
import type { TaskAttempt } from '../run/taskPerformer.js';
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
  | { readonly kind: 'print'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly kind: 'end'; readonly status: number };

/**
 * The process that has started this one, as that of the handler: debugHandler.py. It is told what to do by lines on this process's
 * standard output and says what came of it on the standard input.
 */
export class ParentProcess implements HandlerHost {
  #isGone = false;
  #hasExited = false;
  #stop: TaskAttempt | undefined;
  #waiting: { readonly requestId: string; readonly outcome: Deferred<InvokeOutcome> } | undefined;

  constructor() {
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on('line', (line) => this.#onOutcome(line.charAt(0), line.slice(1)));
    lines.on('close', () => {
      this.#isGone = true;
      this.#answer(exitError(this.#waiting?.requestId, undefined));
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  readonly createEnvironment = (): Promise<Environment> =>
    Promise.resolve({ invoke: (event, context) => this.#invoke(event, context), dispose: () => Promise.resolve() });

  readonly print = (stream: 'stdout' | 'stderr', line: string): void => {
    // Its standard error is this process's too.
    if (this.#isGone) writeSync(2, `${line}\n`);
    else this.#tell({ kind: 'print', stream, line });
  };

  stopBefore(task: TaskAttempt): void {
    this.#stop = task;
  }

  end(status: number): void {
    if (this.#isGone) process.exit(status);
    // It ends this process by closing the input.
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

  #onOutcome(kind: string, text: string): void {
    if (kind === 'X') {
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
