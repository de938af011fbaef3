import { closeSync, fdatasyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { BatchError, errorMessage } from '../../base/errors.js';
import { logDirectory, taskLogName } from './jobFiles.js';
import { commitResult, flushLog, isLogFull, outcomeOf } from './laneLog.js';
import type { ManifestRow } from './manifestReader.js';
import type { JobPlan } from './runPlan.js';
import { LaneState } from './sharedState.js';
import { outcomes } from './taskLog.js';
import type { TaskResult } from './taskPerformer.js';

/** Makes a log file of this start. Exclusive: should it exist, another host has this generation, and must not be written over. */
export function openTaskLog({ directory, generation }: JobPlan, name: number | 's'): number {
  mkdirSync(logDirectory(directory), { recursive: true });
  return openSync(join(logDirectory(directory), taskLogName(generation, name)), 'ax');
}

export function journalBroken(error: unknown): string {
  return `The job's journal can't be written: ${errorMessage(error)}`;
}

/** One task log that a single thread writes. Its file is made with the first record. */
export class TaskLogWriter {
  readonly #plan: JobPlan;
  readonly #name: number | 's';
  readonly #state = LaneState.create();
  #fd: number | undefined;

  constructor(plan: JobPlan, name: number | 's') {
    this.#plan = plan;
    this.#name = name;
  }

  /** Adds a result; it is in the file after `flush`. True when the task is to be tried again. Throws `JournalBroken`. */
  add(row: ManifestRow, attempt: number, result: TaskResult): boolean {
    const isRetry = result.isRetryable && attempt < this.#plan.settings.redrives;
    commitResult(this.#state, row, isRetry ? outcomes.retry : outcomeOf(result), attempt, result, this.#plan);
    if (isLogFull(this.#state)) this.flush();
    return isRetry;
  }

  /** Throws `JournalBroken`; what could not be written stays for the next call. */
  flush(): void {
    if (this.#state.committed === 0) return;
    try {
      this.#fd ??= openTaskLog(this.#plan, this.#name);
      flushLog(this.#state, this.#fd);
    } catch (error) {
      throw new BatchError('JournalBroken', journalBroken(error), { cause: error });
    }
    this.#state.committed = 0;
    this.#state.flushed = 0;
  }

  /** Resolves what is left to the disk. Throws `JournalBroken`. */
  close(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    try {
      fdatasyncSync(fd);
    } catch (error) {
      throw new BatchError('JournalBroken', journalBroken(error), { cause: error });
    } finally {
      closeSync(fd);
    }
  }
}
