import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { BatchError } from '../base/errors.js';
import { type Cause, CauseCounter } from '../core/report/causes.js';
import { ReportScanner, type ScannedRow } from '../core/report/readReport.js';
import { ResumeManifestWriter } from '../core/report/resumeManifest.js';
import { RetryManifestWriter } from '../core/report/retryManifest.js';
import { fieldText } from '../core/report/rowBytes.js';
import type { CliCommand, CliIo } from './cliIo.js';
import { parseArguments, parseChoice, usageError } from './commandLine.js';
import { parseFields } from './fieldsFlag.js';
import { writeOut } from '../files/streams.js';
import { count, printable, styleOf } from './output.js';
import { readSource } from '../files/readSource.js';
import { isSameFile, replaceFile } from '../files/replaceFile.js';
import { findReport, type FoundReport } from '../files/report/findReport.js';

const help = [
  'Usage: s3batch report PATH [options]',
  '',
  'Reads a completion report and groups its failures by cause. PATH is its manifest.json, its folder, or a result file.',
  '',
  'Options:',
  '  --format FORMAT        text (the default) or json',
  '  --retry OUT.csv        write a manifest of the failed tasks',
  '  --only CODE            with --retry: only failures with this error code; may be repeated',
  '  --manifest ORIGINAL    with --resume: the manifest of the job',
  '  --resume OUT.csv       write the rows of ORIGINAL that the report does not speak of',
  '  --fields LIST          columns of ORIGINAL, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
  'Exit codes: 0 no task failed, 1 tasks failed, 2 the report could not be read, or not all of it.',
  '',
].join('\n');

const flags = {
  format: { type: 'string', default: 'text' },
  retry: { type: 'string' },
  only: { type: 'string', multiple: true },
  manifest: { type: 'string' },
  resume: { type: 'string' },
  fields: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface WrittenManifest {
  readonly path: string;
  readonly rows: number;
  /** For Manifest.Spec.Fields of the next job. */
  readonly fields?: readonly string[];
}

interface ReportSummary {
  readonly path: string;
  readonly jobId?: string;
  /** ISO 8601, as the report says. */
  readonly created?: string;
  readonly tasks: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly causes: readonly Cause[];
  /** What could not be read, in sentences. Empty when all of the report was. */
  readonly problems: readonly string[];
  retry?: WrittenManifest;
  resume?: WrittenManifest;
}

/** `s3batch report`: 0 no task failed, 1 tasks failed, 2 not (all) read. */
export const reportCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, flags);
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw usageError('Name one report.');
  const format = parseChoice('--format', values.format, ['text', 'json']);
  if (values.only !== undefined && values.retry === undefined) throw usageError("Option '--only' needs '--retry'.");
  if ((values.resume === undefined) !== (values.manifest === undefined)) {
    throw usageError("Options '--manifest' and '--resume' go together.");
  }
  if (values.fields !== undefined && values.resume === undefined) throw usageError("Option '--fields' needs '--resume'.");

  const report = await findReport(resolve(io.cwd, path));
  const summary = await summarise(path, report, io);
  if (values.retry !== undefined) {
    refuseIncomplete(summary, values.retry);
    summary.retry = await writeRetry(report, values.retry, values.only, io);
  }
  if (values.resume !== undefined && values.manifest !== undefined) {
    refuseIncomplete(summary, values.resume);
    await warnAboutScope(summary, io);
    summary.resume = await writeResume(report, values.manifest, values.resume, values.fields, io);
  }
  await writeOut(io.stdout, format === 'json' ? `${JSON.stringify(toJson(summary), undefined, 2)}\n` : textOf(summary, io));
  if (summary.problems.length > 0) return 2;
  return summary.failed > 0 ? 1 : 0;
};

async function summarise(path: string, report: FoundReport, io: CliIo): Promise<ReportSummary> {
  const causes = new CauseCounter();
  const problems = report.missing.map((key) => `The result file ${key} is not here.`);
  let succeeded = 0;
  let failed = 0;
  for (const file of report.files) {
    const name = relative(io.cwd, file.path);
    const hash = createHash('md5');
    const scanner = await scan(
      file.path,
      (row) => {
        if (!row.isFailed) succeeded += 1;
        else {
          failed += 1;
          causes.add(row);
        }
      },
      io,
      (chunk) => hash.update(chunk),
    );
    // What is packed here was not packed when the service summed it.
    if (file.md5 !== undefined && !/\.gz$/i.test(file.path) && hash.digest('hex') !== file.md5) {
      problems.push(`The MD5 of ${name} is not the one that the report says: the file was changed, or is not complete.`);
    }
    if (scanner.unreadableCount > 0) {
      const lines = scanner.unreadable.slice(0, 3).map(({ line, text }) => `line ${line}: ${JSON.stringify(text)}`);
      problems.push(`${count(scanner.unreadableCount, 'line')} of ${name} can't be read (${lines.join(', ')}).`);
    }
  }
  return {
    path,
    ...(report.jobId === undefined ? {} : { jobId: report.jobId }),
    ...(report.manifest === undefined ? {} : { created: report.manifest.creationDate }),
    tasks: succeeded + failed,
    succeeded,
    failed,
    causes: causes.causes(),
    problems,
  };
}

async function scan(
  path: string,
  onRow: (row: ScannedRow) => void,
  io: CliIo,
  onChunk: (chunk: Uint8Array) => unknown = () => undefined,
): Promise<ReportScanner> {
  const scanner = new ReportScanner(onRow);
  for await (const chunk of readSource(path, io)) {
    onChunk(chunk);
    scanner.push(chunk);
  }
  scanner.end();
  return scanner;
}

