import { randomUUID } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, errorCode } from '../base/errors.js';
import { removeChannelAddress } from './sharing/channelAddress.js';
import { directoryInUse, isAlive, type LockHolder, lockName, processStart, readHolder } from './sharing/lockFile.js';

const maxAttempts = 10;
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
  const mine: LockHolder = { pid: process.pid, processStart: processStart(process.pid), instance: randomUUID(), channel };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await create(file, mine)) return watchLock(directory, file, mine);
    const holder = await readHolder(file);
    if (holder === 'none') continue;
    if (holder !== 'unreadable' && isAlive(holder)) throw directoryInUse(directory, holder.pid);
    await takeAway(file, holder);
    if (holder !== 'unreadable' && holder.channel !== undefined) await removeChannelAddress(holder.channel);
  }
  throw new BatchError('DataDirectoryInUse', `The lock of ${directory} can't be taken: other engines are starting there.`);
}

/** Looks after a lock that was just taken, until it is released. */
function watchLock(directory: string, file: string, mine: LockHolder): DirectoryLock {
  let lose: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const look = (): void => {
    readHolder(file).then(
      (holder) => {
        if (holder === 'none' || (holder !== 'unreadable' && holder.instance !== mine.instance)) lose();
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
      await release(file, mine);
    },
  };
}

/** The lock appears whole or not at all: its content is written first, under another name. */
async function create(file: string, mine: LockHolder): Promise<boolean> {
  const draft = `${file}.${mine.instance}`;
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // File systems without links: exclusive creation is the next best thing.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'].includes(errorCode(error) ?? ''))
      return await createExclusively(file, mine);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function createExclusively(file: string, mine: LockHolder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead lock out of the way; puts it back when another engine took it over in between. */
async function takeAway(file: string, dead: LockHolder | 'unreadable'): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  const isSame = dead === 'unreadable' ? moved === 'unreadable' : typeof moved === 'object' && moved.instance === dead.instance;
  if (!isSame) {
    try {
      await link(aside, file);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  await rm(aside, { force: true });
}

async function release(file: string, mine: LockHolder): Promise<void> {
  const holder = await readHolder(file);
  if (typeof holder === 'object' && holder.instance === mine.instance) await rm(file, { force: true });
}
