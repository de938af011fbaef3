export interface Disposable {
  dispose(): void;
}

/** Owns disposables and ends them in reverse order. What is added after `dispose` is disposed at once. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #isDisposed = false;

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Takes ownership and returns what it was given. */
  add<T extends Disposable>(item: T): T {
    if (this.#isDisposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const item of this.#items.splice(0).toReversed()) item.dispose();
  }
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}
