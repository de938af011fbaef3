import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The variable by which processes that a test file started are known, also those in a process group of their own. */
export const leftoverMark = 'S3B_TEST_FILE';

const killedMs = 5000;

/**
 * Ends the processes that carry the mark, after so much time to end by themselves. Resolves with the command lines of those that were
 * still there. Only Linux shows the environment of other processes; elsewhere none are found.
 */
export async function endLeftovers(mark: string, patienceMs: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  let found = await marked(mark);
  for (const until = Date.now() + patienceMs; found.size > 0 && Date.now() < until; found = await marked(mark)) await sleep(50);
  const stubborn = [...found.values()];
  // Again and again: one of them may have started another meanwhile.
  for (const until = Date.now() + killedMs; found.size > 0 && Date.now() < until; found = await marked(mark)) {
    for (const pid of found.keys()) kill(pid);
    await sleep(50);
  }
  return stubborn;
}

/** Command lines by process id. */
async function marked(mark: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // It may have ended since, or be another user's. A zombie has no environment any more.
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${leftoverMark}=${mark}`)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    found.set(Number(name), command.split('\0').join(' ').trim());
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
