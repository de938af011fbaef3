import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { EventLoopUtilization } from 'node:perf_hooks';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import type { CrashedTask } from './crashedTask.js';
import { exitError } from '../lambda/functionError.js';
import { manifestFile, outputFile } from './jobFiles.js';
import { functionError, timeoutMessage } from './lambdaPerformer.js';
import type { LaneMessage, LaneStart } from './lane.js';
import { flushLog } from './laneLog.js';
import { ManifestReader } from './manifestReader.js';
import { openRun, readChunks } from './openRun.js';
import type { RedriveQueue } from './redriveQueue.js';
import type { HostEvent, RunPlan } from './runPlan.js';
import { LaneState, type LaneTask, type SharedRun, stops } from './sharedState.js';
import { isDone, summarizeLogs } from './taskLog.js';
import { openTaskLog, TaskLogWriter } from './taskLogWriter.js';
import { requestIdOf } from './taskIds.js';
import type { TaskResult } from './taskPerformer.js';

const lookMs = 10;
const progressMs = 100;
const growMs = 40;
/** Lambda gives an environment so long to start. Source: Lambda Developer Guide, execution environment life cycle. */
const initLimitMs = 10_000;
/** Environments end an invocation at its deadline themselves where they can; the supervisor ends a thread that is blocked. */
const graceMs = 100;
/** The same for runtimes in a process of their own, which may still be starting when the first invocation is made. */
const foreignGraceMs = initLimitMs + 2_000;
/** Lanes pause fresh rows while so many tasks wait for a redrive: it bounds the memory. */
const maxWaiting = 100_000;
/** From this mean duration on, more lanes than processors pay. */
const slowTaskMs = 2;
const maxIdleDeaths = 3;
/** A lane whose event loop is busy for more than this share of the time computes. */
const computingShare = 0.7;
/** So many tasks a lane tell the pace of a spell; of slower ones it is known after this long that they are slow. */
const conclusiveTasks = 4;
const longestSpellMs = 400;
/** A lane that has not done its first task after so long does not start any more: its tasks are slow. */
const longestStartMs = 1000;
/** Lanes that were doubled must bring so much, or there are no more for a while. */
const worthwhileGain = 1.25;
const growPauseMs = 3000;
/** About what a lane takes to start. */
const laneStartMs = 60;

interface Slot {
  readonly index: number;
  readonly state: LaneState;
  readonly logFd: number;
  worker: Worker | undefined;
  /** The supervisor is ending the lane, so that its exit is no surprise. */
  isEnding: boolean;
  /** The lane has said that it ends to be started anew. */
  isWorn: boolean;
  /** What an uncaught error of the thread said. */
  error: Error | undefined;
  /** Deaths in a row without a task. */
  idleDeaths: number;
}

/** A stretch of time over which the pace of the lanes is judged. */
interface Spell {
  readonly sinceMs: number;
  readonly serials: number;
  readonly loops: readonly (EventLoopUtilization | undefined)[];
}

/** Runs one job's tasks to their end in worker threads, and outlives every one of them. */
export class Supervisor {
  readonly #plan: RunPlan;
  readonly #script: string;
  readonly #send: (event: HostEvent) => void;
  readonly #slots: Slot[] = [];
  /** Results of tasks whose lanes can't write them. */
  readonly #ownLog: TaskLogWriter;
  // These are set by `start`, before anything else runs.
  #waiting!: RedriveQueue;
  #run!: SharedRun;
  #reader!: ManifestReader;
  #isStarted = false;
  #outputFd = -1;
  #look: NodeJS.Timeout | undefined;
  #isVerifyNeeded = false;
  #isFinishing = false;
  #isOver = false;
  #cutAtMs = Infinity;
  #lastProgress = '';
  #lastProgressMs = 0;
  #spell: Spell | undefined;
  /** Tasks a millisecond before the last lanes were added; undefined when too few ran to tell. */
  #rateBeforeGrowth: number | undefined;
  #growAgainMs = 0;
  #earlyStop: { readonly isCancel: boolean } | undefined;

