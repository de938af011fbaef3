import * as vscode from 'vscode';
import type { ReportResult, ReportTask } from '../../files/report/reportTasks.js';
import { runInThread } from '../../files/report/reportThread.js';

/** Runs a task in a report thread, with progress and cancel. */
export async function runWithProgress<K extends ReportTask['kind']>(
  title: string,
  task: Extract<ReportTask, { readonly kind: K }>,
): Promise<ReportResult<K>> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let last = 0;
    return await runInThread(task, {
      signal: controller.signal,
      onProgress: (done, total) => {
        const percent = (done / Math.max(total, 1)) * 100;
        progress.report({ increment: Math.max(0, percent - last) });
        last = Math.max(last, percent);
      },
    });
  });
}
