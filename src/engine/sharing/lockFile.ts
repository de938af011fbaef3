import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchError, errorCode } from '../../base/errors.js';

/** What the lock file of a data directory says. */
export interface LockHolder {
  readonly pid: number;
  /** When the process started, as the system counts it; tells a process from a later one with the same id. Linux only. */
  readonly processStart: string | undefined;
  readonly instance: string;
  /** Where the engine hands its connection over; undefined when it does not. */
  readonly channel: string | undefined;
}

/** The file in a data directory that names the engine that uses it. */
export const lockName = 'engine.lock';

export function directoryInUse(directory: string, pid: number): BatchError {
  return new BatchError('DataDirectoryInUse', `Another local engine (process ${pid}) uses ${directory}.`, {
    hint: `Stop it, or choose another data directory. If process ${pid} is no engine, delete ${join(directory, lockName)}.`,
  });
}

/** Undefined for what names nobody: cut short by a crash, or no lock at all. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder> | null;
    if (typeof value?.pid === 'number' && typeof value.instance === 'string') {
      const { pid, processStart, instance, channel } = value;
      return { pid, processStart, instance, channel: typeof channel === 'string' ? channel : undefined };
    }
  } catch {
    // Nobody holds it.
  }
  return undefined;
}

export function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  const start = processStart(holder.pid);
  return start === undefined || holder.processStart === undefined || start === holder.processStart;
}

/** Field 22 of /proc/PID/stat with the boot it counts from; undefined on systems without it. */
export function processStart(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // The second field is the program's name in parentheses and may hold spaces.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, and only not yet noticed by its parent: it holds nothing any more.
    if (state === 'Z' || state === 'X') return 'ended';
    const startTicks = fields[18];
    return startTicks === undefined ? undefined : `${boot}:${startTicks}`;
  } catch {
    // No /proc, or not ours to read: the process id alone must do.
    return undefined;
  }
}
