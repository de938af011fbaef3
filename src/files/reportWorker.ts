import { parentPort } from 'node:worker_threads';
import { errorCode, errorMessage, isBatchError } from '../base/errors.js';
import type { FromReportWorker, ToReportWorker } from './report/reportThread.js';
import { runReportTask } from './report/runReportTask.js';

/** The program of a report thread: does one task at a time, and hears that it is cancelled while it does. */
let controller = new AbortController();

function post(message: FromReportWorker): void {
  parentPort?.postMessage(message);
}

async function run(message: ToReportWorker & { kind: 'run' }): Promise<void> {
  controller = new AbortController();
  try {
    const result = await runReportTask(message.task, {
      signal: controller.signal,
      onProgress: (doneBytes, totalBytes) => post({ kind: 'progress', doneBytes, totalBytes }),
    });
    post({ kind: 'done', result });
  } catch (error) {
    const hint = isBatchError(error) ? error.hint : undefined;
    post({ kind: 'failed', code: errorCode(error) ?? 'Internal', message: errorMessage(error), hint });
  }
}

parentPort?.on('message', (message: ToReportWorker) => {
  if (message.kind === 'cancel') controller.abort();
  else void run(message);
});
