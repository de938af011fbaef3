import { Worker } from 'node:worker_threads';

/**
 * Ends this process, and the group that it leads, when its parent is gone, even while a handler never yields. A thread of its own looks
 * once a second: the event of the closed channel needs a main thread that still turns.
 */
export function watchParent(): void {
  const source = `
    const parent = require('node:worker_threads').workerData;
    setInterval(() => {
      try {
        process.kill(parent, 0);
        if (process.ppid === parent) return;
      } catch (error) {
        if (error.code === 'EPERM' && process.ppid === parent) return;
      }
      try {
        if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
      } finally {
        process.kill(process.pid, 'SIGKILL');
      }
    }, 1000);`;
  const watcher = new Worker(source, { eval: true, workerData: process.ppid });
  watcher.unref();
}
