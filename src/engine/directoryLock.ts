import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, errorCode } from '../base/errors.js';

interface LockHolder {
  readonly pid: number;
  /** When the process started, as the system counts it; tells a process from a later one with the same id. Linux only. */
  readonly processStart: string | undefined;
  readonly instance: string;
}

const lockName = 'engine.lock';
const maxAttempts = 10;

/** Held for as long as an engine uses a data directory. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process. Rejects with the BatchError `DataDirectoryInUse` while a living process holds it; the lock
 * of a dead one is taken over.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = join(directory, lockName);
  const mine: LockHolder = { pid: process.pid, processStart: processStart(process.pid), instance: randomUUID() };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await create(file, mine)) return { release: () => release(file, mine) };
    const holder = await readHolder(file);
    if (holder === 'none') continue;
    if (holder !== 'unreadable' && isAlive(holder)) {
      throw new BatchError('DataDirectoryInUse', `Another local engine (process ${holder.pid}) uses ${directory}.`, {
        hint: `Stop it, or choose another data directory. If process ${holder.pid} is no engine, delete ${file}.`,
      });
    }
    await takeAway(file, holder);
  }
  throw new BatchError('DataDirectoryInUse', `The lock of ${directory} can't be taken: other engines are starting there.`);
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

async function readHolder(file: string): Promise<LockHolder | 'none' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'none';
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<LockHolder> | null;
    if (typeof value?.pid === 'number' && typeof value.instance === 'string') {
      return { pid: value.pid, processStart: value.processStart, instance: value.instance };
    }
  } catch {
    // Cut short by a crash: nobody holds it.
  }
  return 'unreadable';
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

function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  const start = processStart(holder.pid);
  return start === undefined || holder.processStart === undefined || start === holder.processStart;
}

/** Field 22 of /proc/PID/stat with the boot it counts from; undefined on systems without it. */
function processStart(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // The second field is the program's name in parentheses and may hold spaces.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return startTicks === undefined ? undefined : `${boot}:${startTicks}`;
  } catch {
    // No /proc, or not ours to read: the process id alone must do.
    return undefined;
  }
}
