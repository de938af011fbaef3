import { withFaults } from './faults.js';
import { errorMessage } from '../../base/errors.js';
import { noteRunning } from './crashedTask.js';
import { addHostHandle } from '../hostHandles.js';
import { manifestFile } from './jobFiles.js';
import { commitResult, flushLog, isLogFull, outcomeOf } from './laneLog.js';
import { type ChunkCursor, ManifestReader, type ManifestRow } from './manifestReader.js';
import type { RunPlan } from './runPlan.js';
import { LaneState, queueCapacity, type RunMemory, SharedRun, stops } from './sharedState.js';
import { outputText, writeOutput } from './outputLog.js';
import { isDone, outcomes } from './taskLog.js';
import { journalBroken } from './taskLogWriter.js';
import type { OutputSink, TaskAttempt, TaskPerformer, TaskResult } from './taskPerformer.js';

/** What a worker thread is started with. The file descriptors are the supervisor's: they outlive the lane. */
export interface LaneStart {
  readonly plan: RunPlan;
  readonly run: RunMemory;
  readonly lane: SharedArrayBuffer;
  readonly logFd: number;
  readonly outputFd: number;
}

/** Sent to the supervisor, who would otherwise notice at its next look. */
export type LaneMessage =
  | { readonly kind: 'idle' }
  /** The lane ends because its environment is no good any more, and wants to be started anew. */
  | { readonly kind: 'worn' }
  | { readonly kind: 'broken'; readonly message: string };

export type CreatePerformer = (plan: RunPlan, output: OutputSink) => Promise<TaskPerformer>;

/** Records of fast tasks are written together, at most so long after the first of them. */
const flushDelayMs = 5;
const idleDelayMs = 4;
/** As many tasks are queued as are done in this time. */
const queuedWorkMs = 25;
const windowSpellMs = 10;

interface Work extends TaskAttempt {
  /** Position in the lane's chunk behind this row; -1 for a redrive. */
  readonly nextOrdinal: number;
  /** Absent until it came. */
  result: TaskResult | undefined;
}

/** The work of one lane: takes rows, performs the operation on one after the other, and journals what came of each. */
export class Lane {
  readonly #plan: RunPlan;
  readonly #run: SharedRun;
  readonly #state: LaneState;
  readonly #logFd: number;
  readonly #outputFd: number;
  readonly #reader: ManifestReader;
  readonly #createPerformer: CreatePerformer;
  readonly #post: (message: LaneMessage) => void;
  #performer: TaskPerformer | undefined;
  #cursor: ChunkCursor | undefined;
  #lastFlushMs = Date.now();
  /** Read once a task. */
  #nowMs = Date.now();
  #flushTimer: NodeJS.Timeout | undefined;
  /** Handed to the performer, in order; the first is the one that runs. */
  readonly #handed: Work[] = [];
  /** Goes on with `work`, which waits for the first result. */
  #wake: (() => void) | undefined;
  #isPumping = false;
  #pumpError: { readonly error: unknown } | undefined;
  #window = 1;
  #windowSinceMs = Date.now();
  #windowTasks = 0;

  constructor(start: LaneStart, createPerformer: CreatePerformer, post: (message: LaneMessage) => void) {
    this.#plan = start.plan;
    this.#run = new SharedRun(start.run);
    this.#state = new LaneState(start.lane);
    this.#logFd = start.logFd;
    this.#outputFd = start.outputFd;
    this.#reader = new ManifestReader(manifestFile(start.plan.directory), start.plan.layout, this.#run.chunkOffsets);
    this.#createPerformer = createPerformer;
    this.#post = post;
    const position = this.#state.position;
    if (position !== undefined) this.#cursor = this.#reader.openChunk(position.chunk, position.ordinal);
  }

