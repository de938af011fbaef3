import type { LaneTask } from './sharedState.js';

interface Waiting extends LaneTask {
  readonly dueMs: number;
}

/** First in, first out; taking is O(1). */
class Fifo {
  #items: Waiting[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Waiting): void {
    this.#items.push(item);
  }

  peek(): Waiting | undefined {
    return this.#items[this.#head];
  }

  shift(): void {
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Tasks that wait for another attempt. The back-off doubles each time, so that one queue an attempt number is sorted by itself. */
export class RedriveQueue {
  readonly #delayMs: number;
  readonly #delayed: Fifo[] = [];
  readonly #immediate = new Fifo();

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  get length(): number {
    return this.#delayed.reduce((sum, queue) => sum + queue.length, this.#immediate.length);
  }

  /** `attempt` is the number of the attempt to come, from 1. */
  pushRedrive(row: number, attempt: number, nowMs: number): void {
    const queue = (this.#delayed[attempt] ??= new Fifo());
    queue.push({ row, attempt, dueMs: nowMs + this.#delayMs * 2 ** (attempt - 1) });
  }

  /** For a task that was cut off, or found without result: due at once. */
  pushNow(row: number, attempt: number): void {
    this.#immediate.push({ row, attempt, dueMs: 0 });
  }

  /** Offers what is due, in turn, until nothing is or an offer is refused. */
  release(nowMs: number, offer: (task: LaneTask) => boolean): void {
    for (const queue of [this.#immediate, ...this.#delayed.filter((item) => item !== undefined)]) {
      for (let task = queue.peek(); task !== undefined && task.dueMs <= nowMs; task = queue.peek()) {
        if (!offer(task)) return;
        queue.shift();
      }
    }
  }
}
