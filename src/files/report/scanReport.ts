import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../base/async.js';
import { BatchError } from '../../base/errors.js';
import { ReportScanner, type ScannedRow } from '../../core/report/readReport.js';
import { plainRowSkipper } from './plainRowKernel.js';
import type { FoundReport, ReportFile } from './reportFile.js';
import type { ReportRun } from './reportRun.js';

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

/** Reads all rows of a report. Throws `IncompleteReport` with `refusal` when there is anything that can't be read, or was changed. */
export async function scanWhole(
  report: FoundReport,
  onRow: (row: ScannedRow) => void,
  progress: ScanProgress,
  refusal: string,
): Promise<void> {
  const problems = [...report.problems];
  for (const file of report.files) {
    const hash = createHash('md5');
    const onChunk = (chunk: Uint8Array): void => void hash.update(chunk);
    const scanner = await scanFile(file, { onRow, ...(file.md5 === undefined ? {} : { onChunk }) }, progress);
    problems.push(...problemsOfScan(file, scanner, file.md5 !== undefined && hash.digest('hex') !== file.md5));
  }
  refuseIncomplete(problems, refusal);
}

/** What a part of a report is used for would silently leave out, or repeat, the rest. */
export function refuseIncomplete(problems: readonly string[], refusal: string): void {
  if (problems.length > 0) throw new BatchError('IncompleteReport', refusal, { hint: problems.join('\n') });
}

/** What is amiss with a result file that was read to its end, in sentences. `isAltered`: its MD5 is another one. */
export function problemsOfScan({ name, md5 }: ReportFile, scanner: ScanOutcome, isAltered: boolean): string[] {
  const problems: string[] = [];
  if (isAltered) {
    problems.push(`The MD5 of ${name} is not the one that the report says: the file was changed, or is not complete.`);
  }
  // The service lists no file without a row.
  if (scanner.rows === 0 && scanner.unreadableCount === 0) problems.push(`${name} is empty.`);
  // The MD5 tells it better.
  if (md5 === undefined && scanner.rows > 0 && scanner.hasOpenEnd) {
    problems.push(`The last line of ${name} has no line end: the file may have been cut there.`);
  }
  return [...problems, ...unreadableLines(name, scanner)];
}

/** What a scanner says after a file. */
export type ScanOutcome = Pick<ReportScanner, 'rows' | 'hasOpenEnd' | 'unreadable' | 'unreadableCount'>;

/** The problem of lines that are no rows, if there are any. */
function unreadableLines(name: string, { rows, unreadable, unreadableCount }: ScanOutcome): string[] {
  if (unreadableCount === 0) return [];
  const lines = unreadable.slice(0, 3).map(({ line, text }) => `line ${line}: ${JSON.stringify(text.slice(0, 80))}`);
  if (rows === 0) return [`${name} is no result file of a completion report: it has no row of one (${lines.join(', ')}).`];
  const count = unreadableCount === 1 ? '1 line' : `${unreadableCount.toLocaleString('en')} lines`;
  return [`${count} of ${name} can't be read (${lines.join(', ')}).`];
}
