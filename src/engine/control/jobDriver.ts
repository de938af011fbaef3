import { rm } from 'node:fs/promises';
import { errorMessage, isBatchError, isCancelled } from '../../base/errors.js';
import { delay } from '../../base/async.js';
import { DisposableStore } from '../../base/disposable.js';
import { debugSessionEnded } from '../../core/job/debugRun.js';
import type { JobFailure, JobStatus } from '../../core/job/jobTypes.js';
import { thresholdMinimumTasks } from '../../core/job/lifecycle.js';
import { statusUpdateReasonShape } from '../../core/job/requestShapes.js';
import type { EngineContext } from '../contracts.js';
import type { JobDebugger } from '../debug/jobDebugger.js';
import { isDebugged, JobDebuggers } from '../debug/jobDebuggers.js';
import { chunkFile, logDirectory, manifestFile } from '../run/jobFiles.js';
import { jobFailure, reportNotWritten } from '../run/jobFailure.js';
import { type CrashedTask, takeRunning } from '../run/crashedTask.js';
import { fetcherGone } from '../readThrough/readThrough.js';
import { functionUnreadable, prepareJob } from '../run/prepareJob.js';
import { writeReport } from '../run/reportWriter.js';
import type { TaskCounts } from '../run/runPlan.js';
import type { RunProcess } from '../run/runProcess.js';
import { summarizeLogs } from '../run/taskLog.js';
import { emulatedText } from '../emulatedText.js';
import type { JobRecord } from './jobRecord.js';
import type { Jobs } from './jobs.js';
import type { JobServices } from './jobServices.js';
import { moveAsRequested } from './moveAsRequested.js';
import { prepareRun } from './prepareRun.js';
import { reportStore } from './reportStore.js';

/** AWS publishes no text for it. */
export const thresholdFailure: JobFailure = {
  FailureCode: 'JobFailed',
  FailureReason: `Job failed: more than 50% of tasks failed after ${thresholdMinimumTasks} or more tasks ${emulatedText}`,
};

/** Hosts that crash one after the other without a single task done end the job: something is wrong with the machine. */
const maxBarrenCrashes = 5;
const crashDelayMs = 200;
/** After so many tasks that did not crash a careful run has shown that the crash was none of theirs. */
const maxCarefulTasks = 1000;
const retryMs = 30_000;

/** Moves jobs along their life cycle: each has one driver at a time, which acts on the job's status until it must wait for somebody. */
export class JobDriver {
  readonly #jobs: Jobs;
  readonly #context: EngineContext;
  readonly #services: JobServices;
  readonly #driving = new Map<string, Promise<void>>();
  readonly #processes = new Map<string, RunProcess>();
  readonly #preparing = new Map<string, AbortController>();
  readonly #closing = new AbortController();
  /** Jobs that have been told to pause or to start, until their status says so. */
  readonly #moving = new Set<string>();
  /** Jobs whose driver failed, as on a full disk: tried again after a while, or when something about them changes. */
  readonly #stuck = new Set<string>();
  readonly #retries = new DisposableStore();

  readonly #debuggers: JobDebuggers;

  constructor(jobs: Jobs, context: EngineContext, services: JobServices) {
    this.#jobs = jobs;
    this.#context = context;
    this.#services = services;
    this.#debuggers = new JobDebuggers(context, (jobId, reason) => this.cancelSoon(jobId, reason));
  }

