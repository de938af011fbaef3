import { reportLocation } from '../view/jobDetails.js';
import { outcomeOf } from '../view/jobOutcome.js';
import type { LedgerEntry } from './ledger.js';

const columns: readonly (readonly [string, (entry: LedgerEntry) => string | number | undefined])[] = [
  ['Target', (entry) => entry.targetLabel],
  ['Region', (entry) => entry.region],
  ['JobId', (entry) => entry.jobId],
  ['Description', ({ job }) => job.Description],
  ['Operation', ({ job }) => job.Operation],
  ['Status', ({ job }) => job.Status],
  // `Complete` alone would hide that tasks have failed.
  ['Outcome', ({ job }) => outcomeOf(job.Status, job.ProgressSummary)],
  ['Priority', ({ job }) => job.Priority],
  ['Created', ({ job }) => job.CreationTime],
  ['Ended', ({ job }) => job.TerminationDate],
  ['Tasks', ({ job }) => job.ProgressSummary?.TotalNumberOfTasks],
  ['Succeeded', ({ job }) => job.ProgressSummary?.NumberOfTasksSucceeded],
  ['Failed', ({ job }) => job.ProgressSummary?.NumberOfTasksFailed],
  ['Manifest', ({ descriptor }) => descriptor?.Manifest?.Location.ObjectArn],
  ['ManifestETag', ({ descriptor }) => descriptor?.Manifest?.Location.ETag],
  ['ManifestSha256', ({ manifestSha256 }) => manifestSha256],
  ['ReportBucket', ({ descriptor }) => descriptor?.Report?.Bucket],
  ['ReportPrefix', ({ descriptor }) => descriptor?.Report?.Prefix],
  ['Report', ({ descriptor }) => reportUri(descriptor)],
  ['Role', ({ descriptor }) => descriptor?.RoleArn],
  ['Tags', ({ tags }) => tags?.map((tag) => `${tag.Key}=${tag.Value}`).join('; ')],
  ['Lineage', ({ lineage }) => lineage],
  ['CostEstimate', ({ costEstimate }) => costEstimate],
  ['SeenAt', ({ seenAt }) => seenAt],
];

function reportUri(descriptor: LedgerEntry['descriptor']): string | undefined {
  const place = descriptor === undefined ? undefined : reportLocation(descriptor);
  return place === undefined ? undefined : `s3://${place.bucket}/${place.manifestKey}`;
}

/** Jobs for a spreadsheet: RFC 4180, with a header. Text that a spreadsheet would take for a formula begins with an apostrophe. */
export function ledgerCsv(entries: Iterable<LedgerEntry>): string {
  const rows = [columns.map(([name]) => name)];
  for (const entry of entries) rows.push(columns.map(([, value]) => cell(value(entry))));
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

/** OWASP ASVS 5.0, 1.2.10: `=`, `+`, `-`, `@`, tab, line breaks and NUL begin formulas, in their full-width forms too. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n\u0000＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
