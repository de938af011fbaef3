import { resolve } from 'node:path';
import type { Cause } from '../core/report/causes.js';
import { type ComparedReports, compareFiles } from '../files/report/compareFiles.js';
import { type ReadReport, readReportFiles } from '../files/report/readReportFiles.js';
import type { FailureChoice } from '../files/report/reportTasks.js';
import { writeResume } from '../files/report/resumeFile.js';
import { notWritten } from '../files/report/retryFile.js';
import { refuseIncomplete } from '../files/report/scanReport.js';
import type { WrittenManifest } from '../files/report/writtenManifest.js';
import { writeOut } from '../files/streams.js';
import type { CliIo } from './cliIo.js';
import { parseChoice, usageError } from './commandLine.js';
import { defineCommand, onlyOperand } from './defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from './fieldsFlag.js';
import { count, printable, type Style, styleOf } from './output.js';
import { isS3, ReportCopies } from './reportCopies.js';

const help = [
  'Usage: s3batch report PATH [options]',
  '',
  'Reads a completion report and groups its failures by cause. PATH is its manifest.json, its folder, a result file,',
  'or a .zip of these; or s3:// and the place of its manifest.json or of its folder.',
  '',
  'Options:',
  '  --format FORMAT        text (the default) or json',
  '  --retry OUT.csv        write a manifest of the failed tasks',
  '  --only CODE            with --retry: only failures with this error code; may be repeated',
  '  --manifest ORIGINAL    with --resume: the manifest of the job, a file or s3://',
  '  --resume OUT.csv       write the rows of ORIGINAL that the report does not speak of',
  '  --compare EARLIER      say what newly fails and what is fixed since an earlier report, a path or s3://',
  fieldsHelp('ORIGINAL'),
  '  --profile PROFILE      for s3://: profile of the AWS configuration (default: what the environment says)',
  '  --region REGION        for s3://: Region of the bucket (default: that of the profile or the environment)',
  '  --endpoint URL         for s3://: another S3 service than AWS',
  '  --help                 show this',
  '',
  'Exit codes: 0 no task failed (with --compare: none newly), 1 tasks failed, 2 the report could not be read, or not all of it.',
  '',
].join('\n');

const flags = {
  format: { type: 'string', default: 'text' },
  retry: { type: 'string' },
  only: { type: 'string', multiple: true },
  manifest: { type: 'string' },
  resume: { type: 'string' },
  compare: { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  ...fieldsFlag,
} as const;

/** What the command prints. */
interface Summary {
  readonly path: string;
  readonly report: ReadReport;
  readonly resume?: WrittenManifest;
  readonly comparison?: ComparedReports;
}

/** `s3batch report`: 0 no task failed, 1 tasks failed, 2 not (all) read. */
export const reportCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one report.');
  const format = parseChoice('--format', values.format, ['text', 'json']);
  if (values.only !== undefined && values.retry === undefined) throw usageError("Option '--only' needs '--retry'.");
  if ((values.resume === undefined) !== (values.manifest === undefined)) {
    throw usageError("Options '--manifest' and '--resume' go together.");
  }
  if (values.fields !== undefined && values.resume === undefined) throw usageError("Option '--fields' needs '--resume'.");

  const isFromS3 = [path, values.compare, values.manifest].some((text) => text !== undefined && isS3(text));
  for (const name of ['profile', 'region', 'endpoint'] as const) {
    if (values[name] !== undefined && !isFromS3) throw usageError(`Option '--${name}' is for reports at s3://.`);
  }
  const copies = new ReportCopies(io.cwd, values);
  try {
    return await readReport({ path, format, copies }, values, io);
  } finally {
    await copies.dispose();
  }
});

interface ReportSource {
  readonly path: string;
  readonly format: 'text' | 'json';
  readonly copies: ReportCopies;
}

interface ReportOptions {
  readonly retry?: string;
  readonly only?: readonly string[];
  readonly manifest?: string;
  readonly resume?: string;
  readonly compare?: string;
  readonly fields?: string;
}

