import type { ChildProcess } from 'node:child_process';
import { errorCode } from '../../base/errors.js';

/** Ends a process and, where it leads a group of its own (`detached`), all that it has started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Gone already, which is what was wanted; macOS says EPERM of a group of zombies.
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'EPERM') throw error;
  }
}