  /** Takes up every job where it stands: at start, or after a kill. */
  start(): void {
    for (const record of this.#jobs.list()) this.#drive(record.id);
    this.schedule();
  }

  /** Something about the job has changed; never throws. */
  noticed(record: JobRecord): void {
    if (this.#closing.signal.aborted) return;
    if (record.status === 'Cancelling') {
      this.#preparing.get(record.id)?.abort();
      this.#processes.get(record.id)?.stop(true);
    } else if (record.status === 'Pausing') this.#processes.get(record.id)?.stop(false);
    this.#drive(record.id);
    this.schedule();
  }

  /** Stops all work at once, without any change of status: the next start goes on from the journals. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#retries.dispose();
    for (const controller of this.#preparing.values()) controller.abort();
    for (const process of this.#processes.values()) process.kill();
    await Promise.all([...this.#driving.values(), this.#debuggers.close()]);
  }

  /**
   * Decides who runs: the jobs of the highest priority that has any, oldest first, `activeJobs` at a time. Others of them wait in
   * Ready, and active ones of lower priority are paused. The service's own choice is best effort and undocumented: emulated.
   */
  schedule(): void {
    if (this.#closing.signal.aborted) return;
    const able = this.#jobs.list().filter(({ status }) => schedulable.includes(status));
    const highest = Math.max(...able.map((record) => record.priority));
    const limit = this.#context.settings.activeJobs;
    const chosen = able
      .filter((record) => record.priority === highest)
      .toSorted((left, right) => rank(left) - rank(right) || left.sequence - right.sequence)
      .slice(0, limit);
    const ids = new Set(chosen.map((record) => record.id));
    let running = able.filter(({ status }) => status === 'Active' || status === 'Pausing').length;
    for (const { id, status } of able) {
      if (status === 'Active' && !ids.has(id)) this.#move(id, ['Active'], 'Pausing');
    }
    for (const { id, status } of chosen) {
      if ((status !== 'Ready' && status !== 'Paused') || running >= limit) continue;
      running += 1;
      this.#move(id, ['Ready', 'Paused'], 'Active');
    }
  }

  #move(jobId: string, from: readonly JobStatus[], to: JobStatus): void {
    if (this.#moving.has(jobId)) return;
    this.#moving.add(jobId);
    this.#jobs.transition(jobId, from, to).then(
      () => {
        this.#moving.delete(jobId);
        // What changed meanwhile was not acted on for this job.
        this.schedule();
      },
      (error: unknown) => {
        this.#moving.delete(jobId);
        this.#context.log.error(`job ${jobId} could not become ${to}.`, error);
        // As on a full disk: nothing else would look at the job again.
        if (!this.#closing.signal.aborted) this.#retries.add(this.#context.clock.schedule(retryMs, () => this.schedule()));
      },
    );
  }

  async #cancel(jobId: string, reason: string): Promise<void> {
    await moveAsRequested(this.#jobs, jobId, 'Cancelled', reason.slice(0, statusUpdateReasonShape.max));
  }

  /** Cancels a job, unless it has come to its end meanwhile, for a reason that people read; never throws. */
  cancelSoon(jobId: string, reason: string): void {
    if (this.#closing.signal.aborted) return;
    this.#cancel(jobId, reason).catch((error: unknown) => {
      this.#context.log.error(`job ${jobId} could not be cancelled.`, error);
      // As on a full disk.
      if (!this.#closing.signal.aborted) {
        this.#retries.add(this.#context.clock.schedule(retryMs, () => this.cancelSoon(jobId, reason)));
      }
    });
  }

  #drive(jobId: string): void {
    if (this.#driving.has(jobId) || this.#closing.signal.aborted) return;
    const driving = this.#driveUntilWaiting(jobId)
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#context.log.error(`job ${jobId} can't go on.`, error);
      })
      .finally(() => {
        this.#driving.delete(jobId);
        // A change that came in the last moment had found this driver still there.
        const status = this.#jobs.get(jobId)?.status;
        if (status !== undefined && !waiting.includes(status) && !this.#closing.signal.aborted && !this.#stuck.has(jobId)) {
          this.#drive(jobId);
        }
      });
    this.#driving.set(jobId, driving);
  }

  async #driveUntilWaiting(jobId: string): Promise<void> {
    this.#stuck.delete(jobId);
    try {
      for (;;) {
        const record = this.#jobs.get(jobId);
        if (record === undefined || this.#closing.signal.aborted || waiting.includes(record.status)) return;
        await this.#step(record);
      }
    } catch (error) {
      this.#stuck.add(jobId);
      if (!this.#closing.signal.aborted) this.#retries.add(this.#context.clock.schedule(retryMs, () => this.#drive(jobId)));
      throw error;
    }
  }

  async #step(record: JobRecord): Promise<void> {
    const { id } = record;
    switch (record.status) {
      case 'New':
        await this.#jobs.transition(id, ['New'], 'Preparing');
        return;
      case 'Preparing':
        await this.#prepare(record);
        return;
      case 'Active':
        await this.#run(record);
        return;
      case 'Pausing':
        // Its run has ended, here or with an engine before this one.
        await this.#jobs.transition(id, ['Pausing'], 'Paused');
        return;
      case 'Completing':
        await this.#end(record, 'Complete');
        return;
      case 'Cancelling':
        await this.#end(record, 'Cancelled');
        return;
      case 'Failing':
        await this.#end(record, 'Failed');
        return;
      default:
    }
  }

