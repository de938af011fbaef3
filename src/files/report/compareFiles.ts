import { ReportComparer, type ReportComparison } from '../../core/report/compareReports.js';
import { findReport } from './findReport.js';
import type { ReportRun } from './reportRun.js';
import { ScanProgress, scanWhole } from './scanReport.js';

export interface ComparedReports extends ReportComparison {
  readonly beforeJobId: string | undefined;
  readonly afterJobId: string | undefined;
}

/** Compares two reports, the earlier one first. Throws `IncompleteReport` when one of them can't be read whole. */
export async function compareFiles(before: string, after: string, run: ReportRun = {}): Promise<ComparedReports> {
  const earlier = await findReport(before);
  try {
    const later = await findReport(after);
    try {
      const comparer = new ReportComparer();
      const progress = new ScanProgress([...earlier.files, ...later.files], run);
      await scanWhole(earlier, (row) => comparer.before(row), progress, refusal(before));
      await scanWhole(later, (row) => comparer.after(row), progress, refusal(after));
      return { ...comparer.result(), beforeJobId: earlier.jobId, afterJobId: later.jobId };
    } finally {
      later.close();
    }
  } finally {
    earlier.close();
  }
}

function refusal(path: string): string {
  return `${path} can't be compared, because not all of it can be read.`;
}
