import type { Writable } from 'node:stream';
import type { ChangeCount } from '../core/changes/changeList.js';
import { changeSummary } from '../core/changes/changesText.js';
import type { FetchProgress, FetchResult } from '../core/job/fetchObjects.js';
import type { JobDescriptor } from '../core/job/jobTypes.js';
import type { ChaosFindings } from '../core/report/chaosFindings.js';
import { errorCode, errorMessage, isBatchError } from '../base/errors.js';
import { fetchedLaterLines, fetchLines, fetchProgressText } from '../core/view/fetchText.js';
import { formatDuration } from '../core/view/formats.js';
import { untranslated } from '../core/view/localizer.js';
import type { CliIo } from './cliIo.js';
import { count, printable, styleOf } from './output.js';
import { findingsLines } from './runChaos.js';
import type { RunReport } from './runReport.js';
import { jobFailureText } from '../core/view/jobFailureText.js';

/** Shows a run while it lasts, and how it ended. */
export interface RunDisplay {
  /** The objects of the rows are on their way; told as each of them is here. */
  fetching(progress: FetchProgress): void;
  /** `from` is the name of the place that was read. */
  fetched(result: FetchResult, from: string): void;
  /** What the job looked for while it ran, beyond `before`. */
  fetchedLater(before: FetchResult, after: FetchResult): void;
  created(jobId: string, dataDirectory: string): void;
  progress(job: JobDescriptor): void;
  /** A line of the engine's log. */
  engineLine(line: string): void;
  note(text: string): void;
  /** What the job changed in the local store; told once, before `ended`. */
  changed(counts: readonly ChangeCount[]): void;
  /** What the chaos switch found; told once, before `ended`. */
  chaos(findings: ChaosFindings): void;
  ended(job: JobDescriptor, report: RunReport | undefined, place: ReportPlace | undefined): void;
  /** The run could not be made, or was interrupted. People read it on standard error, where the command says it anyway. */
  failed(error: unknown): void;
  close(): void;
}

/** Where a person finds the report afterwards. */
export interface ReportPlace {
  /** For reading. */
  readonly text: string;
  /** A folder or an `s3://` URI in the data folder; undefined when the report is not kept. */
  readonly location: string | undefined;
}

/** A progress bar on a terminal, plain lines when piped, or an event of JSON a line. */
export function createRunDisplay(format: 'text' | 'json', io: CliIo): RunDisplay {
  if (format === 'json') return new JsonDisplay(io);
  return io.isTerminal && io.env['TERM'] !== 'dumb' ? new TerminalDisplay(io) : new PlainDisplay(io);
}

interface Pace {
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** undefined while too little has happened to tell. */
  readonly perSecond: number | undefined;
  readonly leftSeconds: number | undefined;
}

const paceWindowMs = 5000;

/** Rate over the last seconds, and what is left at that rate. */
class PaceMeter {
  readonly #samples: { ms: number; done: number }[] = [];

