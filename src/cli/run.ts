import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { delay } from '../base/async.js';
import { BatchError, errorMessage, isCancelled } from '../base/errors.js';
import { type ChangedObject, countChanges } from '../core/changes/changeList.js';
import { parseFunctionArn } from '../core/job/arn.js';
import { chaosRun } from '../core/job/chaosRun.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { JobDescriptor } from '../core/job/jobTypes.js';
import { isTerminal } from '../core/job/lifecycle.js';
import type { RowChoice } from '../core/job/manifestRows.js';
import { submitJob } from '../core/job/submitJob.js';
import type { Target, TargetClient } from '../core/job/target.js';
import { isIdempotent } from '../core/report/chaosFindings.js';
import type { EngineSettings } from '../engine/contracts.js';
import { parseEngineSettings } from '../engine/engineSettings.js';
import { type LaunchedEngine, launchEngine } from '../engine/launchEngine.js';
import { readJobChanges } from '../files/changes/readJobChanges.js';
import { compareChaosRuns } from '../files/report/compareChaosRuns.js';
import { siblingScript } from '../engine/siblingScript.js';
import type { CliCommand, CliIo } from './cliIo.js';
import { replaceFile } from '../files/replaceFile.js';
import { parseChoice, parseWholeNumber, usageError } from './commandLine.js';
import { defineCommand, onlyOperand } from './defineCommand.js';
import { writeOut } from '../files/streams.js';
import { readParsedJobFile } from './readJobFile.js';
import { createRunDisplay, type ReportPlace, type RunDisplay } from './runDisplay.js';
import { type FetchSource, parseFetchSource, RunFetch } from './runFetch.js';
import { jobFileProblems, manifestProblems } from './runProblems.js';
import { readRunReport, type RunReport } from './runReport.js';

const help = [
  'Usage: s3batch run JOBFILE [options]',
  '',
  'Runs a job on a local engine to its end: for free, and nothing reaches AWS.',
  '',
  'Options:',
  '  --data DIR         folder of buckets and jobs; a temporary one, removed at the end, when left out',
  '  --template FILE    template that declares the functions (default: template.yaml beside the job file or above)',
  '  --buckets DIR      folder of bucket folders to start with (default: buckets beside the job file)',
  '  --limit N          only the first N rows of the manifest',
  '  --sample N         only N rows drawn at random, from each prefix in proportion to its rows',
  '  --seed S           with --sample: a whole number; the same one draws the same rows (default 1)',
  '  --concurrency N    invocations at once, at most (default 10)',
  '  --memory MB        what the functions at work may have together, by their MemorySize: fewer run at once (default: no limit)',
  '  --setting N=VALUE  what AWS leaves undocumented, by the names of s3batch engine --help; may be repeated',
  '  --chaos [SEED]     run every row twice, in other orders, with throttles and lost answers; say what is not idempotent',
  '  --fetch            copy the objects of the rows, and what else the job looks for, from their real buckets, which are only read',
  '  --fetch-limit N    with --fetch: at most so many bytes (default 1G); N may end in K, M or G',
  '  --profile PROFILE  with --fetch: profile of the AWS configuration (default: what the environment says)',
  '  --region REGION    with --fetch: Region of the buckets (default: that of the profile or the environment)',
  '  --endpoint URL     with --fetch: another S3 service than AWS',
  '  --report DIR       copy the completion report, and what the handlers wrote, to DIR',
  '  --changes FILE     write what the job changed to FILE, one object of JSON a line',
  '  --format FORMAT    text (the default), or json: one event a line',
  '  --help             show this',
  '',
  'Exit codes: 0 all tasks succeeded, 1 tasks or the job failed, or it was cancelled, 2 could not run.',
  '',
].join('\n');

