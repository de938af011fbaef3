import { rename } from 'node:fs/promises';
import { delay } from '../../base/async.js';
import { errorCode } from '../../base/errors.js';

const attempts = 10;
const pauseMs = 20;

/** Renames over whatever is there. Windows refuses while somebody (a virus scanner, a reader) has the old file open: tried again. */
export async function replaceFile(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const isBusy = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (!isBusy || attempt === attempts) throw error;
      await delay(pauseMs);
    }
  }
}
