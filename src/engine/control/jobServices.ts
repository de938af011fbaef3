import type { EngineLog, FunctionRegistry } from '../contracts.js';
import type { VersionedObjectStore } from '../objectStore.js';
import type { ReadThrough } from '../readThrough/readThrough.js';
import type { RunPlan, TaskCounts } from '../run/runPlan.js';
import type { RunProcess } from '../run/runProcess.js';

/** What the job side needs of the rest of the engine. */
export interface JobServices {
  readonly store: VersionedObjectStore;
  readonly functions: FunctionRegistry;
  readonly readThrough: ReadThrough;
  /** Starts what runs the tasks of a job that invokes a function. */
  readonly startRun: StartRun;
}

export type StartRun = (options: {
  readonly plan: RunPlan;
  readonly log: EngineLog;
  readonly onProgress: (counts: TaskCounts) => void;
}) => RunProcess;
