import { compareFiles } from '../files/report/compareFiles.js';
import { readReportFiles } from '../files/report/readReportFiles.js';
import type { ReadReport } from '../files/report/reportContents.js';
import type { FailureChoice, ReportRun } from '../files/report/reportRun.js';
import { writeResume } from '../files/report/resumeFile.js';
import { notWritten } from '../files/report/retryFile.js';
import { refuseIncomplete } from '../files/report/scanReport.js';
import type { WrittenManifest } from '../files/report/writtenManifest.js';
import { writeOut } from '../files/streams.js';
import { TemporaryFolder } from '../files/temporaryFolder.js';
import type { CliIo } from './cliIo.js';
import { parseChoice, usageError } from './commandLine.js';
import { defineCommand, onlyOperand } from './defineCommand.js';
import { fieldsFlag, fieldsHelp, parseFields } from './fieldsFlag.js';
import { printable } from './output.js';
import { Progress } from './progress.js';
import { ReportCopies } from './reportCopies.js';
import { ReportOutputs } from './reportOutputs.js';
import { type ReportSummary, summaryJson, summaryText } from './reportSummary.js';
import { isS3 } from './s3Text.js';

const help = [
  'Usage: s3batch report PATH [options]',
  '',
  'Reads a completion report and groups its failures by cause. PATH is its manifest.json, its folder, a result file,',
  'or a .zip of these; or s3:// and the place of its manifest.json or of its folder.',
  '',
  'Options:',
  '  --format FORMAT        text (the default) or json',
  '  --retry OUT.csv        write a manifest of the failed tasks; - for stdout, the summary then goes to stderr',
  '  --only CODE            with --retry: only failures with this error code; may be repeated',
  '  --manifest ORIGINAL    with --resume: the manifest of the job, a file or s3://',
  '  --resume OUT.csv       write the rows of ORIGINAL that the report does not speak of; - for stdout',
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
  const folder = new TemporaryFolder('s3batch-report-');
  const progress = new Progress(io);
  const outputs = new ReportOutputs(values, io, folder);
  const copies = new ReportCopies(io.cwd, values, folder, (doneBytes) =>
    progress.show(() => `Copying: ${megabytes(doneBytes)} MB`),
  );
  try {
    return await readReport({ path, format, copies, outputs, progress }, values, io);
  } finally {
    progress.clear();
    await copies.dispose();
    await folder.dispose();
  }
});

interface ReportSource {
  readonly path: string;
  readonly format: 'text' | 'json';
  readonly copies: ReportCopies;
  readonly outputs: ReportOutputs;
  readonly progress: Progress;
}

interface ReportOptions {
  readonly only?: readonly string[];
  readonly manifest?: string;
  readonly compare?: string;
  readonly fields?: string;
}

async function readReport(source: ReportSource, values: ReportOptions, io: CliIo): Promise<number> {
  const { path, format, copies, outputs, progress } = source;
  const at = await copies.report(path);
  const manifest = values.manifest === undefined ? undefined : await copies.file(values.manifest);
  const earlier = values.compare === undefined ? undefined : await copies.report(values.compare);
  const retryPath = await outputs.pathOf('retry');
  const retry = retryPath === undefined ? undefined : { path: retryPath, choice: choiceOf(values.only) };
  const read = await readReportFiles(at, runWith(progress, 'Reading the report'), retry);
  const report: ReadReport = {
    ...read,
    problems: read.problems.map((problem) => copies.named(problem)),
    ...(read.retry === undefined ? {} : { retry: { ...read.retry, path: outputs.nameOf('retry') } }),
  };
  progress.clear();
  for (const code of values.only ?? []) {
    if (!report.causes.some((cause) => cause.code === code))
      await say(io, `No failed task has the error code ${printable(code)}.`);
  }
  const resume =
    manifest === undefined ? undefined : await resumeManifest(source, { path: at, manifest, report }, values.fields, io);
  const comparison = earlier === undefined ? undefined : await compareFiles(earlier, at, runWith(progress, 'Comparing'));
  progress.clear();
  const summary: ReportSummary = {
    path,
    report,
    ...(resume === undefined ? {} : { resume }),
    ...(comparison === undefined ? {} : { comparison }),
  };
  await outputs.pipe();
  const text = format === 'json' ? `${JSON.stringify(summaryJson(summary), undefined, 2)}\n` : summaryText(summary, io);
  await writeOut(outputs.summary, text);
  if (report.problems.length > 0) return 2;
  if (comparison !== undefined) return comparison.newlyFailing > 0 ? 1 : 0;
  return report.failed > 0 ? 1 : 0;
}

function choiceOf(only: readonly string[] | undefined): FailureChoice {
  return only === undefined ? {} : { codes: only };
}

function runWith(progress: Progress, what: string): ReportRun {
  return {
    onProgress: (done, total) => progress.show(() => `${what}: ${Math.floor((done / Math.max(total, 1)) * 100)} %`),
  };
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1e6));
}

async function say(io: CliIo, sentence: string): Promise<void> {
  await writeOut(io.stderr, `s3batch report: ${sentence}\n`);
}

async function resumeManifest(
  { outputs, progress }: ReportSource,
  { path, manifest, report }: { path: string; manifest: string; report: ReadReport },
  fields: string | undefined,
  io: CliIo,
): Promise<WrittenManifest | undefined> {
  const out = await outputs.pathOf('resume');
  if (out === undefined) return undefined;
  if (report.succeeded === 0 && report.failed > 0) {
    await say(io, 'The report lists no task that succeeded. If its scope is FailedTasksOnly, the rows to resume hold those too.');
  }
  const name = outputs.nameOf('resume');
  refuseIncomplete(report.problems, notWritten(name));
  const source = { manifest, fields: parseFields(fields) };
  return { ...(await writeResume(path, source, out, runWith(progress, 'Reading the report'))), path: name };
}
