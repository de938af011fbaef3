import type { JobDescriptor } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import type { Cause } from '../report/causes.js';
import { messageLines } from './causeMessage.js';
import { type Formats, formatCount, formatTime } from './formats.js';
import { operationText } from './jobDetails.js';
import { jobLabel, stateText } from './jobText.js';
import { oneLine } from './oneLine.js';
import { jobFailureText } from './jobFailureText.js';

/** What a report is of. */
export interface ReportSubject {
  readonly title: string;
  /** The state of the job in a few words. */
  readonly state?: string;
  /** Lines of `name: value`. */
  readonly facts: readonly string[];
  /** Why the job ended, when it did not come to its end. */
  readonly reasons: readonly string[];
}

/** One result file of a report after it was read. */
export interface ReportTextFile {
  readonly status: 'succeeded' | 'failed' | undefined;
  /** `s3://bucket/key`, or a path. */
  readonly name: string;
  /** Where it can be opened. */
  readonly place: ReportPlace;
  readonly rows: number;
  /** Nobody says what its MD5 is. */
  readonly isUnverified?: boolean;
}

export type ReportPlace = { readonly bucket: string; readonly key: string } | { readonly path: string };

export interface ReportTextSource {
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly causes: readonly Cause[];
  /** Failed first. */
  readonly files: readonly ReportTextFile[];
  /** What could not be read, in sentences. */
  readonly problems: readonly string[];
}

/** A place in the text that opens an object. Lines and columns are 0-based. */
export interface ReportLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly place: ReportPlace;
}

export interface ReportText {
  /** Markdown. */
  readonly text: string;
  readonly links: readonly ReportLink[];
}

/** What the report of a job is of. */
export function jobSubject(target: Target, job: JobDescriptor, formats: Formats): ReportSubject {
  const { l10n } = formats;
  return {
    title: l10n.t('Report of "{0}"', jobLabel(job)),
    state: stateText(job, formats),
    facts: [
      l10n.t('Operation: {0}', operationText(job)),
      l10n.t('Target: {0}', `${target.label}, ${target.region}`),
      l10n.t('Job ID: {0}', job.JobId),
    ],
    reasons: (job.FailureReasons ?? []).map((reason) => {
      const { said, meaning } = jobFailureText(reason);
      return [said, ...(meaning === undefined ? [] : [meaning])].join(' · ');
    }),
  };
}

/** So many causes are told in full; the view lists all of them. */
const shownCauses = 100;

/** A completion report for people: how many, then why not, biggest cause first, then the files themselves. */
export function reportText(subject: ReportSubject, report: ReportTextSource, formats: Formats): ReportText {
  const { l10n } = formats;
  const lines: string[] = [];
  const links: ReportLink[] = [];
  lines.push(`# ${oneLine(subject.title)}`, '');
  if (subject.state !== undefined) lines.push(`**${subject.state}**`, '');
  const written = report.createdAt === undefined ? [] : [l10n.t('Written: {0}', formatTime(report.createdAt, formats))];
  const { failed, succeeded } = report;
  const rows = l10n.t(
    'Rows in the report: {0} failed, {1} succeeded',
    formatCount(failed, formats),
    formatCount(succeeded, formats),
  );
  lines.push(...[...subject.facts, ...written, rows].map((fact) => `- ${oneLine(fact)}`), '');
  for (const reason of subject.reasons) lines.push(`> ${oneLine(reason)}`, '');
  if (report.problems.length > 0) {
    // Text of files keeps to its line: the links below count lines.
    lines.push(`## ${l10n.t('What could not be read')}`, '', ...report.problems.map((problem) => `- ${oneLine(problem)}`), '');
  }
  lines.push(`## ${l10n.t('Failures by cause')}`, '');
  if (report.causes.length === 0) lines.push(l10n.t('No task in this report failed.'), '');
  if (failed + succeeded === 0) {
    lines.push(l10n.t('It lists no task at all, as a report of the scope FailedTasksOnly does when none failed.'), '');
  }
  report.causes.slice(0, shownCauses).forEach((cause, index) => lines.push(...causeLines(cause, index + 1, formats)));
  if (report.causes.length > shownCauses) {
    lines.push(l10n.t('{0} more causes are in the Report view.', formatCount(report.causes.length - shownCauses, formats)), '');
  }

  lines.push(`## ${l10n.t('Files')}`, '');
  if (report.files.length === 0) lines.push(l10n.t('The report has no result files.'), '');
  for (const file of report.files) {
    const name = oneLine(file.name);
    const status = file.status === 'succeeded' ? l10n.t('succeeded') : l10n.t('failed');
    const verified = file.isUnverified === true ? l10n.t('MD5 not verified') : undefined;
    const facts = [
      ...(file.status === undefined ? [] : [status]),
      rowsText(file.rows, formats),
      ...(verified === undefined ? [] : [verified]),
    ];
    const prefix = `- ${facts.join(', ')}: `;
    links.push({ line: lines.length, start: prefix.length, end: prefix.length + name.length, place: file.place });
    lines.push(prefix + name);
  }
  return { text: `${lines.join('\n').trimEnd()}\n`, links };
}

function causeLines(cause: Cause, number: number, formats: Formats): string[] {
  const { l10n } = formats;
  const share = cause.share.toLocaleString(formats.locale, { style: 'percent', maximumFractionDigits: 1 });
  const code = cause.code === '' ? l10n.t('no error code') : oneLine(cause.code);
  const status = cause.httpStatus === 0 ? code : `${code} (HTTP ${cause.httpStatus})`;
  const more = cause.count - cause.sampleKeys.length;
  const keys = cause.sampleKeys.map((key) => inlineCode(key)).join(', ');
  return [
    `### ${number}. ${status}: ${rowsText(cause.count, formats)}, ${share}`,
    '',
    ...messageLines(cause).map((line) => `    ${oneLine(line)}`),
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
  return `${fence}${space}${oneLine(text)}${space}${fence}`;
}
