import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../base/async.js';
import { BatchError } from '../../base/errors.js';
import { ReportScanner, type ScannedRow } from '../../core/report/readReport.js';
import { plainRowSkipper } from './plainRowKernel.js';
import type { FoundReport, ReportFile } from './reportFile.js';
import type { ReportRun } from './reportTasks.js';

/** Bytes after which a scan tells how far it is, and hears that it was cancelled. */
const progressBytes = 8 * 1024 * 1024;

export interface ScanHooks {
  readonly onRow: (row: ScannedRow) => void;
  /** Rows of tasks that succeeded, when only their number is of interest. */
  readonly onSucceeded?: (rows: number) => void;
  readonly onChunk?: (chunk: Uint8Array) => void;
  /** Between chunks. */
  readonly afterChunk?: () => Promise<void>;
}

/** How far a report is read, over all of its files. */
export class ScanProgress {
  readonly #run: ReportRun;
  readonly #totalBytes: number;
  #doneBytes = 0;
  #told = 0;

  constructor(files: readonly ReportFile[], run: ReportRun) {
    this.#run = run;
    this.#totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  async add(bytes: number): Promise<void> {
    this.#doneBytes += bytes;
    if (this.#doneBytes - this.#told < progressBytes) return;
    this.#told = this.#doneBytes;
    // Lets messages in, a cancellation among them.
    await setImmediate();
    throwIfAborted(this.#run.signal);
    this.#run.onProgress?.(Math.min(this.#doneBytes, this.#totalBytes), this.#totalBytes);
  }
}

/** Reads one result file to its end; the scanner says what could not be read. */
export async function scanFile(file: ReportFile, hooks: ScanHooks, progress: ScanProgress): Promise<ReportScanner> {
  const scanner = new ReportScanner(hooks.onRow, hooks.onSucceeded, plainRowSkipper());
  for await (const chunk of file.open()) {
    hooks.onChunk?.(chunk);
    scanner.push(chunk);
    await hooks.afterChunk?.();
    await progress.add(chunk.length);
  }
  scanner.end();
  return scanner;
}

/** Reads all rows of a report. Throws `IncompleteReport` with `refusal` when there is anything that can't be read. */
export async function scanWhole(
  report: FoundReport,
  onRow: (row: ScannedRow) => void,
  progress: ScanProgress,
  refusal: string,
): Promise<void> {
  const problems = [...report.problems];
  for (const file of report.files) problems.push(...unreadableLines(file.name, await scanFile(file, { onRow }, progress)));
  refuseIncomplete(problems, refusal);
}

/** What a part of a report is used for would silently leave out, or repeat, the rest. */
export function refuseIncomplete(problems: readonly string[], refusal: string): void {
  if (problems.length > 0) throw new BatchError('IncompleteReport', refusal, { hint: problems.join('\n') });
}

/** The problem of lines that are no rows, if there are any. */
export function unreadableLines(
  name: string,
  { unreadable, unreadableCount }: Pick<ReportScanner, 'unreadable' | 'unreadableCount'>,
): string[] {
  if (unreadableCount === 0) return [];
  const lines = unreadable.slice(0, 3).map(({ line, text }) => `line ${line}: ${JSON.stringify(text)}`);
  const count = unreadableCount === 1 ? '1 line' : `${unreadableCount.toLocaleString('en')} lines`;
  return [`${count} of ${name} can't be read (${lines.join(', ')}).`];
}