  /** Resolves when the run stops, or the lane is worn out; rejects when the journal can't be written. */
  async work(): Promise<void> {
    // A performer that waits for nothing at all would otherwise end the thread; it is to time out.
    const keepAlive = setInterval(() => undefined, 60_000);
    const hostHandle = addHostHandle(keepAlive);
    const state = this.#state;
    const handed = this.#handed;
    try {
      let isIdle = false;
      state.isBusy = true;
      while (this.#run.stop === stops.none) {
        if (this.#performer === undefined) await this.#start();
        else this.#handOver(this.#performer);
        if (handed.length === 0) {
          this.#flush();
          state.isBusy = false;
          if (!isIdle) this.#post({ kind: 'idle' });
          isIdle = true;
          await new Promise((resolve) => setTimeout(resolve, idleDelayMs));
          // Before it looks for work, so that nobody takes it for done when it has just taken the last.
          state.isBusy = true;
          this.#nowMs = Date.now();
          continue;
        }
        isIdle = false;
        if (handed[0]?.result === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          if (this.#pumpError !== undefined) throw this.#pumpError.error;
        }
        const [head] = handed;
        if (head?.result === undefined) continue;
        this.#nowMs = Date.now();
        if (this.#record(head, head.result)) await this.#requestRedrive(head);
        handed.shift();
        const isFlushDue = this.#isFlushDue;
        if (isFlushDue) this.#flush();
        state.shift(this.#nowMs);
        this.#adaptWindow();
        // Handlers' timers and sockets get their turn even when every invocation resolves at once.
        if (isFlushDue) await this.#yield();
        if (this.#performer?.isUsable === false && handed.length === 0) {
          this.#post({ kind: 'worn' });
          return;
        }
      }
      // What was handed over, but had not its turn, has no result: it runs when the job goes on.
      state.clear();
    } finally {
      clearInterval(keepAlive);
      hostHandle.dispose();
      clearTimeout(this.#flushTimer);
      this.#flush();
      state.isBusy = false;
      this.#reader.close();
      await this.#performer?.dispose();
    }
  }

  /** Synchronously where it can: a promise a task would cost as much as a handler. */
  #settle(work: Work, result: TaskResult): void {
    work.result = result;
    if (this.#isPumping || this.#wake === undefined || work !== this.#handed[0]) return;
    let isUsual = false;
    this.#isPumping = true;
    try {
      isUsual = this.#pump();
    } catch (error) {
      this.#pumpError = { error };
    } finally {
      this.#isPumping = false;
    }
    if (isUsual) return;
    const wake = this.#wake;
    this.#wake = undefined;
    wake();
  }

  /**
   * Records results and hands over the next tasks while there is nothing else to do, in the call that brought the result. True when the
   * next result is still to come; false when `work` has to look.
   */
  #pump(): boolean {
    const handed = this.#handed;
    const performer = this.#performer;
    const state = this.#state;
    for (;;) {
      const [head] = handed;
      if (head === undefined || performer === undefined) return false;
      const { result } = head;
      if (result === undefined) return true;
      if (result.isRetryable || performer.isUsable === false || this.#run.stop !== stops.none) return false;
      this.#nowMs = Date.now();
      if (this.#isFlushDue) return false;
      this.#record(head, result);
      handed.shift();
      state.shift(this.#nowMs);
      this.#adaptWindow();
      this.#handOver(performer);
    }
  }

  get #isFlushDue(): boolean {
    return this.#nowMs - this.#lastFlushMs >= flushDelayMs || isLogFull(this.#state);
  }

  async #yield(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#nowMs = Date.now();
  }

  /** Makes the environment for the first task, which is noted before: should it hang, that task has timed out. */
  async #start(): Promise<void> {
    const work = this.#next();
    if (work === undefined) return;
    this.#note(work);
    this.#state.isStarting = true;
    const performer = await this.#createPerformer(this.#plan, (stream, line) => this.#output(stream, line));
    this.#performer = withFaults(performer, this.#plan);
    this.#state.isStarting = false;
    this.#nowMs = Date.now();
    this.#perform(this.#performer, { ...work, sinceMs: this.#nowMs });
  }

  /** Fills the window with the next tasks, each noted before it is begun. */
  #handOver(performer: TaskPerformer): void {
    while (this.#handed.length < this.#window && performer.isUsable !== false) {
      const work = this.#next();
      if (work === undefined) return;
      this.#note(work);
      this.#perform(performer, work);
    }
  }

  #note(work: Work): void {
    if (this.#plan.isCareful === true) noteRunning(this.#plan.directory, work);
    this.#state.push(work.row, work.attempt, this.#nowMs);
    if (work.nextOrdinal >= 0) this.#state.advance(work.nextOrdinal);
  }

  #perform(performer: TaskPerformer, work: Work): void {
    // First: what the handler says at once is said for this row.
    this.#handed.push(work);
    const onResult = (result: TaskResult): void => this.#settle(work, result);
    if (performer.begin === undefined) void performer.perform(work).then(onResult, this.#onRejected);
    else performer.begin(work, onResult);
  }

  /** Mistakes of a task are results: this is a mistake of the engine. */
  readonly #onRejected = (error: unknown): void => {
    this.#pumpError = { error };
    this.#wake?.();
  };

  /**
   * A queue keeps a child process busy; but tasks that are slow by themselves must not wait in it while other lanes have nothing to do:
   * it is as long as what the lane gets done in a few milliseconds.
   */
  #adaptWindow(): void {
    const limit = Math.min(this.#performer?.queueLength ?? 1, queueCapacity);
    if (limit <= 1 || this.#plan.isCareful === true) return;
    this.#windowTasks += 1;
    const elapsedMs = this.#nowMs - this.#windowSinceMs;
    if (elapsedMs < windowSpellMs) return;
    const wanted = Math.floor((this.#windowTasks / elapsedMs) * queuedWorkMs);
    // A machine that was busy with something else for a moment makes no short queue.
    this.#window = Math.min(limit, Math.max(1, wanted, this.#window >> 1));
    this.#windowSinceMs = this.#nowMs;
    this.#windowTasks = 0;
  }

  /** Redrives first: they have waited. */
  #next(): Work | undefined {
    for (;;) {
      const redrive = this.#run.takeRedrive();
      if (redrive === undefined) break;
      const row = this.#reader.readRow(redrive.row);
      if (row !== undefined) return workOf(row, redrive.attempt, -1, this.#nowMs);
    }
    if (this.#run.isHeld) return undefined;
    for (;;) {
      if (this.#cursor === undefined) {
        const chunk = this.#run.takeChunk();
        if (chunk === undefined) return undefined;
        this.#state.setPosition(chunk, 0);
        this.#cursor = this.#reader.openChunk(chunk);
      }
      const cursor = this.#cursor;
      while (!cursor.isAtEnd && isDone(this.#run.done, cursor.row)) cursor.skip();
      const row: ManifestRow | undefined = cursor.next();
      if (row !== undefined) return workOf(row, 0, cursor.ordinal, this.#nowMs);
      this.#cursor = undefined;
      this.#state.clearPosition();
    }
  }

  /** Journals a result. True when the task is to be tried again. */
  #record(work: Work, result: TaskResult): boolean {
    const isRetry = result.isRetryable && work.attempt < this.#plan.settings.redrives;
    const outcome = isRetry ? outcomes.retry : outcomeOf(result);
    commitResult(this.#state, work, outcome, work.attempt, result, this.#plan);
    if (!isRetry) this.#run.count(result.kind === 'succeeded');
    // Should the next task be a slow one, this record does not wait for it.
    this.#flushTimer ??= setTimeout(this.#flushLater, flushDelayMs);
    return isRetry;
  }

  async #requestRedrive(work: Work): Promise<void> {
    while (!this.#state.requestRedrive(work.row, work.attempt + 1)) {
      // The supervisor empties the ring at every look; a run that was stopped needs no redrive.
      if (this.#run.stop !== stops.none) return;
      await new Promise((resolve) => setTimeout(resolve, idleDelayMs));
      this.#nowMs = Date.now();
    }
  }

  readonly #flushLater = (): void => {
    this.#flushTimer = undefined;
    try {
      this.#flush();
    } catch (error) {
      this.#post({ kind: 'broken', message: journalBroken(error) });
    }
  };

  #flush(): void {
    flushLog(this.#state, this.#logFd);
    this.#lastFlushMs = this.#nowMs;
  }

  /** At once, so that a handler that hangs has left what it said before. One write a line keeps the lines of lanes apart. */
  #output(stream: 'stdout' | 'stderr', line: string): void {
    const text = outputText(this.#handed[0], stream, line);
    try {
      writeOutput(this.#outputFd, text, this.#run.countOutput(text.length), this.#plan.settings);
    } catch (error) {
      // Not thrown: it would surface in the handler's own console.log.
      this.#post({ kind: 'broken', message: errorMessage(error) });
    }
  }
}

/** Not by spreading, which costs more than the rest of handing over. */
function workOf(found: ManifestRow, attempt: number, nextOrdinal: number, sinceMs: number): Work {
  const { row, bucket, keyField, versionField, echo } = found;
  return { row, bucket, keyField, versionField, echo, attempt, nextOrdinal, sinceMs, result: undefined };
}
