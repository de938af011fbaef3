import { type Clock } from '../../base/clock.js';
import type { Disposable } from '../../base/disposable.js';
import type { JobStatus } from '../../core/job/jobTypes.js';
import { canTransition, confirmationDays, isTerminal, retentionDays } from '../../core/job/lifecycle.js';
import type { EngineLog } from '../contracts.js';
import type { TaskCounts } from '../run/runPlan.js';
import { emulatedText } from '../emulatedText.js';
import type { JobChanges, JobRecord } from './jobRecord.js';
import type { JobStore } from './jobStore.js';

const dayMs = 24 * 60 * 60 * 1000;
/** Timers can't wait for weeks; and a machine may sleep. */
const longestWaitMs = 60 * 60 * 1000;

interface Entry {
  record: JobRecord;
  /** Of the run that is under way. */
  live: TaskCounts | undefined;
  activeSinceMs: number | undefined;
  /** Changes of one job follow one another. */
  queue: Promise<unknown>;
  isRemoved: boolean;
}

export type JobListener = (record: JobRecord) => void;

/** The jobs of this engine in memory, in step with the disk: a change is visible only after it has been saved. */
export class Jobs {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #log: EngineLog;
  readonly #entries = new Map<string, Entry>();
  #sequence = 0;
  #timer: Disposable | undefined;
  #isStopped = false;
  /** Called after every change of status or priority. */
  onChange: JobListener = () => undefined;

  constructor(store: JobStore, clock: Clock, log: EngineLog) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  async load(): Promise<void> {
    for (const record of await this.#store.load()) {
      this.#entries.set(record.id, newEntry(record));
      this.#sequence = Math.max(this.#sequence, record.sequence);
    }
    await this.expire();
  }

  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  directory(jobId: string): string {
    return this.#store.directory(jobId);
  }

  /** undefined for a job that there is not, or no longer. */
  get(jobId: string): JobRecord | undefined {
    const record = this.#entries.get(jobId)?.record;
    return record === undefined || this.#isPastRetention(record) ? undefined : record;
  }

  /** Newest first. */
  list(): JobRecord[] {
    return [...this.#entries.values()]
      .map((entry) => entry.record)
      .filter((record) => !this.#isPastRetention(record))
      .toSorted((left, right) => right.sequence - left.sequence);
  }

  counts(jobId: string): TaskCounts {
    const entry = this.#entries.get(jobId);
    return entry?.live ?? { succeeded: entry?.record.succeeded ?? 0, failed: entry?.record.failed ?? 0 };
  }

  setLive(jobId: string, counts: TaskCounts): void {
    const entry = this.#entries.get(jobId);
    if (entry !== undefined) entry.live = counts;
  }

  /** How long the job has been active, the present spell included. */
  activeMs(jobId: string): number {
    const entry = this.#entries.get(jobId);
    if (entry === undefined) return 0;
    const spell = entry.activeSinceMs === undefined ? 0 : this.#clock.now() - entry.activeSinceMs;
    return entry.record.activeMs + Math.max(0, spell);
  }

  async add(record: JobRecord): Promise<void> {
    await this.#store.save(record);
    this.#entries.set(record.id, newEntry(record));
    this.onChange(record);
  }

  /** Changes anything but the status. Gives the new record, or undefined when the job is gone. */
  update(jobId: string, change: (record: JobRecord) => JobChanges): Promise<JobRecord | undefined> {
    return this.#inTurn(jobId, async (entry) => {
      await this.#save(entry, { ...entry.record, ...change(entry.record) });
      this.onChange(entry.record);
      return entry.record;
    });
  }

