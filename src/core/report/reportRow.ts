/** One row of a completion report. `bucketField` and `keyField` are echoed as the manifest wrote them: the key stays URL-encoded. */
export interface ReportRow {
  readonly bucketField: string;
  readonly keyField: string;
  /** As in the manifest; empty without a version column, `\N` when the manifest's field was empty. */
  readonly versionField: string;
  readonly status: 'succeeded' | 'failed';
  readonly httpStatus: number;
  /** Empty for a task that succeeded. */
  readonly errorCode: string;
  readonly message: string;
}

/** What the manifest of a report says its columns are. The rows have HTTPStatusCode before ErrorCode all the same. */
export const reportSchema = 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage';

/** A resultString is cut after so many characters. Observed on the service, not documented. */
export const maxResultMessageLength = 1024;

/**
 * One line of a result file with its CRLF. The order of columns is that of real reports, in which HTTPStatusCode stands before
 * ErrorCode, against `ReportSchema`. A field is quoted only where it must be (RFC 4180).
 */
export function formatReportRow(row: ReportRow): string {
  return (
    `${field(row.bucketField)},${field(row.keyField)},${field(row.versionField)},${row.status},` +
    `${row.httpStatus},${field(row.errorCode)},${field(row.message)}\r\n`
  );
}

const needsQuotes = /[",\r\n]/;

function field(value: string): string {
  return needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
