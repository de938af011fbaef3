import { type Disposable, toDisposable } from './disposable.js';

export type Listener<T> = (value: T) => void;
export type Event<T> = (listener: Listener<T>) => Disposable;

/** A typed event source, the shape of `vscode.EventEmitter`, so that `vscode.Event` and ours can be used alike. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>();

  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  };

  fire(value: T): void {
    // A copy: a listener that is added while the event is fired waits for the next one.
    // oxlint-disable-next-line unicorn/no-useless-spread
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