  /**
   * Moves the job to `to` if it is still in one of `from`. Gives the new record; undefined when it was not, because somebody else was
   * faster. Rejects when the disk does.
   */
  transition(
    jobId: string,
    from: readonly JobStatus[],
    to: JobStatus,
    change: (record: JobRecord) => JobChanges = () => ({}),
  ): Promise<JobRecord | undefined> {
    return this.#inTurn(jobId, async (entry) => {
      const { record } = entry;
      if (!from.includes(record.status) || !canTransition(record.status, to)) return undefined;
      const nowMs = this.#clock.now();
      const counts = entry.live ?? {};
      const next: JobRecord = {
        ...record,
        ...counts,
        ...(record.status === 'Active' ? { activeMs: Math.round(this.activeMs(jobId)) } : {}),
        ...(isTerminal(to) ? { terminatedAt: new Date(nowMs).toISOString() } : {}),
        ...change(record),
        status: to,
      };
      await this.#save(entry, next);
      entry.activeSinceMs = to === 'Active' ? nowMs : undefined;
      if (to !== 'Active') entry.live = undefined;
      this.#log.info(`job ${jobId}: ${record.status} -> ${to}`);
      this.#plan();
      this.onChange(next);
      return next;
    });
  }

  /** The job runs again after a restart of the engine, without a change of status. */
  markActive(jobId: string): void {
    const entry = this.#entries.get(jobId);
    if (entry !== undefined) entry.activeSinceMs ??= this.#clock.now();
  }

  /** Fails jobs that waited too long for their confirmation, and removes those that ended long ago. */
  async expire(): Promise<void> {
    const nowMs = this.#clock.now();
    for (const { record } of this.#entries.values()) {
      if (this.#isStopped) return;
      if (this.#isPastRetention(record)) {
        await this.#inTurn(record.id, async (entry) => {
          await this.#store.remove(record.id);
          entry.isRemoved = true;
          this.#entries.delete(record.id);
        });
      } else if (record.status === 'Suspended' && nowMs >= expiryOf(record)) {
        await this.transition(record.id, ['Suspended'], 'Failed', () => ({
          // The page names the 30 days but no text.
          failures: [
            {
              FailureCode: 'JobExpired',
              FailureReason: `The job was not confirmed within ${confirmationDays} days ${emulatedText}`,
            },
          ],
        }));
      }
    }
    this.#plan();
  }

  /** Nothing expires any more. */
  stopExpiry(): void {
    this.#isStopped = true;
    this.#timer?.dispose();
  }

  /**
   * Resolves when every change under way is on the disk: whoever opens the folder next must not find a job as it was before a change
   * that has been told.
   */
  async settled(): Promise<void> {
    for (let queues: readonly Promise<unknown>[] = []; ;) {
      const now = [...this.#entries.values()].map((entry) => entry.queue);
      if (now.length === queues.length && now.every((queue, index) => queue === queues[index])) return;
      queues = now;
      await Promise.all(queues);
    }
  }

  #plan(): void {
    this.#timer?.dispose();
    if (this.#isStopped) return;
    const due = Math.min(...[...this.#entries.values()].map((entry) => expiryOf(entry.record)));
    if (due === Infinity) return;
    const waitMs = Math.min(longestWaitMs, Math.max(1, due - this.#clock.now()));
    this.#timer = this.#clock.schedule(waitMs, () => {
      this.expire().catch((error: unknown) => this.#log.error('Old jobs could not be cleared away.', error));
    });
  }

  #isPastRetention(record: JobRecord): boolean {
    return isTerminal(record.status) && this.#clock.now() >= expiryOf(record);
  }

  async #save(entry: Entry, record: JobRecord): Promise<void> {
    await this.#store.save(record);
    entry.record = record;
  }

  #inTurn<T>(jobId: string, action: (entry: Entry) => Promise<T>): Promise<T | undefined> {
    const entry = this.#entries.get(jobId);
    if (entry === undefined) return Promise.resolve(undefined);
    const result = entry.queue.then(() => (entry.isRemoved ? undefined : action(entry)));
    // The next change is tried even when this one failed; its own caller hears of it.
    entry.queue = result.catch(() => undefined);
    return result;
  }
}

function newEntry(record: JobRecord): Entry {
  return { record, live: undefined, activeSinceMs: undefined, queue: Promise.resolve(), isRemoved: false };
}

/** When the clock alone changes something about the job, in milliseconds since the epoch. */
function expiryOf(record: JobRecord): number {
  if (record.status === 'Suspended' && record.suspendedAt !== undefined) {
    return Date.parse(record.suspendedAt) + confirmationDays * dayMs + 1;
  }
  if (record.terminatedAt !== undefined) return Date.parse(record.terminatedAt) + retentionDays * dayMs;
  return Infinity;
}
