import { Worker } from 'node:worker_threads';
import { throwIfAborted } from '../../base/async.js';
import { BatchError } from '../../base/errors.js';
import { workerScript } from '../workerScript.js';
import type { ReportRun } from './reportRun.js';
import type { ReportResult, ReportTask } from './reportTasks.js';

export type ToReportWorker = { readonly kind: 'run'; readonly task: ReportTask } | { readonly kind: 'cancel' };

export type FromReportWorker =
  | { readonly kind: 'progress'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string | undefined };

/** A thread that reads reports, one task after the other. It starts with the first task. */
export class ReportThread {
  #worker: Worker | undefined;

  /** Rejects with the error of the task, or with the cancellation error. Not to be called before the last task has ended. */
  async run<K extends ReportTask['kind']>(
    task: Extract<ReportTask, { readonly kind: K }>,
    run: ReportRun = {},
  ): Promise<ReportResult<K>> {
    throwIfAborted(run.signal);
    const worker = (this.#worker ??= new Worker(workerScript('reportWorker')));
    const cancel = (): void => worker.postMessage({ kind: 'cancel' } satisfies ToReportWorker);
    run.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<ReportResult<K>>((resolve, reject) => {
        worker.removeAllListeners();
        worker.on('message', (message: FromReportWorker) => {
          if (message.kind === 'progress') run.onProgress?.(message.doneBytes, message.totalBytes);
          // What a task of this kind resolves with.
          else if (message.kind === 'done') resolve(message.result as ReportResult<K>);
          else reject(new BatchError(message.code, message.message, message.hint === undefined ? {} : { hint: message.hint }));
        });
        worker.on('error', (error) => {
          this.#worker = undefined;
          reject(error);
        });
        worker.on('exit', () => {
          this.#worker = undefined;
          reject(new Error('The report thread ended.'));
        });
        worker.postMessage({ kind: 'run', task } satisfies ToReportWorker);
      });
    } finally {
      run.signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    await worker?.terminate();
  }
}

/** One task in a thread of its own. */
export async function runInThread<K extends ReportTask['kind']>(
  task: Extract<ReportTask, { readonly kind: K }>,
  run: ReportRun = {},
): Promise<ReportResult<K>> {
  const thread = new ReportThread();
  try {
    return await thread.run(task, run);
  } finally {
    await thread.close();
  }
}
