import { parentPort } from 'node:worker_threads';
import { type Disposable, toDisposable } from '../base/disposable.js';

/** Something that keeps the event loop of a thread going while it is referenced: a timer, a port. */
export interface HostHandle {
  hasRef?: () => boolean;
  ref(): unknown;
  unref(): unknown;
}

const added = new Set<HostHandle>();

/**
 * Tells of a handle that only the owner of this thread keeps open. A handler that never settles is recognised by its event loop
 * running empty, which such a handle would hide: it is let go of while an invocation waits.
 */
export function addHostHandle(handle: HostHandle): Disposable {
  added.add(handle);
  return toDisposable(() => added.delete(handle));
}

/**
 * Lets go of what only the host keeps open in this thread (the port to its parent, the IPC channel, and what was added). Returns how
 * to take hold again.
 */
export function releaseHostHandles(): () => void {
  const handles = [...added];
  if (parentPort !== null) handles.push(parentPort as unknown as HostHandle);
  const channel = process.channel as HostHandle | null | undefined;
  if (channel !== null && channel !== undefined) handles.push(channel);
  const released = handles.filter((handle) => handle.hasRef?.() !== false);
  for (const handle of released) handle.unref();
  return () => {
    for (const handle of released) handle.ref();
  };
}
