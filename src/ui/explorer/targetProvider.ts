import type { Event } from '../../base/emitter.js';
import type { ObjectSource } from '../../core/job/fetchObjects.js';
import type { Target, TargetClient } from '../../core/job/target.js';

/** The targets of this window and the way to their clients. */
export interface TargetProvider {
  readonly targets: readonly Target[];
  /** Fires when a target came, went, or became reachable or not. */
  readonly onDidChange: Event<void>;
  /** A client of the target if it can be asked as it is; undefined when something would have to be started first. */
  reachable(targetId: string): Promise<TargetClient | undefined>;
  /** A client of the target; starts what it needs. Rejects with a BatchError. */
  client(targetId: string): Promise<TargetClient>;
  /** The buckets of an AWS target, to be read and nothing else; whoever opens it disposes of it. Rejects with a BatchError. */
  openSource(targetId: string): Promise<ObjectSource>;
  /** A person waits for the target: what it needs to know of them is asked at once. */
  isNeeded(targetId: string): void;
  /** A person asks again after a failure: credentials are looked for anew, and codes may be asked for again. */
  retry(targetId: string): void;
}
