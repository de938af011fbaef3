import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an assertion until it holds; rejects with its last failure when the time is up. For what happens in other processes. */
export async function eventually(assertion: () => Promise<void>, limitMs = 60_000): Promise<void> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(100);
    }
  }
}