  async #prepare(record: JobRecord): Promise<void> {
    const { id, request } = record;
    const controller = new AbortController();
    this.#preparing.set(id, controller);
    try {
      this.#services.readThrough.join(id, record.tags);
      const preparation = await prepareJob({
        jobId: id,
        request,
        directory: this.#jobs.directory(id),
        services: this.#services,
        context: this.#context,
        signal: controller.signal,
      });
      if (preparation.kind === 'failed') {
        await this.#jobs.transition(id, ['Preparing'], 'Failing', () => ({ failures: [preparation.failure] }));
        return;
      }
      const { kind: _, ...prepared } = preparation;
      // Left out it counts as true: that is what the service does, whatever its pages say.
      if (request.ConfirmationRequired !== false) {
        const suspendedAt = new Date(this.#context.clock.now()).toISOString();
        await this.#jobs.transition(id, ['Preparing'], 'Suspended', () => ({ ...prepared, suspendedAt }));
      } else await this.#jobs.transition(id, ['Preparing'], 'Ready', () => prepared);
    } catch (error) {
      if (isCancelled(error) && controller.signal.aborted) return;
      this.#context.log.error(`job ${id} could not be prepared.`, error);
      const failure = fetcherFailure(error) ?? jobFailure('InternalError', errorMessage(error));
      await this.#jobs.transition(id, ['Preparing'], 'Failing', () => ({ failures: [failure] }));
    } finally {
      this.#preparing.delete(id);
    }
  }

