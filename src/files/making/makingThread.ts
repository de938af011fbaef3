import { Worker } from 'node:worker_threads';
import { BatchError, cancelledError } from '../../base/errors.js';
import { workerScript } from '../workerScript.js';
import type { MakingContext } from './makingContext.js';
import type { FromMakingWorker } from './makingMessages.js';
import type { MakingOutcome, MakingTask } from './makingTask.js';

/** Runs a task in a thread of its own. A cancelled one stops at its next chunk, removes what it wrote, and rejects. */
export function runInThread(
  task: MakingTask,
  { signal, onProgress }: Pick<MakingContext, 'signal' | 'onProgress'>,
): Promise<MakingOutcome> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw cancelledError();
    const worker = new Worker(workerScript('makingWorker'), { workerData: task });
    const stop = (): void => worker.postMessage('stop');
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: FromMakingWorker) => {
      if (message.kind === 'progress') onProgress?.(message.progress);
      else if (message.kind === 'done') resolve(message.outcome);
      else if (message.code === undefined) reject(new Error(message.message));
      else reject(new BatchError(message.code, message.message, message.hint === undefined ? {} : { hint: message.hint }));
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      // Of no effect when the outcome came first.
      reject(new Error('The thread ended without an outcome.'));
    });
  });
}
