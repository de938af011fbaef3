import { type Disposable, toDisposable } from '../base/disposable.js';

/** Work to be done when someone asks this process to stop before it is through: end what it started, remove what it wrote. */
type Cleanup = () => Promise<void>;

const cleanups: Cleanup[] = [];
let isWatching = false;
let isShuttingDown = false;

/** How often to look whether the parent is still there. */
const parentCheckMs = 500;
const interruptedExitCode = 130;

/**
 * Registers a clean-up for Ctrl+C, SIGTERM, a closed terminal, and the end of our parent: npm hands its SIGTERM to a shell that ends
 * without a word to us. They run one after the other, latest first; then the process ends. Dispose when there is nothing left to do.
 */
export function onShutdown(cleanup: Cleanup): Disposable {
  cleanups.push(cleanup);
  watch();
  return toDisposable(() => {
    const at = cleanups.indexOf(cleanup);
    if (at >= 0) cleanups.splice(at, 1);
  });
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void shutDown());
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) void shutDown();
  }, parentCheckMs);
  timer.unref();
}

async function shutDown(): Promise<void> {
  if (isShuttingDown) return;
  isShuttingDown = true;
  await cleanUp();
  process.exit(process.exitCode ?? interruptedExitCode);
}

/** Does all registered work now, for a process that goes on. */
export async function cleanUp(): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch (error) {
      console.error(error);
    }
  }
}
