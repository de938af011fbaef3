import type { CreateEnvironment } from '../run/lambdaPerformer.js';
import type { TaskAttempt } from '../run/taskPerformer.js';

export type Print = (stream: 'stdout' | 'stderr', line: string) => void;

/** The process that a debugger looks at: there the handler runs. */
export interface HandlerHost {
  readonly createEnvironment: CreateEnvironment;
  readonly print: Print;
  /** The process has ended: no more rows can be run in it. */
  readonly isGone: boolean;
  /** Resolves when it has; never while it is this process. */
  readonly gone: Promise<void>;
  /** Lets the debugger stop before the handler is called for this task, which comes next. */
  stopBefore(task: Pick<TaskAttempt, 'row' | 'bucket' | 'keyField'>, event: unknown): void;
  /** Ends the process. */
  end(status: number): void;
}