  /** Runs tasks until there are none left or somebody stops it; hosts that crash are started again. */
  async #run(record: JobRecord): Promise<void> {
    const { id } = record;
    this.#jobs.markActive(id);
    let barren = 0;
    let isCareful = false;
    let crashed: CrashedTask | undefined;
    for (;;) {
      const before = this.#jobs.counts(id);
      // The generation is journalled before the run can write a file of that name.
      const started = await this.#jobs.update(id, ({ generation }) => ({ generation: generation + 1 }));
      // Somebody may have paused or cancelled the job meanwhile.
      if (started?.status !== 'Active') return;
      const directory = this.#jobs.directory(id);
      const session = isDebugged(started) ? await this.#openDebugger(started, directory) : undefined;
      if (isDebugged(started) && session === undefined) return;
      let start: () => RunProcess;
      let careful: RunProcess | undefined;
      try {
        // Of a run before, or of an engine before this one.
        if (isCareful) await takeRunning(directory);
        const care = { isCareful, crashed };
        const onCounts = (counts: TaskCounts): void => {
          this.#jobs.setLive(id, counts);
          // Nothing crashes any more: the rest may be fast again.
          if (counts.succeeded + counts.failed >= before.succeeded + before.failed + maxCarefulTasks) careful?.stop(false);
        };
        start = await prepareRun({ record: started, directory, session, care, onCounts }, this.#context, this.#services);
      } catch (error) {
        // The template has changed for the worse since the job was prepared, or an engine before this one knew who fetches.
        await this.#jobs.transition(id, ['Active'], 'Failing', () => ({
          failures: [fetcherFailure(error) ?? functionUnreadable(error)],
        }));
        return;
      }
      if (this.#closing.signal.aborted) return;
      const process = start();
      if (isCareful) careful = process;
      this.#processes.set(id, process);
      // What was asked while the process did not exist yet.
      const status = this.#jobs.get(id)?.status;
      if (status === 'Cancelling' || status === 'Pausing') process.stop(status === 'Cancelling');
      const end = await process.ended;
      this.#processes.delete(id);
      if (this.#closing.signal.aborted) return;
      if (end.kind === 'ended') {
        this.#jobs.setLive(id, { succeeded: end.succeeded, failed: end.failed });
        if (end.reason === 'finished') await this.#jobs.transition(id, ['Active'], 'Completing');
        else if (end.reason === 'threshold') {
          await this.#jobs.transition(id, ['Active'], 'Failing', () => ({ failures: [thresholdFailure] }));
        }
        if (!isCareful || end.reason !== 'stopped' || this.#jobs.get(id)?.status !== 'Active') return;
        isCareful = false;
        crashed = undefined;
        continue;
      }
      if (end.kind === 'broken') {
        this.#context.log.error(`job ${id}: ${end.message}`);
        const failure = jobFailure('InternalError', end.message);
        await this.#jobs.transition(id, ['Active'], 'Failing', () => ({ failures: [failure] }));
        return;
      }
      const after = this.#jobs.counts(id);
      const running = isCareful ? await takeRunning(directory) : undefined;
      const isNamed = running !== undefined && (running.row !== crashed?.row || running.attempt !== crashed.attempt);
      crashed = running === undefined ? undefined : { ...running, how: end.how };
      const isBarren = !isNamed && after.succeeded + after.failed <= before.succeeded + before.failed;
      barren = isBarren ? barren + 1 : 0;
      this.#context.log.warn(`job ${id}: the process that runs its tasks ${end.detail}; it goes on from its journal.`);
      isCareful = barren > 0;
      if (barren >= maxBarrenCrashes) {
        const failure = jobFailure('InternalError', `The process that runs the tasks ${end.detail}.`);
        await this.#jobs.transition(id, ['Active'], 'Failing', () => ({ failures: [failure] }));
        return;
      }
      if (barren > 0) await delay(crashDelayMs * barren, this.#closing.signal);
      if (this.#jobs.get(id)?.status !== 'Active') return;
    }
  }

  /** The debug session of a job that is about to run; undefined when there can be none any more, which ends the job. */
  async #openDebugger(record: JobRecord, directory: string): Promise<JobDebugger | undefined> {
    const { id } = record;
    let session: JobDebugger | undefined;
    try {
      session = await this.#debuggers.of(record, directory);
    } catch (error) {
      const failure = jobFailure('InternalError', `The job can't be debugged: ${errorMessage(error)}`);
      await this.#jobs.transition(id, ['Active'], 'Failing', () => ({ failures: [failure] }));
      return undefined;
    }
    if (session === undefined) await this.#cancel(id, `${debugSessionEnded} The local engine was restarted meanwhile.`);
    return session;
  }

  /** Writes the report of what was invoked, and ends the job. A job that ran but has no report has failed. */
  async #end(record: JobRecord, status: 'Complete' | 'Cancelled' | 'Failed'): Promise<void> {
    const { id, request, layout } = record;
    const directory = this.#jobs.directory(id);
    let failures = record.failures;
    let counts = { succeeded: record.succeeded, failed: record.failed };
    let isReportWritten = false;
    if (layout !== undefined) {
      const summary = await summarizeLogs(directory, layout.rows);
      // The logs are the truth; tasks whose redrive never came have failed.
      counts = { succeeded: summary.succeeded, failed: summary.failed + summary.pending.size };
      const invoked = counts.succeeded + counts.failed;
      if (request.Report.Enabled && invoked > 0 && !isReportLost(record)) {
        try {
          await writeReport({
            store: reportStore(this.#services.store),
            jobId: id,
            directory,
            rows: layout.rows,
            report: request.Report,
            summary,
            nowMs: this.#context.clock.now(),
            emptyReport: this.#context.settings.emptyReport,
            signal: this.#closing.signal,
          });
          isReportWritten = true;
        } catch (error) {
          if (this.#closing.signal.aborted) return;
          this.#context.log.error(`job ${id}: the report could not be written.`, error);
          failures = [...failures, reportNotWritten];
        }
      }
    }
    const hasLostReport = failures.length > record.failures.length;
    if (hasLostReport && status === 'Complete') {
      await this.#jobs.transition(id, ['Completing'], 'Failing', () => ({ failures, ...counts }));
      await this.#jobs.transition(id, ['Failing'], 'Failed');
    } else await this.#jobs.transition(id, [record.status], status, () => ({ failures, ...counts }));
    await this.#debuggers.end(id, endOf(this.#jobs.get(id)));
    if (hasLostReport && status === 'Complete') return;
    // Without a report the logs are the only record of what failed.
    if (isReportWritten) await this.#clear(directory);
  }

  async #clear(directory: string): Promise<void> {
    await rm(logDirectory(directory), { recursive: true, force: true });
    await rm(manifestFile(directory), { force: true });
    await rm(chunkFile(directory), { force: true });
  }
}

/** Of a job that can't go on because nobody fetches its objects any more. */
function fetcherFailure(error: unknown): JobFailure | undefined {
  return isBatchError(error) && error.code === fetcherGone ? jobFailure(error.code, error.message) : undefined;
}

/** Statuses that take part in the choice of who runs. */
const schedulable: readonly JobStatus[] = ['Ready', 'Active', 'Pausing', 'Paused'];

/** Statuses in which a job waits: for a person, for its turn, or for nothing. */
const waiting: readonly JobStatus[] = ['Suspended', 'Ready', 'Paused', 'Complete', 'Cancelled', 'Failed'];

/** What the debug session of a job is told of its end. */
function endOf(record: JobRecord | undefined): { readonly isSucceeded: boolean; readonly text: string } {
  if (record === undefined) return { isSucceeded: false, text: 'The job is gone.' };
  const { id, status, succeeded, failed, failures, statusReason } = record;
  const reasons = [...(statusReason === undefined ? [] : [statusReason]), ...failures.map((failure) => failure.FailureReason)];
  return {
    isSucceeded: status === 'Complete' && failed === 0,
    text: [`Job ${id} is ${status}: ${succeeded} succeeded, ${failed} failed.`, ...reasons].join(' '),
  };
}

/** Those that run already stay. */
function rank(record: JobRecord): number {
  if (record.status === 'Active') return 0;
  return record.status === 'Paused' || record.status === 'Pausing' ? 1 : 2;
}

/** Was it tried before? A kill may have come between that and the end of the job. */
function isReportLost(record: JobRecord): boolean {
  return record.failures.some((failure) => failure.FailureReason === reportNotWritten.FailureReason);
}
