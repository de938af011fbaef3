import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.js';
import { cancelledCode, errorMessage, isBatchError, isCancelled } from '../base/errors.js';
import type { FromMakingWorker } from './making/makingMessages.js';
import { type MakingTask, runMakingTask } from './making/makingTask.js';

/** The program of a thread that runs one task and ends. */
const intervalMs = 100;
const controller = new AbortController();

function post(message: FromMakingWorker): void {
  parentPort?.postMessage(message);
}

function failure(error: unknown): FromMakingWorker {
  if (isCancelled(error)) return { kind: 'failed', code: cancelledCode, message: errorMessage(error), hint: undefined };
  if (isBatchError(error)) return { kind: 'failed', code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? (error.stack ?? error.message) : errorMessage(error);
  return { kind: 'failed', code: undefined, message, hint: undefined };
}

let nextAtMs = 0;
parentPort?.once('message', () => controller.abort());
runMakingTask(workerData as MakingTask, {
  signal: controller.signal,
  onProgress: (progress) => {
    const now = systemClock.now();
    if (now < nextAtMs) return;
    nextAtMs = now + intervalMs;
    post({ kind: 'progress', progress });
  },
})
  .then(
    (outcome) => post({ kind: 'done', outcome }),
    (error: unknown) => post(failure(error)),
  )
  // The port would keep the thread alive.
  .finally(() => parentPort?.close());
