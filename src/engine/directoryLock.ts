import { type FSWatcher, watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchError } from '../base/errors.js';
import { removeChannelAddress } from './sharing/channelAddress.js';
import { createLock, isDead, newHolder, readLock, removeLock } from './sharing/heldFile.js';
import { directoryInUse, lockName } from './sharing/lockFile.js';

const maxAttempts = 20;
/** While another process removes a dead lock. */
const retryMs = 25;
/** Where the file system tells nothing, a lost lock is noticed so much later. */
const lookMs = 1000;

/** Held for as long as an engine uses a data directory. */
export interface DirectoryLock {
  /** Resolves when the lock is this engine's no more: somebody has deleted it, most likely with all of the directory. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process, and says where it can be joined. Rejects with the BatchError `DataDirectoryInUse` while a
 * living process holds it; the lock of a dead one is taken over.
 */
export async function lockDirectory(directory: string, channel?: string): Promise<DirectoryLock> {
  const file = join(directory, lockName);
  const mine = newHolder(channel);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await createLock(file, mine)) return watchLock(directory, file, mine.instance);
    const found = await readLock(file);
    if (found === undefined) continue;
    if (!(await isDead(file, found))) {
      if (found.holder !== undefined) throw directoryInUse(directory, found.holder.pid);
    } else if (await removeLock(file, found.identity)) {
      if (found.holder?.channel !== undefined) await removeChannelAddress(found.holder.channel);
    } else await sleep(retryMs);
  }
  throw new BatchError('DataDirectoryInUse', `The lock of ${directory} can't be taken: other engines are starting there.`);
}

/** Looks after a lock that was just taken, until it is released. */
function watchLock(directory: string, file: string, instance: string): DirectoryLock {
  let lose: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const look = (): void => {
    readLock(file).then(
      (found) => {
        if (found === undefined || (found.holder !== undefined && found.holder.instance !== instance)) lose();
      },
      // A disk that can't be read for now says nothing about the lock.
      () => undefined,
    );
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(directory, { persistent: false }, (_event, name) => {
      // The directory's own end comes with its own name.
      if (name === null || !name.startsWith('engine.join.')) look();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // No watching here, or no more watches: looking now and then must do.
  }
  const timer = setInterval(look, lookMs).unref();
  return {
    lost,
    release: async () => {
      clearInterval(timer);
      watcher?.close();
      // Nobody takes the lock of a living process, so that to look and to remove may be two steps; a full disk allows no more.
      if ((await readLock(file))?.holder?.instance === instance) await rm(file, { force: true });
    },
  };
}
