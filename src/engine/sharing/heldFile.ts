import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/errors.js';
import { isAlive, type LockHolder, parseHolder, processStart } from './lockFile.js';

/** A lock that can't be read is being written, or was cut short by a crash: it is the latter when it is the same so much later. */
const unreadableMs = 500;

/** A lock file as it was read. */
export interface FoundLock {
  /** Undefined: it names nobody. */
  readonly holder: LockHolder | undefined;
  /** Tells it from every other lock that ever had this name. */
  readonly identity: string;
}

export function newHolder(channel?: string): LockHolder {
  return { pid: process.pid, processStart: processStart(process.pid), instance: randomUUID(), channel };
}

/** Undefined when there is none. */
export async function readLock(file: string): Promise<FoundLock | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  // Not the instance that it says: the file may have come with a workspace, and this becomes part of a path.
  return { holder: parseHolder(text), identity: createHash('sha256').update(text).digest('hex').slice(0, 32) };
}

/** The living process that holds a lock; undefined when nobody does. */
export async function livingHolder(file: string): Promise<LockHolder | undefined> {
  const holder = (await readLock(file))?.holder;
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** Creates the lock, whole or not at all: its content is written first, under another name. False when there is one already. */
export async function createLock(file: string, mine: LockHolder): Promise<boolean> {
  const draft = `${file}.${mine.instance}`;
  try {
    await writeFile(draft, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
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

/** Whether nobody holds it any more. */
export async function isDead(file: string, found: FoundLock): Promise<boolean> {
  if (found.holder !== undefined) return !isAlive(found.holder);
  await sleep(unreadableMs);
  return (await readLock(file))?.identity === found.identity;
}

/**
 * Removes that very lock, and never the one that another process puts in its place meanwhile: of any number that try at the same time one
 * does it. To look and to remove are two steps, so both are done under a lock of their own, which is named after the lock to remove and
 * serves for nothing else; one that died in between is removed the same way. False when it was not this process that removed it.
 */
export async function removeLock(file: string, identity: string): Promise<boolean> {
  const removal = `${file}.${identity}`;
  const mine = newHolder();
  if (!(await createLock(removal, mine))) {
    const other = await readLock(removal);
    if (other !== undefined && (await isDead(removal, other))) await removeLock(removal, other.identity);
    return false;
  }
  try {
    if ((await readLock(file))?.identity !== identity) return false;
    await rm(file, { force: true });
    return true;
  } finally {
    await rm(removal, { force: true });
  }
}
