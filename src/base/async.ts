import { type Clock, systemClock } from './clock.js';
import { cancelledError } from './errors.js';

/** Resolves after `delayMs` on the given clock; rejects with the cancellation error when the signal aborts first. */
export function delay(delayMs: number, signal?: AbortSignal, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(cancelledError());
      return;
    }
    const onAbort = (): void => {
      timer.dispose();
      reject(cancelledError());
    };
    const timer = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Throws the cancellation error when the signal has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError();
}

/** The common end of work that goes on side by side: when the signal given aborts, or with the first failure, which is the cause of the others. */
export class CommonEnd {
  readonly #controller = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly #end = (): void => this.#controller.abort();
  #failure: { readonly error: unknown } | undefined;

  constructor(given: AbortSignal | undefined) {
    this.#given = given;
    given?.addEventListener('abort', this.#end, { once: true });
    if (given?.aborted === true) this.#end();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while nothing has failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  readonly fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#end();
  };

  /** Lets go of the signal given. */
  dispose(): void {
    this.#given?.removeEventListener('abort', this.#end);
  }
}
