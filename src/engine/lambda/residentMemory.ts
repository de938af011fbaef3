import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that are the process's own: without files that are mapped, such as its program. Undefined where the system does not
 * tell (it does on Linux), and for a process that is gone.
 */
export function ownMemoryBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    // It has ended since: nothing is to be limited any more.
    return undefined;
  }
}
