import type { Clock } from '../../base/clock.js';
import { type Deferred, deferred } from '../../base/async.js';
import type { Disposable } from '../../base/disposable.js';
import { BatchError } from '../../base/errors.js';
import type { Tag } from '../../core/job/jobTypes.js';
import type { Missed, MissedObject } from '../../core/job/readThrough.js';
import { readThroughTag } from '../../core/job/runTags.js';
import { currentJob } from '../changes/jobScope.js';
import { ServiceError } from '../serviceError.js';

/** How long a question waits for a miss. */
const waitMs = 10_000;
/** Whoever has not asked for so long has gone: its process ended, or its window was closed. */
const goneMs = 5_000;

/** Code of the error, and of the failure of a job that was to begin then. */
export const fetcherGone = 'FetcherGone';
const goneReason = 'What fetched the objects of this job has gone: its window was closed, or its command ended.';

type Address = Omit<MissedObject, 'number'>;

/** Ends jobs for a reason that people read. */
export type CancelJobs = (jobIds: readonly string[], reason: string) => void;

/**
 * Jobs whose reads fall through, and who is asked for what they miss. Each address is asked for once in a session: what the job deletes
 * afterwards stays deleted.
 */
export class ReadThrough {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #byJob = new Map<string, Session>();
  /** Set once there is somebody who can. */
  cancelJobs: CancelJobs = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens a session; one that is open already stays as it is. */
  open(sessionId: string): void {
    if (this.#sessions.has(sessionId)) return;
    const session = new Session(this.#clock, () => this.#end(sessionId, goneReason));
    this.#sessions.set(sessionId, session);
  }

  /** What a session's jobs have missed since the last time; waits for some seconds when there is nothing. */
  async next(sessionId: string): Promise<Missed> {
    return await this.#get(sessionId).next();
  }

  settle(sessionId: string, numbers: readonly number[]): void {
    this.#get(sessionId).settle(numbers);
  }

  /** Ends a session; without a reason only when its jobs have ended, they too are cancelled else. */
  close(sessionId: string, reason: string | undefined): void {
    this.#end(sessionId, reason ?? goneReason);
  }

  /** The job's reads fall through from now on, if a tag says so. Throws `FetcherGone` when nobody answers for the session any more. */
  join(jobId: string, tags: readonly Tag[]): void {
    const sessionId = tags.find(({ Key }) => Key === readThroughTag)?.Value;
    if (sessionId === undefined) return;
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw new BatchError(fetcherGone, goneReason);
    session.jobs.add(jobId);
    this.#byJob.set(jobId, session);
  }

  /** The job has come to its end. */
  leave(jobId: string): void {
    const session = this.#byJob.get(jobId);
    this.#byJob.delete(jobId);
    session?.leave(jobId);
  }

  /** False while no job's reads fall through, which is nearly always. */
  get isNeeded(): boolean {
    return this.#byJob.size > 0;
  }

  /**
   * Sees to it that what the current job names was looked for on the real side, unless it `isThere`. Undefined when there is nothing to
   * wait for. The store calls it before each use of an object, and of a bucket.
   */
  ensure(address: Address, isThere: () => Promise<boolean>): Promise<void> | undefined {
    const jobId = currentJob();
    return jobId === undefined ? undefined : this.#byJob.get(jobId)?.ensure(address, isThere);
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.fail(goneReason);
    this.#sessions.clear();
    this.#byJob.clear();
  }

  #get(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw new ServiceError(404, 'NoSuchSession', 'There is no such session.');
    return session;
  }

  #end(sessionId: string, reason: string): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#sessions.delete(sessionId);
    session.fail(reason);
    // They stay bound to it until they have ended: what they miss meanwhile is an error and not an object that is not there.
    if (session.jobs.size > 0) this.cancelJobs([...session.jobs], reason);
  }
}

class Session {
  readonly jobs = new Set<string>();
  readonly #clock: Clock;
  readonly #onGone: () => void;
  readonly #settled = new Set<string>();
  readonly #waiting = new Map<string, Deferred<void>>();
  readonly #names = new Map<number, string>();
  #missed: MissedObject[] = [];
  #number = 0;
  #endedJobs = 0;
  #toldEndedJobs = 0;
  #failure: string | undefined;
  #wake: (() => void) | undefined;
  #gone: Disposable | undefined;

  constructor(clock: Clock, onGone: () => void) {
    this.#clock = clock;
    this.#onGone = onGone;
    this.#awaitQuestion();
  }

  ensure(address: Address, isThere: () => Promise<boolean>): Promise<void> | undefined {
    const name = JSON.stringify([address.bucket, address.key, address.versionId]);
    return this.#settled.has(name) ? undefined : this.#ask(name, address, isThere);
  }

  async #ask(name: string, address: Address, isThere: () => Promise<boolean>): Promise<void> {
    if (await isThere()) {
      this.#settled.add(name);
      return;
    }
    if (this.#failure !== undefined) throw unavailable(this.#failure);
    let asked = this.#waiting.get(name);
    if (asked === undefined && !this.#settled.has(name)) {
      asked = deferred();
      this.#number += 1;
      this.#waiting.set(name, asked);
      this.#names.set(this.#number, name);
      this.#missed.push({ number: this.#number, ...address });
      this.#wake?.();
    }
    await asked?.promise;
  }

  async next(): Promise<Missed> {
    this.#gone?.dispose();
    if (this.#missed.length === 0 && this.#toldEndedJobs === this.#endedJobs) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.schedule(waitMs, resolve);
        this.#wake = () => {
          timer.dispose();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    // Misses of one moment go together: one more turn of the event loop, in which others may come.
    if (this.#missed.length > 0) await new Promise((resolve) => setImmediate(resolve));
    const missed = this.#missed;
    this.#missed = [];
    this.#toldEndedJobs = this.#endedJobs;
    this.#awaitQuestion();
    return { missed, endedJobs: this.#endedJobs };
  }

  settle(numbers: readonly number[]): void {
    for (const number of numbers) {
      const name = this.#names.get(number);
      if (name === undefined) continue;
      this.#names.delete(number);
      this.#settled.add(name);
      this.#waiting.get(name)?.resolve();
      this.#waiting.delete(name);
    }
  }

  leave(jobId: string): void {
    if (!this.jobs.delete(jobId)) return;
    this.#endedJobs += 1;
    this.#wake?.();
  }

  fail(reason: string): void {
    this.#failure ??= reason;
    this.#gone?.dispose();
    for (const asked of this.#waiting.values()) asked.reject(unavailable(reason));
    this.#waiting.clear();
    this.#wake?.();
  }

  #awaitQuestion(): void {
    this.#gone?.dispose();
    if (this.#failure === undefined) this.#gone = this.#clock.schedule(goneMs, this.#onGone);
  }
}

function unavailable(reason: string): ServiceError {
  return new ServiceError(503, 'ServiceUnavailable', reason);
}
