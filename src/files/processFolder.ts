import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { errorCode } from '../base/errors.js';

/** A name for a folder that lives as long as this process: several windows may keep such folders side by side. */
export function processFolder(parent: string): string {
  return join(parent, `${process.pid}-${randomUUID()}`);
}

/** Removes the folders of processes that ended without removing theirs, as a crash leaves them. */
export async function removeAbandonedFolders(parent: string): Promise<void> {
  for (const name of await namesIn(parent)) {
    const pid = /^(\d{1,10})-[0-9a-f-]{36}$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A process of somebody else, which may not be asked, is alive too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