async function readReport({ path, format, copies }: ReportSource, values: ReportOptions, io: CliIo): Promise<number> {
  const retry = values.retry;
  const choice: FailureChoice = values.only === undefined ? {} : { codes: values.only };
  const at = await copies.report(path);
  const read = await readReportFiles(at, {}, retry === undefined ? undefined : { path: resolve(io.cwd, retry), choice });
  const problems = read.problems.map((problem) => copies.named(problem));
  const report: ReadReport = {
    ...read,
    problems,
    ...(read.retry === undefined || retry === undefined ? {} : { retry: { ...read.retry, path: retry } }),
  };
  const resume =
    values.resume === undefined || values.manifest === undefined
      ? undefined
      : await resumeManifest(
          report,
          { path: at, manifest: await copies.file(values.manifest), out: values.resume, fields: values.fields },
          io,
        );
  const comparison = values.compare === undefined ? undefined : await compareFiles(await copies.report(values.compare), at);
  const summary: Summary = {
    path,
    report,
    ...(resume === undefined ? {} : { resume }),
    ...(comparison === undefined ? {} : { comparison }),
  };
  await writeOut(io.stdout, format === 'json' ? `${JSON.stringify(toJson(summary), undefined, 2)}\n` : textOf(summary, io));
  if (report.problems.length > 0) return 2;
  if (comparison !== undefined) return comparison.newlyFailing > 0 ? 1 : 0;
  return report.failed > 0 ? 1 : 0;
}

async function resumeManifest(
  report: ReadReport,
  { path, manifest, out, fields }: { path: string; manifest: string; out: string; fields: string | undefined },
  io: CliIo,
): Promise<WrittenManifest> {
  if (report.succeeded === 0 && report.failed > 0) {
    await writeOut(
      io.stderr,
      's3batch report: The report lists no task that succeeded. If its scope is FailedTasksOnly, the rows to resume hold those too.\n',
    );
  }
  refuseIncomplete(report.problems, notWritten(out));
  const source = { manifest, fields: parseFields(fields) };
  return { ...(await writeResume(path, source, resolve(io.cwd, out))), path: out };
}

function toJson({ path, report, resume, comparison }: Summary): unknown {
  const { jobId, createdAt, succeeded, failed, causes, problems, retry } = report;
  return {
    path,
    jobId,
    created: createdAt,
    tasks: succeeded + failed,
    succeeded,
    failed,
    causes: causes.map(causeJson),
    problems,
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

function textOf({ report, resume, comparison }: Summary, io: CliIo): string {
  const style = styleOf(io);
  const failed = report.failed === 0 ? '0 failed' : style.error(`${report.failed.toLocaleString('en')} failed`);
  const lines = [
    `${count(report.succeeded + report.failed, 'task')}: ${report.succeeded.toLocaleString('en')} succeeded, ${failed}`,
    ...causeLines(report.causes, 'of the failures', style),
    ...(comparison === undefined ? [] : comparisonLines(comparison, style)),
  ];
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

function causeLines(causes: readonly Cause[], ofWhat: string, style: Style): string[] {
  return causes.flatMap((cause) => {
    const share = (cause.share * 100).toLocaleString('en', { maximumFractionDigits: 1 });
    const status = cause.httpStatus === 0 ? '' : ` (HTTP ${cause.httpStatus})`;
    return [
      '',
      `${style.error(count(cause.count, 'task'))}, ${share} % ${ofWhat}: ${printable(cause.code === '' ? 'no error code' : cause.code)}${status}`,
      `  ${printable(cause.message === '' ? 'no message' : cause.message)}`,
      `  ${style.dim(`for example ${cause.sampleKeys.map(printable).join(', ')}`)}`,
      cause.known === undefined ? '  Nothing more is known of this error.' : `  ${cause.known.explanation} ${cause.known.advice}`,
    ];
  });
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
