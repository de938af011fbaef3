import type { ManifestRow } from './manifestReader.js';

/** How one attempt of a task ended. The members are those of its report row. */
export interface TaskResult {
  readonly kind: 'succeeded' | 'failed';
  readonly httpStatus: number;
  /** Empty when it succeeded. */
  readonly errorCode: string;
  readonly message: string;
  /** A failure that another attempt may mend: it counts as the task's result only when there are no redrives left. */
  readonly isRetryable: boolean;
}

export interface TaskAttempt extends ManifestRow {
  /** 0 for the first, then one more a redrive. */
  readonly attempt: number;
  /** Milliseconds since the epoch at which the task was handed over; absent: now. */
  readonly sinceMs?: number;
}

/** Performs one operation's tasks in a lane, one after the other. Mistakes of a row or a handler are results, not rejections. */
export interface TaskPerformer {
  /** False when the lane should be started anew: code of an earlier task may still be running in it. Absent: always usable. */
  readonly isUsable?: boolean;
  /** Tasks that may be handed over at once; they are still worked through one by one, in their order. Absent: one. */
  readonly queueLength?: number;
  perform(task: TaskAttempt): Promise<TaskResult>;
  /** The same without a promise: calls back once, perhaps before it returns. Absent: only `perform`. */
  begin?(task: TaskAttempt, onResult: (result: TaskResult) => void): void;
  dispose(): Promise<void>;
}

/** What a performer writes for people to read goes here, a line at a time. */
export type OutputSink = (stream: 'stdout' | 'stderr', line: string) => void;
