import { Emitter, type Event } from '../../base/emitter.js';
import type { JobListItem } from '../../core/job/jobTypes.js';
import { isEmptyFilter, type JobFilter, parseJobFilter } from '../../core/view/jobFilter.js';
import type { JobReference } from '../platform/jobReference.js';

export type Grouping = 'target' | 'status';

/** The part of `vscode.Memento` that is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const keys = { grouping: 's3batch.jobs.grouping', pinned: 's3batch.jobs.pinned', looked: 's3batch.jobs.lookedAt' } as const;
/** What was looked at is written down this often at most. */
const lookedEveryMs = 30_000;

/** How somebody wants to see the jobs of this workspace: grouping and pins are remembered, the filter lasts as long as the window. */
export class JobViewState {
  readonly #memory: Memory;
  readonly #onError: (error: unknown) => void;
  readonly #pinned: Map<string, JobReference>;
  readonly #changed = new Emitter<void>();
  readonly #lookedBefore: Readonly<Record<string, number>>;
  readonly #lookedNow: Record<string, number>;
  readonly #firstLooks = new Map<string, number>();
  #grouping: Grouping;
  #filterText = '';
  #filter: JobFilter | undefined;
  #isAwayDismissed = false;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(memory: Memory, onError: (error: unknown) => void) {
    this.#memory = memory;
    this.#onError = onError;
    this.#grouping = memory.get(keys.grouping) === 'status' ? 'status' : 'target';
    this.#pinned = new Map(((memory.get(keys.pinned) ?? []) as readonly JobReference[]).map((job) => [keyOf(job), job]));
    this.#lookedBefore = (memory.get(keys.looked) ?? {}) as Record<string, number>;
    this.#lookedNow = { ...this.#lookedBefore };
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  setGrouping(grouping: Grouping): void {
    this.#grouping = grouping;
    this.#changed.fire();
    this.#remember(keys.grouping, grouping);
  }

  get hasPins(): boolean {
    return this.#pinned.size > 0;
  }

  isPinned(job: JobReference): boolean {
    return this.#pinned.has(keyOf(job));
  }

  setPinned(jobs: readonly JobReference[], isPinned: boolean): void {
    for (const { targetId, jobId } of jobs) {
      if (isPinned) this.#pinned.set(keyOf({ targetId, jobId }), { targetId, jobId });
      else this.#pinned.delete(keyOf({ targetId, jobId }));
    }
    this.#changed.fire();
    this.#remember(keys.pinned, [...this.#pinned.values()]);
  }

  get filterText(): string {
    return this.#filterText;
  }

  /** Undefined when every job is shown. */
  get filter(): JobFilter | undefined {
    return this.#filter;
  }

  setFilter(text: string): void {
    const { filter } = parseJobFilter(text);
    this.#filterText = text.trim();
    this.#filter = isEmptyFilter(filter) ? undefined : filter;
    this.#changed.fire();
  }

  /** The job ended after this workspace was last looked at, and before this window did. */
  endedAway(targetId: string, job: JobListItem): boolean {
    const before = this.#lookedBefore[targetId];
    const first = this.#firstLooks.get(targetId);
    if (this.#isAwayDismissed || before === undefined || first === undefined || job.TerminationDate === undefined) return false;
    const endedAtMs = Date.parse(job.TerminationDate);
    return endedAtMs > before && endedAtMs < first;
  }

  dismissAway(): void {
    this.#isAwayDismissed = true;
    this.#changed.fire();
  }

  /** The jobs of a target are on the screen, as they were at this time. True the first time, when it is known what ended before. */
  noteLook(targetId: string, atMs: number): boolean {
    const isFirst = !this.#firstLooks.has(targetId);
    if (isFirst) this.#firstLooks.set(targetId, atMs);
    if (atMs - (this.#lookedNow[targetId] ?? 0) >= lookedEveryMs) {
      this.#lookedNow[targetId] = atMs;
      this.#remember(keys.looked, { ...this.#lookedNow });
    }
    return isFirst;
  }

  /** What can't be remembered is not worth stopping for; the next change tries again. */
  #remember(key: string, value: unknown): void {
    this.#memory.update(key, value).then(undefined, (error: unknown) => this.#onError(error));
  }
}

function keyOf({ targetId, jobId }: JobReference): string {
  return `${targetId}/${jobId}`;
}
