import { writeSync } from 'node:fs';
import { formatReportRow } from '../../core/report/reportRow.js';
import type { ManifestRow } from './manifestReader.js';
import type { ReportRows } from './runPlan.js';
import type { LaneState } from './sharedState.js';
import { headerBytes, type LogOutcome, maxTextBytes, outcomes, recordBytes, sealRecord } from './taskLog.js';
import type { TaskResult } from './taskPerformer.js';

/** The report row of a result, as the task log keeps it. Empty when the report will not have it. */
export function reportText(row: ManifestRow, result: TaskResult, reportRows: ReportRows): string {
  if (reportRows === 'none' || (reportRows === 'failed' && result.kind === 'succeeded')) return '';
  return formatReportRow({
    bucketField: row.bucket,
    keyField: row.keyField,
    versionField: row.versionField === undefined ? '' : row.versionField === '' ? '\\N' : row.versionField,
    status: result.kind,
    httpStatus: result.httpStatus,
    errorCode: result.errorCode,
    message: result.message,
  });
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
