import { type CauseKey, CauseCounter, causeId } from '../../core/report/causes.js';
import type { FailedTask } from '../../core/report/failedTask.js';
import { fieldText } from '../../core/report/rowBytes.js';
import { findReport } from './findReport.js';
import type { ReportRun } from './reportRun.js';
import { scanFile, ScanProgress } from './scanReport.js';

export interface ReportRows {
  readonly rows: readonly FailedTask[];
  /** There are more after these. */
  readonly hasMore: boolean;
}

/** The failed tasks of one cause, `limit` of them after the first `skip`. */
export async function readRows(
  path: string,
  cause: CauseKey,
  page: { readonly skip: number; readonly limit: number },
  run: ReportRun = {},
): Promise<ReportRows> {
  const report = await findReport(path);
  try {
    const wanted = causeId(cause);
    const counter = new CauseCounter();
    const progress = new ScanProgress(report.files, run);
    const rows: FailedTask[] = [];
    let found = 0;
    for (const file of report.files) {
      // Causes are told apart in the order of the rows, so all failed ones before the wanted page are counted too.
      if (file.status === 'succeeded') continue;
      if (found > page.skip + page.limit) break;
      await scanFile(
        file,
        {
          onRow: (row) => {
            if (!row.isFailed || found > page.skip + page.limit || causeId(counter.add(row)) !== wanted) return;
            found += 1;
            if (found <= page.skip || found > page.skip + page.limit) return;
            const text = (start: number, end: number): string => fieldText(row.bytes, start, end);
            rows.push({
              bucket: text(row.bucketStart, row.bucketEnd),
              key: text(row.keyStart, row.keyEnd),
              versionId: text(row.versionStart, row.versionEnd),
              httpStatus: row.httpStatus,
              code: text(row.codeStart, row.codeEnd),
              message: text(row.messageStart, row.messageEnd),
            });
          },
          onSucceeded: () => undefined,
        },
        progress,
      );
    }
    return { rows, hasMore: found > page.skip + page.limit };
  } finally {
    report.close();
  }
}