/** A manifest made of a part of a report would silently leave out, or repeat, the rest. */
function refuseIncomplete(summary: ReportSummary, path: string): void {
  if (summary.problems.length === 0) return;
  throw new BatchError('IncompleteReport', `${path} was not written, because not all of the report can be read.`, {
    hint: summary.problems.join('\n'),
  });
}

async function warnAboutScope(summary: ReportSummary, io: CliIo): Promise<void> {
  if (summary.succeeded > 0 || summary.failed === 0) return;
  await writeOut(
    io.stderr,
    's3batch report: The report lists no task that succeeded. If its scope is FailedTasksOnly, the rows to resume hold those too.\n',
  );
}

async function writeRetry(
  report: FoundReport,
  out: string,
  only: readonly string[] | undefined,
  io: CliIo,
): Promise<WrittenManifest> {
  const target = resolve(io.cwd, out);
  await refuseInput(
    target,
    report.files.map(({ path }) => path),
  );
  const wanted = only === undefined ? undefined : new Set(only);
  const pass = async (hasVersions: boolean | undefined): Promise<RetryManifestWriter> => {
    let result: RetryManifestWriter | undefined;
    await replaceFile(target, async (write) => {
      const pieces: Uint8Array[] = [];
      const writer = new RetryManifestWriter((piece) => pieces.push(piece), hasVersions);
      result = writer;
      for (const { path } of report.files) {
        const scanner = new ReportScanner((row) => {
          if (!row.isFailed) return;
          if (wanted === undefined || wanted.has(fieldText(row.bytes, row.codeStart, row.codeEnd))) writer.add(row);
        });
        for await (const chunk of readSource(path, io)) {
          scanner.push(chunk);
          for (const piece of pieces.splice(0)) await write(piece);
        }
        scanner.end();
      }
      writer.end();
      for (const piece of pieces.splice(0)) await write(piece);
    });
    if (result === undefined) throw new BatchError('Internal', 'The retry manifest was not written.');
    return result;
  };
  let writer = await pass(undefined);
  if (writer.isUneven) writer = await pass(true);
  return { path: out, rows: writer.rows, fields: writer.fields };
}

async function writeResume(
  report: FoundReport,
  original: string,
  out: string,
  fields: string | undefined,
  io: CliIo,
): Promise<WrittenManifest> {
  const target = resolve(io.cwd, out);
  await refuseInput(target, [resolve(io.cwd, original), ...report.files.map(({ path }) => path)]);
  const columns = fields === undefined ? undefined : parseFields(fields);
  let rows = 0;
  await replaceFile(target, async (write) => {
    const pieces: Uint8Array[] = [];
    const writer = new ResumeManifestWriter((piece) => pieces.push(piece), columns);
    for (const { path } of report.files) await scan(path, (row) => writer.reported(row), io);
    for await (const chunk of readSource(original, io)) {
      writer.push(chunk);
      for (const piece of pieces.splice(0)) await write(piece);
    }
    writer.end();
    for (const piece of pieces.splice(0)) await write(piece);
    rows = writer.rows;
  });
  return { path: out, rows, ...(columns === undefined ? {} : { fields: columns }) };
}

async function refuseInput(target: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    if (await isSameFile(target, input)) throw usageError(`${target} is read by this command and can't be written to.`);
  }
}

function toJson(summary: ReportSummary): unknown {
  const { causes, ...rest } = summary;
  return {
    ...rest,
    causes: causes.map(({ known, ...cause }) => ({
      ...cause,
      ...(known === undefined
        ? {}
        : { explanation: known.explanation, advice: known.advice, isWorthRetrying: known.isWorthRetrying }),
    })),
  };
}

function textOf(summary: ReportSummary, io: CliIo): string {
  const style = styleOf(io);
  const failed = summary.failed === 0 ? '0 failed' : style.error(`${summary.failed.toLocaleString('en')} failed`);
  const lines = [`${count(summary.tasks, 'task')}: ${summary.succeeded.toLocaleString('en')} succeeded, ${failed}`];
  for (const cause of summary.causes) {
    const share = (cause.share * 100).toLocaleString('en', { maximumFractionDigits: 1 });
    const status = cause.httpStatus === 0 ? '' : ` (HTTP ${cause.httpStatus})`;
    lines.push(
      '',
      `${style.error(count(cause.count, 'task'))}, ${share} % of the failures: ${printable(cause.code === '' ? 'no error code' : cause.code)}${status}`,
      `  ${printable(cause.message === '' ? 'no message' : cause.message)}`,
      `  ${style.dim(`for example ${cause.sampleKeys.map(printable).join(', ')}`)}`,
      cause.known === undefined ? '  Nothing more is known of this error.' : `  ${cause.known.explanation} ${cause.known.advice}`,
    );
  }
  if (summary.problems.length > 0) {
    lines.push(
      '',
      style.warning('Not all of the report could be read:'),
      ...summary.problems.map((text) => `  ${printable(text)}`),
    );
  }
  for (const [written, what] of [
    [summary.retry, 'to retry'],
    [summary.resume, 'to resume'],
  ] as const) {
    if (written !== undefined) lines.push('', `${count(written.rows, 'row')} ${what} in ${printable(written.path)}`);
  }
  return `${lines.join('\n')}\n`;
}
