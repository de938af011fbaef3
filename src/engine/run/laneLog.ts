import { writeSync } from 'node:fs';
import { formatReportRow } from '../../core/report/reportRow.js';
import { eventKeyOf } from './eventKey.js';
import type { ManifestRow } from './manifestReader.js';
import type { JobPlan, ReportRows } from './runPlan.js';
import type { LaneState } from './sharedState.js';
import { headerBytes, type LogOutcome, maxTextBytes, outcomes, recordBytes, sealRecord } from './taskLog.js';
import type { TaskResult } from './taskPerformer.js';

type ReportPlan = Pick<JobPlan, 'reportRows' | 'settings'>;

function hasReportRow(result: TaskResult, reportRows: ReportRows): boolean {
  return reportRows === 'all' || (reportRows === 'failed' && result.kind !== 'succeeded');
}

/** The report row of a result, as the task log keeps it. Empty when the report will not have it. */
export function reportText(row: ManifestRow, result: TaskResult, { reportRows, settings }: ReportPlan): string {
  if (!hasReportRow(result, reportRows)) return '';
  return formatReportRow({
    bucketField: row.bucket,
    keyField: settings.reportKeyEncoding === 'echo' ? row.keyField : eventKeyOf(row.keyField),
    versionField: row.versionField === undefined ? '' : row.versionField === '' ? '\\N' : row.versionField,
    status: result.kind,
    httpStatus: result.httpStatus,
    errorCode: result.errorCode,
    message: result.message,
  });
}

/**
 * Journals a result with its report row. A row that can be echoed is copied as the bytes that it is, which is several times faster than
 * to put the same row together.
 */
export function commitResult(
  state: LaneState,
  row: ManifestRow,
  outcome: LogOutcome,
  attempt: number,
  result: TaskResult,
  plan: ReportPlan,
): void {
  const { echo } = row;
  if (echo === undefined || plan.settings.reportKeyEncoding !== 'echo' || !hasReportRow(result, plan.reportRows)) {
    commitRecord(state, row.row, outcome, attempt, reportText(row, result, plan));
    return;
  }
  const { log } = state;
  const offset = state.committed;
  const { bytes, start, end } = echo;
  let at = offset + headerBytes;
  for (let from = start; from < end; from += 1) log[at++] = bytes[from] as number;
  // Without a version column its field is empty.
  if (row.versionField === undefined) log[at++] = 0x2c;
  const rest = restOf(result);
  for (let from = 0; from < rest.length; from += 1) log[at++] = rest[from] as number;
  state.committed = sealRecord(log, state.logWords, offset, {
    textBytes: at - offset - headerBytes,
    row: row.row,
    outcome,
    attempt,
  });
}

let lastResult: TaskResult | undefined;
let lastRest: Uint8Array = new Uint8Array();

/** The columns of a report row from the status on. Results in a row are often alike. */
function restOf(result: TaskResult): Uint8Array {
  const last = lastResult;
  if (
    last === undefined ||
    (last !== result &&
      (last.message !== result.message ||
        last.errorCode !== result.errorCode ||
        last.kind !== result.kind ||
        last.httpStatus !== result.httpStatus))
  ) {
    const whole = formatReportRow({
      bucketField: '',
      keyField: '',
      versionField: '',
      status: result.kind,
      httpStatus: result.httpStatus,
      errorCode: result.errorCode,
      message: result.message,
    });
    // Behind the three empty columns.
    lastRest = Buffer.from(whole.slice(2));
    lastResult = result;
  }
  return lastRest;
}

/** Appends a record to the lane's shared buffer; it is the task's result from the moment it is committed, whatever becomes of the lane. */
export function commitRecord(state: LaneState, row: number, outcome: LogOutcome, attempt: number, text: string): void {
  const offset = state.committed;
  const textBytes = state.log.write(text, offset + headerBytes, 'utf8');
  state.committed = sealRecord(state.log, state.logWords, offset, { textBytes, row, outcome, attempt });
}

/** True when the next record might not fit any more. */
export function isLogFull(state: LaneState): boolean {
  return state.log.length - state.committed < recordBytes(maxTextBytes);
}

/** Writes what is committed and not yet in the file. Throws the file system's error. */
export function flushLog(state: LaneState, fd: number): void {
  const end = state.committed;
  let at = state.flushed;
  while (at < end) {
    at += writeSync(fd, state.log, at, end - at);
    state.flushed = at;
  }
}

export function outcomeOf(result: TaskResult): LogOutcome {
  return result.kind === 'succeeded' ? outcomes.succeeded : outcomes.failed;
}