const flags = {
  data: { type: 'string' },
  template: { type: 'string' },
  buckets: { type: 'string' },
  limit: { type: 'string' },
  sample: { type: 'string' },
  seed: { type: 'string' },
  concurrency: { type: 'string' },
  memory: { type: 'string' },
  setting: { type: 'string', multiple: true },
  report: { type: 'string' },
  chaos: { type: 'string' },
  fetch: { type: 'boolean' },
  'fetch-limit': { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  changes: { type: 'string' },
  format: { type: 'string', default: 'text' },
} as const;

interface RunOptions {
  /** Absolute, like all paths here. */
  readonly jobFile: string;
  readonly data: string | undefined;
  readonly template: string | undefined;
  readonly buckets: string | undefined;
  readonly report: string | undefined;
  readonly fetch: FetchSource | undefined;
  /** Seed of the order of the rows and of the faults; undefined: no chaos. */
  readonly chaos: number | undefined;
  /** File for the list of what was changed. */
  readonly changes: string | undefined;
  readonly rows: RowChoice | undefined;
  readonly concurrency: number | undefined;
  readonly memoryMb: number | undefined;
  readonly settings: Partial<EngineSettings>;
}

const firstLookMs = 50;
const lookMs = 150;

/** `s3batch run`: 0 all tasks succeeded, 1 some failed, or the job did, 2 could not run. */
export const runCommand: CliCommand = (argv, io) => run(withChaosSeed(argv), io);

const run = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one job file to run.');
  const format = parseChoice('--format', values.format, ['text', 'json']);
  const jobFile = resolve(io.cwd, path);
  const parsed = await readParsedJobFile(path, io);
  if (parsed.job === undefined) {
    await writeOut(io.stderr, jobFileProblems(path, parsed, io));
    return 2;
  }
  const inCwd = (file: string | undefined): string | undefined => (file === undefined ? undefined : resolve(io.cwd, file));
  const options: RunOptions = {
    jobFile,
    data: inCwd(values.data),
    template: inCwd(values.template) ?? (await findTemplate(dirname(jobFile))),
    buckets: inCwd(values.buckets) ?? (await existing(join(dirname(jobFile), 'buckets'))),
    report: inCwd(values.report),
    fetch: parseFetchSource(values),
    chaos: values.chaos === undefined ? undefined : parseWholeNumber('--chaos', values.chaos, 0),
    changes: inCwd(values.changes),
    rows: parseRows(values),
    concurrency: values.concurrency === undefined ? undefined : parseWholeNumber('--concurrency', values.concurrency, 1),
    memoryMb: values.memory === undefined ? undefined : parseWholeNumber('--memory', values.memory, 0),
    settings: parseSettings(values.setting ?? []),
  };
  const display = createRunDisplay(format, io);
  try {
    return await runJob(parsed.job, options, io, display);
  } finally {
    display.close();
  }
});

