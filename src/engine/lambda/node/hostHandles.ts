import { parentPort } from 'node:worker_threads';

interface Handle {
  hasRef?: () => boolean;
  ref(): void;
  unref(): void;
}

/**
 * Lets go of what only the host keeps open in this thread (the port to its parent, the IPC channel), so that the event loop runs
 * empty when the handler has nothing left to wait for. Returns how to take hold again.
 */
export function releaseHostHandles(): () => void {
  const handles: Handle[] = [];
  if (parentPort !== null) handles.push(parentPort as unknown as Handle);
  const channel = process.channel as Handle | null | undefined;
  if (channel !== null && channel !== undefined) handles.push(channel);
  const released = handles.filter((handle) => handle.hasRef?.() !== false);
  for (const handle of released) handle.unref();
  return () => {
    for (const handle of released) handle.ref();
  };
}
