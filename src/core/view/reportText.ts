import type { JobDescriptor } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import type { Cause } from '../report/causes.js';
import type { UnreadableLine } from '../report/readReport.js';
import { type Formats, formatCount, formatTime } from './formats.js';
import { operationText } from './jobDetails.js';
import { jobLabel, stateText } from './jobText.js';

/** One result file of a report after it was read. */
export interface ReadResultFile {
  readonly status: 'succeeded' | 'failed';
  readonly bucket: string;
  readonly key: string;
  readonly rows: number;
  /** The file is not the one that the report's manifest names: its MD5 is another. */
  readonly isAltered: boolean;
  readonly unreadable: readonly UnreadableLine[];
  readonly unreadableCount: number;
}

export interface ReadReport {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly causes: readonly Cause[];
  /** Failed first. */
  readonly files: readonly ReadResultFile[];
}

/** A place in the text that opens an object. Lines and columns are 0-based. */
export interface ReportLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly bucket: string;
  readonly key: string;
}

export interface ReportText {
  /** Markdown. */
  readonly text: string;
  readonly links: readonly ReportLink[];
}

/** A completion report for people: how many, then why not, biggest cause first, then the files themselves. */
export function reportText(target: Target, job: JobDescriptor, report: ReadReport, formats: Formats): ReportText {
  const { l10n } = formats;
  const lines: string[] = [];
  const links: ReportLink[] = [];
  lines.push(
    `# ${l10n.t('Report of "{0}"', jobLabel(job))}`,
    '',
    `**${stateText(job, formats)}**`,
    '',
    `- ${l10n.t('Operation: {0}', operationText(job))}`,
    `- ${l10n.t('Target: {0}', `${target.label}, ${target.region}`)}`,
    `- ${l10n.t('Job ID: {0}', job.JobId)}`,
    `- ${l10n.t('Written: {0}', formatTime(report.createdAt, formats))}`,
    `- ${l10n.t('Rows in the report: {0} failed, {1} succeeded', formatCount(report.failed, formats), formatCount(report.succeeded, formats))}`,
    '',
  );
  for (const reason of job.FailureReasons ?? []) {
    lines.push(`> ${[reason.FailureCode, reason.FailureReason].filter((part) => part !== undefined).join(': ')}`, '');
  }
  lines.push(`## ${l10n.t('Failures by cause')}`, '');
  if (report.causes.length === 0) lines.push(l10n.t('No task in this report failed.'), '');
  report.causes.forEach((cause, index) => lines.push(...causeLines(cause, index + 1, formats)));

  lines.push(`## ${l10n.t('Files')}`, '');
  if (report.files.length === 0) lines.push(l10n.t('The report has no result files.'), '');
  for (const file of report.files) {
    const status = file.status === 'failed' ? l10n.t('failed') : l10n.t('succeeded');
    const prefix = `- ${status}, ${rowsText(file.rows, formats)}: `;
    const uri = `s3://${file.bucket}/${file.key}`;
    links.push({
      line: lines.length,
      start: prefix.length,
      end: prefix.length + uri.length,
      bucket: file.bucket,
      key: file.key,
    });
    lines.push(prefix + uri);
    if (file.isAltered) lines.push(`  - ${l10n.t('Its MD5 is not the one that the report names: it has been changed since.')}`);
    if (file.unreadableCount > 0) {
      const where = file.unreadable.map((line) => line.line).join(', ');
      lines.push(`  - ${l10n.t('{0} could not be read, first in line {1}.', rowsText(file.unreadableCount, formats), where)}`);
    }
  }
  return { text: `${lines.join('\n').trimEnd()}\n`, links };
}

function causeLines(cause: Cause, number: number, formats: Formats): string[] {
  const { l10n } = formats;
  const share = cause.share.toLocaleString(formats.locale, { style: 'percent', maximumFractionDigits: 1 });
  const code = cause.code === '' ? l10n.t('no error code') : cause.code;
  const status = cause.httpStatus === 0 ? code : `${code} (HTTP ${cause.httpStatus})`;
  const more = cause.count - cause.sampleKeys.length;
  const keys = cause.sampleKeys.map((key) => inlineCode(key)).join(', ');
  return [
    `### ${number}. ${status}: ${rowsText(cause.count, formats)}, ${share}`,
    '',
    ...cause.sampleMessage.split(/\r?\n/).map((line) => `    ${line}`),
    '',
    ...(cause.known === undefined
      ? [l10n.t('Nothing more is known of this error.'), '']
      : [cause.known.explanation, cause.known.advice, '']),
    more > 0 ? l10n.t('Keys: {0} and {1} more', keys, formatCount(more, formats)) : l10n.t('Keys: {0}', keys),
    '',
  ];
}

function rowsText(count: number, formats: Formats): string {
  return count === 1 ? formats.l10n.t('1 row') : formats.l10n.t('{0} rows', formatCount(count, formats));
}

/** Text between back-ticks, more of them than it holds itself. */
function inlineCode(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text.replaceAll(/[\r\n]/g, ' ')}${space}${fence}`;
}