  measure(job: JobDescriptor, nowMs: number): Pace {
    const {
      TotalNumberOfTasks: total,
      NumberOfTasksSucceeded: succeeded = 0,
      NumberOfTasksFailed: failed = 0,
    } = job.ProgressSummary ?? {};
    const done = succeeded + failed;
    this.#samples.push({ ms: nowMs, done });
    while ((this.#samples[1]?.ms ?? nowMs) < nowMs - paceWindowMs) this.#samples.shift();
    const [first] = this.#samples;
    const elapsedMs = nowMs - (first?.ms ?? nowMs);
    const perSecond =
      first === undefined || elapsedMs < 200 || done === first.done ? undefined : ((done - first.done) * 1000) / elapsedMs;
    const leftSeconds = perSecond === undefined || total === undefined ? undefined : (total - done) / perSecond;
    return { total, succeeded, failed, perSecond, leftSeconds };
  }
}

const formats = { l10n: untranslated, locale: 'en' };

function durationText(seconds: number): string {
  return formatDuration(seconds, formats);
}

function fetchedLines(result: FetchResult, from: string): string[] {
  const reasons = result.unreadable.map(({ samples: [sample], message }) =>
    sample === undefined ? message : `For example s3://${sample.bucket}/${sample.key}: ${message}`,
  );
  return [...fetchLines(result, from, formats), ...reasons];
}

function countsText(pace: Pace): string {
  const done = pace.succeeded + pace.failed;
  const failed = pace.failed > 0 ? `, ${pace.failed.toLocaleString('en')} failed` : '';
  return pace.total === undefined
    ? 'reading the manifest'
    : `${done.toLocaleString('en')} of ${pace.total.toLocaleString('en')}${failed}`;
}

/** How a run ended, in lines. The last thing that a person reads. */
function endText(io: CliIo, job: JobDescriptor, report: RunReport | undefined, place: ReportPlace | undefined): string {
  const style = styleOf(io);
  const {
    TotalNumberOfTasks: total = 0,
    NumberOfTasksSucceeded: succeeded = 0,
    NumberOfTasksFailed: failed = 0,
  } = job.ProgressSummary ?? {};
  const seconds = job.ProgressSummary?.Timers?.ElapsedTimeInActiveSeconds ?? 0;
  const counts =
    failed === 0
      ? `${succeeded.toLocaleString('en')} of ${count(total, 'task')} succeeded`
      : `${failed.toLocaleString('en')} of ${count(total, 'task')} failed`;
  const head = `${job.Status}: ${counts} in ${durationText(seconds)}`;
  const lines = [job.Status === 'Complete' && failed === 0 ? head : style.error(head)];
  for (const failure of job.FailureReasons ?? []) {
    const { meaning } = jobFailureText(failure);
    lines.push(`  ${printable(failure.FailureReason ?? '')}`, ...(meaning === undefined ? [] : [`  ${meaning}`]));
  }
  for (const cause of report?.causes.slice(0, shownCauses) ?? []) {
    const [key] = cause.sampleKeys;
    const sample = key === undefined ? '' : style.dim(`  for example ${printable(key)}`);
    const code = cause.code === '' ? '' : `${cause.code}: `;
    lines.push(`  ${cause.count.toLocaleString('en')} × ${printable(`${code}${cause.sampleMessage}`)}${sample}`);
  }
  const more = (report?.causes.length ?? 0) - shownCauses;
  if (more > 0) lines.push(`  and ${count(more, 'other cause')}`);
  if (place !== undefined) lines.push(`Report: ${place.text}`);
  return `${lines.join('\n')}\n`;
}

const shownCauses = 5;

/** `2026-… warn message`: what is worth a person's attention. */
function warningOf(line: string): string | undefined {
  return /^\S+ (?:warn|error) (.*)$/.exec(line)?.[1];
}

/** `Changes: 1,204 objects copied, 3 overwritten`; empty when there are none. */
function changesLine(counts: readonly ChangeCount[]): string {
  const summary = changeSummary(counts, formats);
  return summary === '' ? '' : `Changes: ${summary} in the local store\n`;
}

function write(stream: Writable, text: string): void {
  // A reader that has gone away must not end the run: withoutErrorEvents takes the stream's own complaint.
  if (!stream.destroyed) stream.write(text);
}

const plainIntervalMs = 5000;

class PlainDisplay implements RunDisplay {
  readonly #io: CliIo;
  readonly #pace = new PaceMeter();
  #status = '';
  #lastMs = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  fetching(progress: FetchProgress): void {
    const nowMs = Date.now();
    if (nowMs - this.#lastMs < plainIntervalMs) return;
    this.#lastMs = nowMs;
    this.note(`Fetching: ${fetchProgressText(progress, formats)}`);
  }

  fetched(result: FetchResult, from: string): void {
    for (const line of fetchedLines(result, from)) this.note(line);
  }

  fetchedLater(before: FetchResult, after: FetchResult): void {
    for (const line of fetchedLaterLines(before, after, formats)) this.note(line);
  }

  created(jobId: string): void {
    write(this.#io.stdout, `Job ${jobId}\n`);
  }

  progress(job: JobDescriptor): void {
    const nowMs = Date.now();
    const pace = this.#pace.measure(job, nowMs);
    const isNews = job.Status !== this.#status;
    if (isNews) this.#status = job.Status;
    else if (job.Status !== 'Active' || nowMs - this.#lastMs < plainIntervalMs) return;
    this.#lastMs = nowMs;
    const left = pace.leftSeconds === undefined || job.Status !== 'Active' ? '' : `, ${durationText(pace.leftSeconds)} left`;
    write(this.#io.stdout, pace.total === undefined ? `${job.Status}\n` : `${job.Status}: ${countsText(pace)}${left}\n`);
  }

  engineLine(line: string): void {
    const warning = warningOf(line);
    if (warning !== undefined) this.note(warning);
  }

  note(text: string): void {
    write(this.#io.stderr, `${printable(text)}\n`);
  }

  changed(counts: readonly ChangeCount[]): void {
    write(this.#io.stdout, changesLine(counts));
  }

  chaos(findings: ChaosFindings): void {
    write(this.#io.stdout, `${findingsLines(findings).join('\n')}\n`);
  }

  ended(job: JobDescriptor, report: RunReport | undefined, place: ReportPlace | undefined): void {
    write(this.#io.stdout, endText(this.#io, job, report, place));
  }

  failed(): void {
    this.close();
  }

  close(): void {
    // Nothing is held.
  }
}

const maxBarCells = 28;
const minBarCells = 4;
const usualColumns = 80;
const eraseLine = '\r\u001B[2K';

/** A terminal that does not know its width says 0, or nothing. */
function columnsOf(stream: Writable): number {
  const { columns = 0 } = stream as { columns?: number };
  return columns > 0 ? columns : usualColumns;
}

/** One line that fits: the bar gives way to the text, and is left out where little is left of it. A line that wraps could not be erased. */
function barLine(what: string, share: number, text: string, columns: number): string {
  const head = what.padEnd(10);
  const tail = `${Math.floor(share * 100)}%  ${text}`;
  const free = columns - 1 - head.length - tail.length - 2;
  if (free < minBarCells) return `${what} ${tail}`.slice(0, columns - 1);
  const cells = Math.min(maxBarCells, free);
  const filled = Math.floor(share * cells);
  return `${head} ${'█'.repeat(filled)}${'░'.repeat(cells - filled)} ${tail}`;
}

class TerminalDisplay implements RunDisplay {
  readonly #io: CliIo;
  readonly #pace = new PaceMeter();
  #bar = '';

  constructor(io: CliIo) {
    this.#io = io;
  }

  fetching(progress: FetchProgress): void {
    this.#draw('Fetching', progress.rows === 0 ? 0 : progress.done / progress.rows, fetchProgressText(progress, formats));
  }

  fetched(result: FetchResult, from: string): void {
    this.close();
    for (const line of fetchedLines(result, from)) this.note(line);
  }

  fetchedLater(before: FetchResult, after: FetchResult): void {
    for (const line of fetchedLaterLines(before, after, formats)) this.note(line);
  }

  created(jobId: string): void {
    this.note(`Job ${jobId}`);
  }

  progress(job: JobDescriptor): void {
    const pace = this.#pace.measure(job, Date.now());
    const share = pace.total === undefined || pace.total === 0 ? 0 : (pace.succeeded + pace.failed) / pace.total;
    const rate = pace.perSecond === undefined ? '' : `  ${Math.round(pace.perSecond).toLocaleString('en')}/s`;
    const left = pace.leftSeconds === undefined || job.Status !== 'Active' ? '' : `  ${durationText(pace.leftSeconds)} left`;
    this.#draw(job.Status, share, `${countsText(pace)}${rate}${left}`);
  }

  #draw(what: string, share: number, text: string): void {
    const bar = barLine(what, share, text, columnsOf(this.#io.stdout));
    if (bar === this.#bar) return;
    this.#bar = bar;
    write(this.#io.stdout, `${eraseLine}${bar}`);
  }

  engineLine(line: string): void {
    const warning = warningOf(line);
    if (warning !== undefined) this.note(warning);
  }

  note(text: string): void {
    write(this.#io.stdout, `${this.#bar === '' ? '' : eraseLine}${printable(text)}\n${this.#bar}`);
  }

  changed(counts: readonly ChangeCount[]): void {
    this.close();
    write(this.#io.stdout, changesLine(counts));
  }

  chaos(findings: ChaosFindings): void {
    this.close();
    write(this.#io.stdout, `${findingsLines(findings).join('\n')}\n`);
  }

  ended(job: JobDescriptor, report: RunReport | undefined, place: ReportPlace | undefined): void {
    this.close();
    write(this.#io.stdout, endText(this.#io, job, report, place));
  }

  failed(): void {
    this.close();
  }

  close(): void {
    if (this.#bar !== '') write(this.#io.stdout, '\n');
    this.#bar = '';
  }
}

const fetchEventMs = 150;

/**
 * Events: fetching, fetched, fetchedLater (all that was fetched, in the end), created, status, progress, log, note, changed, chaos, and last
 * ended or failed. Counts are exact in `ended`; `progress` comes when something has changed.
 */
class JsonDisplay implements RunDisplay {
  readonly #io: CliIo;
  readonly #pace = new PaceMeter();
  #status = '';
  #progress = '';
  #fetchedAtMs = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  fetching({ rows, done, bytes }: FetchProgress): void {
    const nowMs = Date.now();
    if (nowMs - this.#fetchedAtMs < fetchEventMs) return;
    this.#fetchedAtMs = nowMs;
    this.#event('fetching', { objects: rows, done, bytes });
  }

  fetched(result: FetchResult, from: string): void {
    this.#event('fetched', { from, ...result });
  }

  fetchedLater(before: FetchResult, after: FetchResult): void {
    if (fetchedLaterLines(before, after, formats).length > 0) this.#event('fetchedLater', { ...after });
  }

  created(jobId: string, dataDirectory: string): void {
    this.#event('created', { jobId, dataDirectory });
  }

  progress(job: JobDescriptor): void {
    if (job.Status !== this.#status) {
      this.#status = job.Status;
      this.#event('status', { status: job.Status });
    }
    const { total, succeeded, failed, perSecond, leftSeconds } = this.#pace.measure(job, Date.now());
    const progress = `${total} ${succeeded} ${failed}`;
    if (total === undefined || progress === this.#progress) return;
    this.#progress = progress;
    this.#event('progress', {
      total,
      succeeded,
      failed,
      ...(perSecond === undefined ? {} : { tasksPerSecond: Math.round(perSecond) }),
      ...(leftSeconds === undefined ? {} : { secondsLeft: Math.round(leftSeconds) }),
    });
  }

  engineLine(line: string): void {
    const warning = warningOf(line);
    if (warning !== undefined) this.#event('log', { message: warning });
  }

  note(text: string): void {
    this.#event('note', { message: text });
  }

  changed(counts: readonly ChangeCount[]): void {
    this.#event('changed', { counts: Object.fromEntries(counts.map(({ what, objects }) => [what, objects])) });
  }

  chaos({ rows, objects }: ChaosFindings): void {
    this.#event('chaos', { rows, objects: objects.map(({ kept: _kept, ...object }) => object) });
  }

  ended(job: JobDescriptor, report: RunReport | undefined, place: ReportPlace | undefined): void {
    const summary = job.ProgressSummary;
    this.#event('ended', {
      jobId: job.JobId,
      status: job.Status,
      total: summary?.TotalNumberOfTasks ?? 0,
      succeeded: summary?.NumberOfTasksSucceeded ?? 0,
      failed: summary?.NumberOfTasksFailed ?? 0,
      failureReasons: (job.FailureReasons ?? []).map((failure) => failure.FailureReason ?? ''),
      causes: (report?.causes ?? []).map(({ code, message, count: tasks, share, sampleKeys }) => ({
        code,
        message,
        count: tasks,
        share,
        sampleKeys,
      })),
      report: place?.location ?? null,
    });
  }

  failed(error: unknown): void {
    const hint = isBatchError(error) ? error.hint : undefined;
    this.#event('failed', {
      code: errorCode(error) ?? null,
      message: errorMessage(error),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  close(): void {
    // Nothing is held.
  }

  #event(event: string, members: Readonly<Record<string, unknown>>): void {
    write(this.#io.stdout, `${JSON.stringify({ event, ...members })}\n`);
  }
}
