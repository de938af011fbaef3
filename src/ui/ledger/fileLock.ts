import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';

/** Whoever holds a lock longer than this has died with it: what is done under it takes milliseconds. */
const staleAfterMs = 10_000;
const retryAfterMs = 15;

/** Does `work` while no other process does something under the same lock, which is a file that is there for as long as that takes. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(retryAfterMs);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    // Of the future, too, when the clock was set back: nobody would give that one back.
    return Math.abs(Date.now() - (await stat(path)).mtimeMs) > staleAfterMs;
  } catch (error) {
    // It was given back meanwhile.
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
