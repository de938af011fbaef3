import { SeededRandom } from '../../core/manifest/making/random.js';
import type { TaskAttempt, TaskPerformer, TaskResult } from './taskPerformer.js';

/** What a task meets. `throttled`: refused before anything was done. `lost`: done, but its answer does not come back in time. */
type Fault = 'none' | 'throttled' | 'lost';

/** One attempt in so many is throttled, and one in so many loses its answer. */
const oneIn = 8;

/**
 * Faults such as a busy service has, so that what is not idempotent shows: the same ones for the same seed, row and attempt. The last
 * attempt that the redrives allow has none: every task comes to its own result.
 */
export function withFaults(performer: TaskPerformer, plan: FaultPlan): TaskPerformer {
  if (plan.chaosSeed === undefined) return performer;
  const { queueLength } = performer;
  return {
    get isUsable() {
      return performer.isUsable ?? true;
    },
    ...(queueLength === undefined ? {} : { queueLength }),
    perform: faultyPerform((task) => performer.perform(task), plan),
    dispose: () => performer.dispose(),
  };
}

export interface FaultPlan {
  /** Absent: no faults. */
  readonly chaosSeed?: number;
  readonly settings: { readonly redrives: number };
}

/** A task that was cut off, and so has no result, stays one. */
export function faultyPerform<Result extends TaskResult | undefined, More extends readonly unknown[]>(
  perform: (task: TaskAttempt, ...more: More) => Promise<Result>,
  { chaosSeed, settings }: FaultPlan,
): (task: TaskAttempt, ...more: More) => Promise<Result | TaskResult> {
  if (chaosSeed === undefined) return perform;
  return async (task, ...more) => {
    const fault = task.attempt < settings.redrives ? faultOf(chaosSeed, task) : 'none';
    if (fault === 'throttled') return throttled;
    const result = await perform(task, ...more);
    return fault === 'lost' && result !== undefined ? lost : result;
  };
}

function faultOf(seed: number, { row, attempt }: TaskAttempt): Fault {
  // The generator begins with the seed's own bits well mixed: neighbouring rows have nothing in common.
  const draw = new SeededRandom((seed % 0x10_0000) * 0x1_0000_0000 + ((row * 16 + attempt) >>> 0)).below(oneIn);
  return draw === 0 ? 'throttled' : draw === 1 ? 'lost' : 'none';
}

const throttled: TaskResult = {
  kind: 'failed',
  httpStatus: 503,
  errorCode: 'SlowDown',
  message: 'Please reduce your request rate. (made by the chaos switch)',
  isRetryable: true,
};

const lost: TaskResult = {
  kind: 'failed',
  httpStatus: 200,
  errorCode: 'TemporaryFailure',
  message: 'The task timed out after it was done. (made by the chaos switch)',
  isRetryable: true,
};
