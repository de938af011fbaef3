import { rmSync } from 'node:fs';
import process from 'node:process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const files = new Set<string>();

/**
 * Notes a file that must not outlive the command. When the process is interrupted the file is removed, and then whatever else the
 * signal does happens. Returns what to call when the file is in its place, or gone.
 */
export function removeWhenInterrupted(path: string): () => void {
  if (files.size === 0) for (const signal of signals) process.on(signal, onSignal);
  files.add(path);
  return () => {
    if (files.delete(path) && files.size === 0) stopListening();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  for (const path of files) rmSync(path, { force: true, recursive: true });
  files.clear();
  stopListening();
  // Nobody else listens: end as if nobody had listened at all, so that a shell sees that it was interrupted.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of signals) process.removeListener(signal, onSignal);
}
