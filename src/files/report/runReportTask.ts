import { compareFiles } from './compareFiles.js';
import { md5OfFiles } from './md5OfFiles.js';
import { readReportFiles } from './readReportFiles.js';
import { readRows } from './readRows.js';
import type { ReportRun } from './reportRun.js';
import type { ReportTask } from './reportTasks.js';
import { writeResume } from './resumeFile.js';

/** Does what a report thread is asked for; what it resolves with can be posted. */
export async function runReportTask(task: ReportTask, run: ReportRun): Promise<unknown> {
  switch (task.kind) {
    case 'md5':
      return md5OfFiles(task.paths, run.signal);
    case 'read':
      return readReportFiles(task.path, run, task.retry);
    case 'rows':
      return readRows(task.path, task.cause, task, run);
    case 'resume':
      return writeResume(task.path, task, task.out, run);
    case 'compare':
      return compareFiles(task.before, task.after, run);
  }
}
