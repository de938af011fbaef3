import { errorMessage } from '../../base/errors.js';
import { delay } from '../../base/async.js';
import type { ChunkCursor } from './manifestReader.js';
import { type OpenRun, openRun } from './openRun.js';
import type { JobPlan, TaskCounts } from './runPlan.js';
import type { RunEnd, RunProcess } from './runProcess.js';
import { stops } from './sharedState.js';
import { isDone } from './taskLog.js';
import { TaskLogWriter } from './taskLogWriter.js';
import type { TaskAttempt, TaskResult } from './taskPerformer.js';

/**
 * Performs one attempt of a task. Mistakes of a row are results; undefined when the task was cut off, which ends the run: it has no
 * result then. Rejects only when the run can't go on, or the signal aborts.
 */
export type PerformTask = (task: TaskAttempt, signal: AbortSignal) => Promise<TaskResult | undefined>;

/** Records of fast tasks are written together, at most so long after the first of them; the event loop gets its turn as often. */
const flushDelayMs = 5;
const idleDelayMs = 4;
const progressMs = 100;

interface InlineRunOptions {
  readonly plan: JobPlan;
  readonly perform: PerformTask;
  readonly onProgress: (counts: TaskCounts) => void;
  /** Each result is in the journal and counted before the next task begins, which may take as long as somebody likes. */
  readonly isUnhurried?: boolean;
}

/**
 * Runs a job's tasks in this thread, several at once. For operations on the store: only this process may change it, so that the tasks
 * go to the store and not the store to the tasks; and they wait for the disk, so that lanes of their own would gain nothing. And for
 * handlers that run elsewhere, under a debugger (`debuggedRun.ts`).
 */
export function startInlineRun(options: InlineRunOptions): RunProcess {
  const run = new InlineRun(options);
  return {
    pid: undefined,
    ended: run.work(),
    stop: () => run.stop(),
    kill: () => run.kill(),
  };
}

class InlineRun {
  readonly #plan: JobPlan;
  readonly #perform: PerformTask;
  readonly #onProgress: (counts: TaskCounts) => void;
  readonly #isUnhurried: boolean;
  readonly #log: TaskLogWriter;
  readonly #killed = new AbortController();
  #open: OpenRun | undefined;
  #isStopAsked = false;
  #cursor: ChunkCursor | undefined;
  #underWay = 0;
  #lastFlushMs = Date.now();
  #lastProgressMs = Date.now();

  constructor(options: InlineRunOptions) {
    this.#plan = options.plan;
    this.#perform = options.perform;
    this.#onProgress = options.onProgress;
    this.#isUnhurried = options.isUnhurried === true;
    this.#log = new TaskLogWriter(options.plan, 0);
  }

  /** No further task is begun; those under way end, and are journalled. */
  stop(): void {
    this.#isStopAsked = true;
    this.#open?.run.requestStop(stops.asked);
  }

  /** As a kill of a process would: what is under way is cut off and runs again at the next start. */
  kill(): void {
    this.#killed.abort();
    this.stop();
  }

  async work(): Promise<RunEnd> {
    try {
      const open = await openRun(this.#plan);
      this.#open = open;
      if (this.#isStopAsked) this.stop();
      await this.#workAll(open);
      return this.#end(open);
    } catch (error) {
      if (this.#killed.signal.aborted) return { kind: 'crashed', detail: 'was stopped' };
      return { kind: 'broken', message: errorMessage(error) };
    } finally {
      this.#open?.reader.close();
    }
  }

  async #workAll(open: OpenRun): Promise<void> {
    const { run } = open;
    const workers = Array.from({ length: this.#plan.settings.concurrency }, () =>
      this.#worker(open).catch((error: unknown) => {
        // The others end; what they have done is journalled as far as that is possible.
        run.requestStop(stops.asked);
        throw error;
      }),
    );
    const ends = await Promise.allSettled(workers);
    let failure = ends.find((end) => end.status === 'rejected');
    try {
      this.#log.flush();
      this.#log.close();
    } catch (error) {
      failure ??= { status: 'rejected', reason: error };
    }
    if (failure !== undefined) throw failure.reason;
  }

  #end({ run }: OpenRun): RunEnd {
    const { succeeded, failed, stop } = run;
    const reason = stop === stops.threshold ? 'threshold' : stop === stops.finished ? 'finished' : 'stopped';
    return { kind: 'ended', reason, succeeded, failed };
  }

  async #worker(open: OpenRun): Promise<void> {
    while (open.run.stop === stops.none) {
      const task = this.#next(open);
      if (task !== undefined) {
        await this.#do(open, task);
        continue;
      }
      this.#flush(open);
      if (this.#underWay === 0 && open.waiting.length === 0) {
        open.run.requestStop(stops.finished);
        return;
      }
      await delay(idleDelayMs, this.#killed.signal);
    }
  }

  async #do(open: OpenRun, task: TaskAttempt): Promise<void> {
    this.#underWay += 1;
    try {
      const result = await this.#perform(task, this.#killed.signal);
      this.#killed.signal.throwIfAborted();
      if (result === undefined) {
        this.stop();
        return;
      }
      if (this.#log.add(task, task.attempt, result)) open.waiting.pushRedrive(task.row, task.attempt + 1, Date.now());
      else open.run.count(result.kind === 'succeeded');
    } finally {
      this.#underWay -= 1;
    }
    if (!this.#isUnhurried && Date.now() - this.#lastFlushMs < flushDelayMs) return;
    this.#flush(open);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Redrives first: they have waited. */
  #next({ run, waiting, reader }: OpenRun): TaskAttempt | undefined {
    let due: TaskAttempt | undefined;
    waiting.release(Date.now(), ({ row, attempt }) => {
      if (due !== undefined) return false;
      const found = reader.readRow(row);
      if (found !== undefined) due = { ...found, attempt };
      return true;
    });
    if (due !== undefined) return due;
    for (;;) {
      if (this.#cursor === undefined) {
        const chunk = run.takeChunk();
        if (chunk === undefined) return undefined;
        this.#cursor = reader.openChunk(chunk);
      }
      const cursor = this.#cursor;
      while (!cursor.isAtEnd && isDone(run.done, cursor.row)) cursor.skip();
      const row = cursor.next();
      if (row !== undefined) return { ...row, attempt: 0 };
      this.#cursor = undefined;
    }
  }

  #flush({ run }: OpenRun): void {
    const nowMs = Date.now();
    this.#lastFlushMs = nowMs;
    this.#log.flush();
    if (!this.#isUnhurried && nowMs - this.#lastProgressMs < progressMs) return;
    this.#lastProgressMs = nowMs;
    this.#onProgress({ succeeded: run.succeeded, failed: run.failed });
  }
}