async function runJob(job: JobFile, options: RunOptions, io: CliIo, display: RunDisplay): Promise<number> {
  const interrupts = watchInterrupts();
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 's3batch-run-')));
  let engine: LaunchedEngine | undefined;
  let client: TargetClient | undefined;
  let fetching: RunFetch | undefined;
  try {
    const region = parseFunctionArn(job.Operation.LambdaInvoke?.FunctionArn ?? '')?.region;
    engine = await launchEngine({
      engineScript: siblingScript('engine', 'main'),
      dataDirectory: data,
      templates: options.template === undefined ? [] : [options.template],
      ...(options.buckets === undefined ? {} : { seedDirectory: options.buckets }),
      ...(region === undefined ? {} : { region }),
      settings: {
        ...options.settings,
        ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
        ...(options.memoryMb === undefined ? {} : { memoryMb: options.memoryMb }),
      },
      signal: interrupts.soft,
      onLog: (line) => display.engineLine(line),
    });
    const { createLocalClient } = await import('../aws/main.js');
    const target: Target = { id: 'local', kind: 'local', label: 'Local', region: engine.connection.region };
    client = createLocalClient(engine.connection, target);
    await requireFunction(job, client, options);
    const fetch = options.fetch === undefined ? undefined : new RunFetch(options.fetch, display);
    fetching = fetch;
    const launched = engine;
    const marked = fetch === undefined ? job : fetch.mark(job);
    const { connection } = engine;
    const local = client;
    const submit = async (firstJobId?: string): Promise<{ readonly jobId: string }> =>
      await submitJob({
        client: local,
        ...(options.chaos === undefined ? { job: marked } : chaosRun(marked, options.chaos, firstJobId)),
        readFile: (file) => readFile(resolve(dirname(options.jobFile), file)),
        clientRequestToken: randomUUID(),
        ...(options.rows === undefined ? {} : { rows: options.rows }),
        ...(fetch === undefined || firstJobId !== undefined
          ? {}
          : {
              fetch: (manifest, fields) => {
                const jobs = options.chaos === undefined ? 1 : 2;
                return fetch.begin({ manifest, fields, connection, jobs, signal: interrupts.soft });
              },
            }),
        signal: interrupts.soft,
      });
    /** The second run of the chaos switch; true when nothing of it differs from the first. */
    const runAgain = async (first: JobDescriptor): Promise<boolean> => {
      const again = await submit(first.JobId);
      display.created(again.jobId, data);
      const second = await followJob(local, again.jobId, display, interrupts, launched);
      await fetch?.tell(second.Status);
      if (second.Status !== 'Complete') {
        display.note(`The second run has not come to its end: ${second.Status}.`);
        return false;
      }
      const findings = await compareChaosRuns(local, connection.dataDirectory, first, second);
      display.chaos(findings);
      return isIdempotent(findings);
    };
    const { jobId } = await submit();
    display.created(jobId, data);
    const ended = await followJob(client, jobId, display, interrupts, engine);
    await fetch?.tell(ended.Status);
    const report = await readRunReport(client, ended, {
      copyTo: options.report,
      outputFile: join(engine.connection.dataDirectory, 'jobs', jobId, 'output.log'),
    });
    const changed = await readJobChanges(engine.connection.dataDirectory, jobId);
    if (options.changes !== undefined) await writeChanges(options.changes, changed);
    display.changed(countChanges(changed));
    const isSteady = options.chaos === undefined || ended.Status !== 'Complete' || (await runAgain(ended));
    display.ended(ended, report, reportPlace(ended, report, options));
    return isAllGood(ended) && isSteady ? 0 : 1;
  } catch (error) {
    display.failed(error);
    await writeOut(io.stderr, await manifestProblems(error, options.jobFile, job, io));
    if (!isCancelled(error)) throw error;
    await writeOut(io.stderr, 's3batch run: interrupted\n');
    return 1;
  } finally {
    await fetching?.stop();
    client?.dispose();
    await engine?.close();
    interrupts.dispose();
    if (options.data === undefined) await rm(data, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** `--chaos` alone stands for the seed 1: an option of Node's parser either has a value or has none. */
function withChaosSeed(argv: readonly string[]): readonly string[] {
  return argv.flatMap((item, index) => {
    const isSeed = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text);
    if (item === '--chaos') return [`--chaos=${isSeed(argv[index + 1]) ? argv[index + 1] : 1}`];
    return argv[index - 1] === '--chaos' && isSeed(item) ? [] : [item];
  });
}

function parseSettings(texts: readonly string[]): Partial<EngineSettings> {
  try {
    return parseEngineSettings(texts);
  } catch (error) {
    throw usageError(`Option '--setting' takes NAME=VALUE with ${errorMessage(error)}`);
  }
}

function parseRows(values: { limit?: string; sample?: string; seed?: string }): RowChoice | undefined {
  const { limit, sample, seed } = values;
  if (limit !== undefined && sample !== undefined) throw usageError("Say either '--limit' or '--sample'.");
  if (seed !== undefined && sample === undefined) {
    throw usageError("Option '--seed' needs '--sample'. The folder of bucket folders is '--buckets'.");
  }
  if (sample !== undefined) {
    return {
      kind: 'sample',
      count: parseWholeNumber('--sample', sample, 1),
      seed: seed === undefined ? 1 : parseWholeNumber('--seed', seed, 0),
    };
  }
  return limit === undefined ? undefined : { kind: 'first', count: parseWholeNumber('--limit', limit, 1) };
}

/** Confirms the job when it asks, and looks at it until it has ended. Ctrl+C cancels it; a second one leaves at once. */
async function followJob(
  client: TargetClient,
  jobId: string,
  display: RunDisplay,
  interrupts: Interrupts,
  engine: LaunchedEngine,
): Promise<JobDescriptor> {
  let isCancelAsked = false;
  let hasEngineEnded = false;
  void engine.exited.then(() => {
    hasEngineEnded = true;
  });
  for (let looks = 0; ; looks += 1) {
    const job = await client.describeJob(jobId, interrupts.hard).catch((error: unknown) => {
      throw hasEngineEnded && !interrupts.hard.aborted
        ? new BatchError('EngineEnded', 'The local engine has ended before the job did.', { cause: error })
        : error;
    });
    display.progress(job);
    if (isTerminal(job.Status)) return job;
    if (interrupts.soft.aborted && !isCancelAsked) {
      isCancelAsked = true;
      display.note('Cancelling the job. Press Ctrl+C again to leave at once.');
      await ignoringStatus(client.updateJobStatus(jobId, 'Cancelled', 'Interrupted', interrupts.hard));
    } else if (job.Status === 'Suspended') {
      await ignoringStatus(client.updateJobStatus(jobId, 'Ready', undefined, interrupts.hard));
    }
    await delay(looks < 20 ? firstLookMs : lookMs, interrupts.hard);
  }
}

/** The job may have moved on in the meantime, which is fine. */
async function ignoringStatus(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'JobStatusException') throw error;
  }
}

