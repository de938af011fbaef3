import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';
import { createLock, isDead, newHolder, readLock, removeLock } from '../../engine/sharing/heldFile.js';

/** A process that lives and holds a lock for longer than this has stopped, as in a debugger: what is done under it takes milliseconds. */
const stoppedAfterMs = 10_000;
const retryAfterMs = 15;

/** Held while work is done under a lock. */
export interface FileLock {
  /** Asked right before what can't be taken back: has `work` done again, from its start, when others have not waited any longer. */
  check(): Promise<void>;
}

/** The lock was taken away from this process, which must have stood still for long. */
class LockLostError extends Error {}

/**
 * Does `work` while no other process does something under the same lock, which is a file that is there for as long as that takes. That of
 * a process that has died is taken over at once, by one of those that wait; that of one that stands still when it was seen for 10 seconds.
 */
export async function withFileLock<T>(path: string, work: (lock: FileLock) => Promise<T>, waitMs = stoppedAfterMs): Promise<T> {
  for (;;) {
    const instance = await take(path, waitMs);
    const check = async (): Promise<void> => {
      if ((await readLock(path))?.holder?.instance !== instance) throw new LockLostError();
    };
    try {
      return await work({ check });
    } catch (error) {
      if (!(error instanceof LockLostError)) throw error;
    } finally {
      await release(path, instance);
    }
  }
}

async function take(path: string, waitMs: number): Promise<string> {
  const mine = newHolder();
  let seen: { readonly identity: string; readonly sinceMs: number } | undefined;
  for (;;) {
    if (await createLock(path, mine)) return mine.instance;
    const found = await readLock(path);
    if (found === undefined) continue;
    // Counted by this process's own clock: those of disks, and of people, go wrong.
    if (seen?.identity !== found.identity) seen = { identity: found.identity, sinceMs: performance.now() };
    const isOver = performance.now() - seen.sinceMs > waitMs || (await isDead(path, found));
    if (!isOver || !(await removeLock(path, found.identity))) await sleep(retryAfterMs);
  }
}

async function release(path: string, instance: string): Promise<void> {
  const found = await readLock(path);
  if (found?.holder?.instance !== instance) return;
  try {
    await removeLock(path, found.identity);
  } catch (error) {
    if (!isFull(error)) throw error;
    // No room even for that: nobody else has any either to take it over in this moment.
    await rm(path, { force: true });
  }
}

function isFull(error: unknown): boolean {
  return errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT';
}
