/** Lets one task at a time run for each name, in the order of asking. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name);
    const own = before === undefined ? task() : before.then(task, task);
    this.#tails.set(name, own);
    try {
      return await own;
    } finally {
      if (this.#tails.get(name) === own) this.#tails.delete(name);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.allSettled(this.#tails.values());
  }
}
