/**
 * Milliseconds since then. Wall-clock time has in it what else the machine does, processor time what other threads of ours do (the
 * compiler, the collector); the time of this thread is at most the lesser of the two.
 */
export function startWatch(): () => number {
  const startedAt = performance.now();
  const usedBefore = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usedBefore);
    return Math.min(performance.now() - startedAt, (user + system) / 1000);
  };
}