  constructor(plan: RunPlan, script: string, send: (event: HostEvent) => void) {
    this.#plan = plan;
    this.#script = script;
    this.#send = send;
    this.#ownLog = new TaskLogWriter(plan, 's');
  }

  /** Reads what earlier starts did, and starts the first lane. What follows is told by events; the last is `ended` or `broken`. */
  async start(): Promise<void> {
    if (this.#plan.crashed !== undefined) await this.#recordCrash(this.#plan.crashed);
    const { run, waiting, reader } = await openRun(this.#plan);
    this.#run = run;
    this.#waiting = waiting;
    this.#reader = reader;
    if (run.stop === stops.none) {
      this.#outputFd = openSync(outputFile(this.#plan.directory), 'a');
      this.#addLane();
    }
    this.#isStarted = true;
    this.#look = setInterval(() => this.#watch(), lookMs);
    if (this.#earlyStop === undefined) this.#watch();
    else this.stop(this.#earlyStop.isCancel);
  }

  /** In the journal before that is read, unless the task's result came there in the last moment. */
  async #recordCrash(task: CrashedTask): Promise<void> {
    const { directory, layout, jobId, generation, settings } = this.#plan;
    const { done, pending } = await summarizeLogs(directory, layout.rows);
    if (isDone(done, task.row) || (pending.get(task.row) ?? -1) >= task.attempt) return;
    const reader = new ManifestReader(manifestFile(directory), layout, new Float64Array(readChunks(directory)));
    try {
      const row = reader.readRow(task.row);
      if (row === undefined) return;
      const { errorMessage: text } = exitError(requestIdOf(jobId, generation - 1, task.row, task.attempt), task.how);
      this.#ownLog.add(row, task.attempt, functionError(text, settings));
      this.#ownLog.flush();
    } finally {
      reader.close();
    }
  }

  /** No further task is begun; running ones end by themselves, those of a cancelled job within `cancelGraceMs`. */
  stop(isCancel: boolean): void {
    if (!this.#isStarted) {
      this.#earlyStop = { isCancel };
      return;
    }
    this.#run.requestStop(stops.asked);
    if (isCancel) this.#cutAtMs = Math.min(this.#cutAtMs, Date.now() + this.#plan.settings.cancelGraceMs);
    this.#watch();
  }

  #watch(): void {
    if (this.#isOver) return;
    try {
      const nowMs = Date.now();
      this.#drainRequests(nowMs);
      if (this.#run.stop === stops.none) {
        this.#waiting.release(nowMs, (task) => this.#run.offerRedrive(task.row, task.attempt));
        this.#run.isHeld = this.#waiting.length > maxWaiting;
        this.#grow(nowMs);
      }
      this.#endHungLanes(nowMs);
      this.#report(nowMs);
      if (this.#run.stop !== stops.none) this.#endIfStopped();
      else if (!this.#isFinishing && this.#isAllDone(nowMs)) void this.#finish();
    } catch (error) {
      this.#break(errorMessage(error));
    }
  }

  #drainRequests(nowMs: number): void {
    for (const slot of this.#slots) {
      for (let task = slot.state.takeRequest(); task !== undefined; task = slot.state.takeRequest()) {
        this.#waiting.pushRedrive(task.row, task.attempt, nowMs);
      }
    }
  }

  /**
   * Lanes that compute are as many as there are processors at most; lanes that wait for something get as many as the settings allow,
   * doubling while tasks stay slow. Judged over spells in which no lane was starting.
   */
  #grow(nowMs: number): void {
    const lanes = this.#slots.length;
    const { concurrency } = this.#plan.settings;
    if (lanes === 0 || lanes >= concurrency || !(this.#run.hasChunks || this.#run.hasRedrives)) return;
    const spell = this.#spell;
    if (this.#slots.some((slot) => isStarting(slot, nowMs))) {
      this.#spell = undefined;
      return;
    }
    if (spell === undefined) {
      this.#spell = this.#beginSpell(nowMs);
      return;
    }
    const elapsedMs = nowMs - spell.sinceMs;
    if (elapsedMs < growMs) return;
    const begun = this.#slots.reduce((sum, slot) => sum + slot.state.serial, 0) - spell.serials;
    if (begun < lanes * conclusiveTasks && elapsedMs < longestSpellMs) return;
    const taskMs = (elapsedMs * lanes) / Math.max(begun, 0.001);
    const busy = this.#slots.reduce((sum, slot, index) => sum + busyShare(slot.worker, spell.loops[index]), 0) / lanes;
    // Processes of handlers compute where no event loop shows it: what counts is whether the last lanes made the job faster.
    const rate = begun >= lanes * conclusiveTasks ? begun / elapsedMs : undefined;
    if (rate !== undefined && this.#rateBeforeGrowth !== undefined && rate < this.#rateBeforeGrowth * worthwhileGain) {
      this.#growAgainMs = nowMs + growPauseMs;
    }
    this.#rateBeforeGrowth = undefined;
    const isWaiting = taskMs >= slowTaskMs && busy < computingShare && nowMs >= this.#growAgainMs;
    const target = isWaiting ? concurrency : Math.min(concurrency, availableParallelism());
    // Not for what the lanes that there are will have done before another has started.
    const left = this.#run.chunksLeft * this.#plan.layout.rowsPerChunk + (this.#run.hasRedrives ? 1 : 0);
    const isWorthIt = (left * taskMs) / lanes > laneStartMs;
    this.#spell = undefined;
    if (!isWorthIt || target <= lanes) return;
    this.#rateBeforeGrowth = rate;
    const chunks = Math.max(this.#run.chunksLeft, this.#run.hasRedrives ? 1 : 0);
    for (let added = Math.min(lanes, target - lanes, chunks); added > 0; added -= 1) this.#addLane();
  }

  #beginSpell(nowMs: number): Spell {
    return {
      sinceMs: nowMs,
      serials: this.#slots.reduce((sum, slot) => sum + slot.state.serial, 0),
      loops: this.#slots.map((slot) => slot.worker?.performance.eventLoopUtilization()),
    };
  }

  #addLane(): void {
    const index = this.#slots.length;
    const logFd = openTaskLog(this.#plan, index);
    const slot: Slot = {
      index,
      state: LaneState.create(),
      logFd,
      worker: undefined,
      isEnding: false,
      isWorn: false,
      error: undefined,
      idleDeaths: 0,
    };
    this.#slots.push(slot);
    this.#startWorker(slot);
  }

  #startWorker(slot: Slot): void {
    const start: LaneStart = {
      plan: this.#plan,
      run: this.#run.memory,
      lane: slot.state.memory,
      logFd: slot.logFd,
      outputFd: this.#outputFd,
    };
    slot.isEnding = false;
    slot.isWorn = false;
    slot.error = undefined;
    const worker = new Worker(this.#script, { workerData: start, resourceLimits: this.#memoryLimits() });
    slot.worker = worker;
    worker.on('message', (message: LaneMessage) => {
      if (message.kind === 'broken') this.#break(message.message);
      else if (message.kind === 'worn') slot.isWorn = true;
      else this.#watch();
    });
    worker.on('error', (error) => {
      slot.error = error;
    });
    worker.on('exit', (code) => {
      if (slot.worker !== worker) return;
      slot.worker = undefined;
      if (slot.isEnding || this.#isOver) return;
      try {
        if (slot.isWorn) this.#settle(slot, undefined);
        else if (this.#run.stop === stops.none || slot.state.taskCount > 0) this.#laneDied(slot, code);
      } catch (error) {
        this.#break(errorMessage(error));
      }
      this.#watch();
    });
  }

  /** A Node.js handler shares the heap of its lane: it may have what the function has. Other runtimes are processes of their own. */
  #memoryLimits(): ResourceLimits {
    const definition = this.#plan.work.definition;
    return definition?.runtime.startsWith('nodejs') === true ? { maxOldGenerationSizeMb: definition.memoryMb } : {};
  }

  /** The lane ended by itself: its handler ended the process, as Lambda would see it, or an error was never caught. */
  #laneDied(slot: Slot, code: number): void {
    const [task] = slot.state.tasks;
    const { jobId, generation } = this.#plan;
    const requestId = task === undefined ? '' : `RequestId: ${requestIdOf(jobId, generation, task.row, task.attempt)} `;
    const how = errorCode(slot.error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : `exit status ${code}`;
    const text =
      slot.error === undefined || how === 'signal: killed'
        ? `${requestId}Error: Runtime exited with error: ${how}`
        : slot.error.message;
    if (task === undefined) {
      slot.idleDeaths += 1;
      if (slot.idleDeaths >= maxIdleDeaths) {
        this.#break(`The lanes of the job end before they begin: ${text}`);
        return;
      }
    } else slot.idleDeaths = 0;
    this.#settle(slot, functionError(text, this.#plan.settings));
  }

  #endHungLanes(nowMs: number): void {
    for (const slot of this.#slots) {
      const { state } = slot;
      if (slot.worker === undefined || slot.isEnding || state.taskCount === 0) continue;
      const serial = state.serial;
      const limitMs = this.#limitMs(state.isStarting);
      if (nowMs >= state.since + limitMs) void this.#endLane(slot, serial);
      else if (nowMs >= this.#cutAtMs) void this.#endLane(slot, undefined);
    }
  }

  #limitMs(isStarting: boolean): number {
    const definition = this.#plan.work.definition;
    if (definition === null) return Infinity;
    if (isStarting) return definition.timeoutMs + initLimitMs;
    return definition.timeoutMs + (definition.runtime.startsWith('nodejs') ? graceMs : foreignGraceMs);
  }

  /** Ends a lane in the midst of its task. `serial` names the task that timed out; without it the task was only cut off. */
  async #endLane(slot: Slot, serial: number | undefined): Promise<void> {
    slot.isEnding = true;
    try {
      await slot.worker?.terminate();
      if (this.#isOver) return;
      slot.worker = undefined;
      const { state } = slot;
      // The lane may have ended that task, and begun another, before it was stopped.
      const [head] = state.tasks;
      const hasTimedOut = serial !== undefined && state.serial === serial && head !== undefined;
      this.#settle(slot, hasTimedOut ? this.#timedOut(head) : undefined);
      this.#watch();
    } catch (error) {
      this.#break(errorMessage(error));
    }
  }

  #timedOut(task: LaneTask): TaskResult {
    const { jobId, generation, work } = this.#plan;
    const requestId = requestIdOf(jobId, generation, task.row, task.attempt);
    return functionError(timeoutMessage(Date.now(), requestId, work.definition?.timeoutMs ?? 0), this.#plan.settings);
  }

  /** Saves what a lane that has ended leaves behind, and starts it anew. Its unfinished task gets `result`, or is run again. */
  #settle(slot: Slot, result: TaskResult | undefined): void {
    const { state } = slot;
    this.#isVerifyNeeded = true;
    flushLog(state, slot.logFd);
    this.#drainRequests(Date.now());
    const tasks = state.tasks;
    const last = tasks.at(-1);
    const position = state.position;
    // The last row was taken, though the lane may not have come to note it.
    if (
      position !== undefined &&
      last !== undefined &&
      position.chunk * this.#plan.layout.rowsPerChunk + position.ordinal === last.row
    ) {
      state.advance(position.ordinal + 1);
    }
    const [head, ...behind] = state.isCommitted ? [undefined, ...tasks.slice(1)] : tasks;
    if (head !== undefined) {
      if (result === undefined) this.#waiting.pushNow(head.row, head.attempt);
      else this.#recordFor(head, result);
    }
    for (const task of behind) if (task !== undefined) this.#waiting.pushNow(task.row, task.attempt);
    state.clear();
    if (this.#run.stop !== stops.none) return;
    state.isBusy = true;
    this.#startWorker(slot);
  }

  /** Writes the result of a task whose lane can't. */
  #recordFor(task: LaneTask, result: TaskResult): void {
    const row = this.#reader.readRow(task.row);
    if (row === undefined) throw new BatchError('Internal', `The manifest has no row ${task.row}.`);
    const isRetry = this.#ownLog.add(row, task.attempt, result);
    this.#ownLog.flush();
    if (isRetry) {
      this.#waiting.pushRedrive(task.row, task.attempt + 1, Date.now());
      return;
    }
    this.#run.count(false);
  }

  #report(nowMs: number): void {
    if (nowMs - this.#lastProgressMs < progressMs) return;
    this.#lastProgressMs = nowMs;
    const { succeeded, failed } = this.#run;
    const lanes = this.#slots.length;
    const progress = `${succeeded} ${failed} ${lanes}`;
    if (progress === this.#lastProgress) return;
    this.#lastProgress = progress;
    this.#send({ kind: 'progress', succeeded, failed, lanes });
  }

  /** In this order: a lane is busy before it takes work, and asks for redrives before it is idle. */
  #isAllDone(nowMs: number): boolean {
    if (this.#run.hasChunks || this.#run.hasRedrives || this.#waiting.length > 0) return false;
    if (this.#slots.some((slot) => slot.isEnding && slot.worker !== undefined)) return false;
    if (this.#slots.some(({ state }) => state.isBusy || state.position !== undefined || state.taskCount > 0)) return false;
    this.#drainRequests(nowMs);
    return this.#waiting.length === 0 && !this.#run.hasRedrives;
  }

  /** Counts anew where a lane was ended, because its last steps may not all have been taken; rows without result run again. */
  async #finish(): Promise<void> {
    this.#isFinishing = true;
    try {
      const { directory, layout } = this.#plan;
      if (this.#isVerifyNeeded) {
        this.#isVerifyNeeded = false;
        const summary = await summarizeLogs(directory, layout.rows);
        this.#run.setCounts(summary.succeeded, summary.failed);
        for (let row = 0; row < layout.rows; row += 1) {
          if (isDone(summary.done, row)) continue;
          const attempt = summary.pending.get(row);
          this.#waiting.pushNow(row, attempt === undefined ? 0 : Math.min(attempt + 1, this.#plan.settings.redrives));
        }
      }
      if (this.#waiting.length === 0) this.#run.requestStop(stops.finished);
      else if (this.#slots.length === 0) this.#addLane();
    } catch (error) {
      this.#break(errorMessage(error));
    } finally {
      this.#isFinishing = false;
    }
    this.#watch();
  }

  #endIfStopped(): void {
    if (this.#run.stop === stops.threshold && this.#cutAtMs === Infinity)
      this.#cutAtMs = Date.now() + this.#plan.settings.cancelGraceMs;
    if (this.#slots.some((slot) => slot.worker !== undefined)) return;
    const { stop, succeeded, failed } = this.#run;
    const reason = stop === stops.threshold ? 'threshold' : stop === stops.finished ? 'finished' : 'stopped';
    for (const slot of this.#slots) flushLog(slot.state, slot.logFd);
    this.#close();
    this.#send({ kind: 'ended', reason, succeeded, failed });
  }

  #break(message: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#look);
    this.#send({ kind: 'broken', message });
  }

  /** Throws when the journal can't be brought to the disk: then the run has not ended well. */
  #close(): void {
    clearInterval(this.#look);
    this.#reader.close();
    this.#ownLog.close();
    for (const { logFd } of this.#slots) {
      fdatasyncSync(logFd);
      closeSync(logFd);
    }
    if (this.#outputFd >= 0) closeSync(this.#outputFd);
    this.#isOver = true;
  }
}

/** A process for the handler starts only after the environment is there, so the first task tells. */
function isStarting({ state, worker }: Slot, nowMs: number): boolean {
  if (worker === undefined || state.serial === 0 || state.isStarting) return true;
  return state.serial === 1 && state.taskCount > 0 && nowMs - state.since < longestStartMs;
}

function busyShare(worker: Worker | undefined, since: EventLoopUtilization | undefined): number {
  return worker === undefined || since === undefined ? 0 : worker.performance.eventLoopUtilization(since).utilization;
}