interface Interrupts {
  /** Aborts at the first Ctrl+C or SIGTERM. */
  readonly soft: AbortSignal;
  /** Aborts at the second. */
  readonly hard: AbortSignal;
  dispose(): void;
}

function watchInterrupts(): Interrupts {
  const soft = new AbortController();
  const hard = new AbortController();
  const onSignal = (): void => {
    if (soft.signal.aborted) hard.abort();
    else soft.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    soft: soft.signal,
    hard: hard.signal,
    dispose: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}

/** One object a line, in the order in which they were first changed. */
async function writeChanges(file: string, objects: readonly ChangedObject[]): Promise<void> {
  // Numbers of kept bytes mean nothing outside of the data folder.
  const lines = objects.map(({ kept: _kept, ...object }) => `${JSON.stringify(object)}\n`);
  await replaceFile(file, async (write) => {
    for (const line of lines) if (!(await write(line))) return;
  });
}

/** Better said before the first task than in every row of the report. */
async function requireFunction(job: JobFile, client: TargetClient, options: RunOptions): Promise<void> {
  const wanted = job.Operation.LambdaInvoke?.FunctionArn;
  if (wanted === undefined) return;
  const name = parseFunctionArn(wanted)?.name ?? wanted;
  const functions = await client.listFunctions();
  if (functions.some((item) => item.name === name)) return;
  const known = functions.map((item) => item.name);
  throw new BatchError('NoSuchFunction', `There is no function ${name} to call.`, {
    hint:
      options.template === undefined
        ? 'Declare it in a template.yaml beside the job file, or name the template with --template.'
        : `${options.template} declares ${known.length === 0 ? 'no function' : known.join(', ')}.`,
  });
}

function isAllGood(job: JobDescriptor): boolean {
  return job.Status === 'Complete' && (job.ProgressSummary?.NumberOfTasksFailed ?? 0) === 0;
}

function reportPlace(job: JobDescriptor, report: RunReport | undefined, options: RunOptions): ReportPlace | undefined {
  if (report === undefined) return undefined;
  if (report.copiedTo !== undefined) return { text: report.copiedTo, location: report.copiedTo };
  const uri = `s3://${report.bucket}/${report.manifestKey}`;
  if (options.data !== undefined) return { text: `${uri} in ${options.data}`, location: uri };
  if (isAllGood(job)) return undefined;
  return { text: 'removed with the temporary data; run again with --report DIR to keep it', location: undefined };
}

async function existing(path: string): Promise<string | undefined> {
  return stat(path).then(
    () => path,
    () => undefined,
  );
}

/** In the folder itself or the nearest one above. */
async function findTemplate(folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = dirname(current)) {
    for (const name of ['template.yaml', 'template.yml']) {
      const found = await existing(join(current, name));
      if (found !== undefined) return found;
    }
    if (dirname(current) === current) return undefined;
  }
}
