import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an assertion until it holds and resolves with what it gave; rejects with its last failure when the time is up. For what happens in other processes. */
export async function eventually<T>(assertion: () => Promise<T>, limitMs = 60_000): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(100);
    }
  }
}
