import type { ReportResult, ReportTask } from '../../files/report/reportTasks.js';
import { runInThread } from '../../files/report/reportThread.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';

/** Runs a task in a report thread, with progress and cancel. */
export async function runWithProgress<K extends ReportTask['kind']>(
  title: string,
  task: Extract<ReportTask, { readonly kind: K }>,
): Promise<ReportResult<K>> {
  return await withCancellableProgress(title, ({ signal, reach }) =>
    runInThread(task, { signal, onProgress: (done, total) => reach(done / Math.max(total, 1)) }),
  );
}
