import { createHash } from 'node:crypto';
import { CauseCounter } from '../../core/report/causes.js';
import type { ReportScanner } from '../../core/report/readReport.js';
import { FileHashes } from './fileHashes.js';
import { findReport } from './findReport.js';
import type { FoundReport, ReportFile } from './reportFile.js';
import type { ReadFile, ReadReport } from './reportContents.js';
import type { ReportRun, RetryOutput } from './reportRun.js';
import { type FailedRowSink, writeRetry } from './retryFile.js';
import { problemsOfScan, scanFile, ScanProgress } from './scanReport.js';

/** Files that are smaller, all together, are summed while they are read: a thread would come too late. */
const smallBytes = 8 * 1024 * 1024;

/**
 * Reads the report at a path in one pass: counts tasks, groups failures by cause, checks the MD5s and, if asked for, writes the manifest of
 * the failed tasks. Throws what `findReport` throws, `IncompleteReport` instead of writing a manifest of a part of a report, and
 * the cancellation error.
 */
export async function readReportFiles(path: string, run: ReportRun = {}, retry?: RetryOutput): Promise<ReadReport> {
  const report = await findReport(path);
  try {
    if (retry === undefined) return await readOnce(report, run, undefined);
    return await writeRetry(retry, report, (sink) => readOnce(report, run, sink));
  } finally {
    report.close();
  }
}

async function readOnce(report: FoundReport, run: ReportRun, sink: FailedRowSink | undefined): Promise<ReadReport> {
  const causes = new CauseCounter();
  const hashes = new FileHashes(run.signal);
  const progress = new ScanProgress(report.files, run);
  const problems = [...report.problems];
  const sums = new Map<ReportFile, Promise<string>>();
  const scanned: { readonly file: ReportFile; readonly scanner: ReportScanner }[] = [];
  let failed = 0;
  let succeeded = 0;
  try {
    const aside = report.files.filter(isSummable);
    if (aside.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) >= smallBytes) {
      for (const [file, md5] of hashes.md5s(aside)) sums.set(file, md5);
    }
    for (const file of report.files) {
      const hash = file.md5 !== undefined && !sums.has(file) ? createHash('md5') : undefined;
      const scanner = await scanFile(
        file,
        {
          onRow: (row) => {
            if (row.isFailed) {
              failed += 1;
              const cause = causes.add(row);
              sink?.add(row, cause);
            } else {
              succeeded += 1;
            }
          },
          onSucceeded: (rows) => {
            succeeded += rows;
          },
          ...(hash === undefined ? {} : { onChunk: (chunk: Uint8Array) => void hash.update(chunk) }),
          ...(sink === undefined ? {} : { afterChunk: () => sink.flush() }),
        },
        progress,
      );
      if (hash !== undefined) sums.set(file, Promise.resolve(hash.digest('hex')));
      scanned.push({ file, scanner });
    }
    await hashes.finish();
    const files: ReadFile[] = [];
    for (const { file, scanner } of scanned) {
      const { name, status, md5 } = file;
      const isAltered = md5 !== undefined && (await sums.get(file)) !== md5;
      problems.push(...problemsOfScan(file, scanner, isAltered));
      files.push({ name, status, rows: scanner.rows, isAltered, isUnverified: md5 === undefined });
    }
    return {
      jobId: report.jobId,
      createdAt: report.manifest?.creationDate,
      succeeded,
      failed,
      causes: causes.causes(),
      files,
      problems,
    };
  } finally {
    await hashes.close();
  }
}

/** Its MD5 is known, and it lies on disk as it was summed. */
function isSummable(file: ReportFile): file is ReportFile & { readonly path: string } {
  return file.md5 !== undefined && file.path !== undefined;
}
