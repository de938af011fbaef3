import type { Cause } from '../core/report/causes.js';
import { parseFunctionError } from '../core/report/functionError.js';
import type { ComparedReports } from '../files/report/compareFiles.js';
import type { ReadReport } from '../files/report/reportContents.js';
import type { WrittenManifest } from '../files/report/writtenManifest.js';
import type { CliIo } from './cliIo.js';
import { count, printable, type Style, styleOf } from './output.js';

/** What `s3batch report` prints. */
export interface ReportSummary {
  readonly path: string;
  readonly report: ReadReport;
  readonly resume?: WrittenManifest;
  readonly comparison?: ComparedReports;
}

/** So many causes are printed; JSON has all. */
const printedCauses = 25;

/** The object that `--format json` prints. */
export function summaryJson({ path, report, resume, comparison }: ReportSummary): unknown {
  const { jobId, createdAt, succeeded, failed, causes, problems, retry } = report;
  const unverified = report.files.filter(({ isUnverified }) => isUnverified).length;
  return {
    path,
    jobId,
    created: createdAt,
    tasks: succeeded + failed,
    succeeded,
    failed,
    causes: causes.map(causeJson),
    problems,
    // Files whose MD5 nobody says.
    unverified,
    retry,
    resume,
    comparison: comparison === undefined ? undefined : { ...comparison, newCauses: comparison.newCauses.map(causeJson) },
  };
}

function causeJson({ known, ...cause }: Cause): unknown {
  if (known === undefined) return cause;
  const { explanation, advice, isWorthRetrying } = known;
  return { ...cause, explanation, advice, isWorthRetrying };
}

/** What a person reads. */
export function summaryText({ report, resume, comparison }: ReportSummary, io: CliIo): string {
  const style = styleOf(io);
  const failed = report.failed === 0 ? '0 failed' : style.error(`${report.failed.toLocaleString('en')} failed`);
  const lines = [
    `${count(report.succeeded + report.failed, 'task')}: ${report.succeeded.toLocaleString('en')} succeeded, ${failed}`,
    ...causeLines(report.causes, 'of the failures', style),
    ...(comparison === undefined ? [] : comparisonLines(comparison, style)),
  ];
  lines.push(...notes(report).map((note) => style.dim(note)));
  if (report.problems.length > 0) {
    lines.push(
      '',
      style.warning('Not all of the report could be read:'),
      ...report.problems.map((text) => `  ${printable(text)}`),
    );
  }
  for (const [written, what] of [
    [report.retry, 'to retry'],
    [resume, 'to resume'],
  ] as const) {
    if (written !== undefined) lines.push('', `${count(written.rows, 'row')} ${what} in ${printable(written.path)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What is no mistake of the report and still good to know. */
function notes({ succeeded, failed, files, problems }: ReadReport): string[] {
  const unverified = files.filter(({ isUnverified }) => isUnverified).length;
  return [
    ...(succeeded + failed === 0 && problems.length === 0
      ? ['', 'The report lists no task, as one of the scope FailedTasksOnly does when none failed.']
      : []),
    ...(unverified === 0 ? [] : ['', `No manifest.json tells the MD5 of ${count(unverified, 'file')}: not verified.`]),
  ];
}

function causeLines(causes: readonly Cause[], ofWhat: string, style: Style): string[] {
  const more = causes.slice(printedCauses);
  const tasks = more.reduce((sum, cause) => sum + cause.count, 0);
  return [
    ...causes.slice(0, printedCauses).flatMap((cause) => linesOfCause(cause, ofWhat, style)),
    ...(more.length === 0
      ? []
      : ['', `${count(more.length, 'more cause')} with ${count(tasks, 'task')}; '--format json' lists all.`]),
  ];
}

function linesOfCause(cause: Cause, ofWhat: string, style: Style): string[] {
  const share = (cause.share * 100).toLocaleString('en', { maximumFractionDigits: 1 });
  const status = cause.httpStatus === 0 ? '' : ` (HTTP ${cause.httpStatus})`;
  return [
    '',
    `${style.error(count(cause.count, 'task'))}, ${share} % ${ofWhat}: ${printable(cause.code === '' ? 'no error code' : cause.code)}${status}`,
    `  ${printable(cause.message === '' ? 'no message' : cause.message)}`,
    ...(parseFunctionError(cause.sampleMessage)?.trace ?? []).map((line) => style.dim(`      ${printable(line.trim())}`)),
    `  ${style.dim(`for example ${cause.sampleKeys.map(printable).join(', ')}`)}`,
    cause.known === undefined ? '  Nothing more is known of this error.' : `  ${cause.known.explanation} ${cause.known.advice}`,
  ];
}

function comparisonLines(comparison: ComparedReports, style: Style): string[] {
  const number = (value: number): string => value.toLocaleString('en');
  const { newlyFailing, newlyFixed, fixedKeys, stillFailing, notInLater } = comparison;
  const lines = [
    '',
    `Since ${comparison.beforeJobId === undefined ? 'the earlier report' : `job ${printable(comparison.beforeJobId)}`}: ` +
      `${newlyFailing > 0 ? style.error(`${number(newlyFailing)} newly failing`) : '0 newly failing'}, ` +
      `${number(newlyFixed)} newly fixed, ${number(stillFailing)} still failing`,
  ];
  if (fixedKeys.length > 0) lines.push(`  ${style.dim(`fixed, for example ${fixedKeys.map(printable).join(', ')}`)}`);
  if (notInLater > 0) lines.push(`  ${count(notInLater, 'task')} failed then, and this report does not speak of them`);
  return [...lines, ...causeLines(comparison.newCauses, 'of the newly failing', style)];
}
