import type { Clock } from '../../base/clock.js';
import { type Disposable, DisposableStore } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import { BatchError, errorCode, errorMessage, isBatchError, isCancelled } from '../../base/errors.js';
import type { JobDescriptor, JobListItem, Tag } from '../../core/job/jobTypes.js';
import { isSignInError } from '../../core/job/signIn.js';
import type { Target, TargetClient } from '../../core/job/target.js';
import { changeBetween, type JobList, unfinishedJobs, withFirstPage, withJobs, withNextPage } from '../../core/view/jobList.js';
import { countsOf, hasEnded } from '../../core/view/jobOutcome.js';
import type { StatusPoint } from '../../core/view/jobTimeline.js';
import { type Pace, ProgressHistory, type ProgressPoint } from '../../core/view/progressHistory.js';
import type { JobReference } from '../platform/jobReference.js';
import type { TargetProvider } from './targetProvider.js';

/** What is known of a target's jobs. With an error, `list` is what was known before it. */
export interface TargetState {
  readonly target: Target;
  readonly list: JobList | undefined;
  readonly error: BatchError | undefined;
  /** False while the target could not be asked without starting it. */
  readonly isReachable: boolean;
  /** Milliseconds since the epoch; undefined before the first time. */
  readonly readAtMs: number | undefined;
}

export interface StoreChange {
  readonly targetId: string;
  /** Show the target's whole list anew. */
  readonly isListChanged: boolean;
  /** Show these jobs anew. */
  readonly changed: ReadonlySet<string>;
}

export interface JobDetails {
  readonly descriptor: JobDescriptor;
  /** Undefined when they could not be read; the rest of the job is worth showing without them. */
  readonly tags: readonly Tag[] | undefined;
}

export interface EndedJob extends JobReference {
  readonly job: JobListItem;
}

export interface FollowedEnd extends EndedJob {
  /** It was followed by an earlier window, and ended before this one looked. */
  readonly wasAway: boolean;
}

export interface JobStoreOptions {
  readonly targets: TargetProvider;
  readonly clock: Clock;
  /** Jobs that an earlier window followed. */
  readonly followed?: readonly JobReference[];
  /** A failure that nobody asked about: one refresh of many. */
  readonly onError: (what: string, error: unknown) => void;
}

/** Jobs in one page: of a target that is asked every second as few as will do, of AWS as many as there can be (ListJobs). */
const pageSizes = { local: 100, aws: 1000 } as const;
const nextPageSize = 1000;
/** Jobs beyond the first page that are asked about one by one in one refresh. */
const maxDescribed = { local: 25, aws: 5 } as const;
/** AWS: S3 User Guide, troubleshooting-batch-operations: do not poll a job more often. */
const intervalMs = { local: 1000, aws: 30_000 } as const;
const maxIntervalMs = { local: 60_000, aws: 600_000 } as const;

interface TargetEntry {
  readonly target: Target;
  list: JobList | undefined;
  /** The jobs of the list. */
  byId: ReadonlyMap<string, JobListItem>;
  error: BatchError | undefined;
  isReachable: boolean;
  readAtMs: number | undefined;
  /** When it was last asked, with or without success. */
  askedAtMs: number | undefined;
  failures: number;
  timer: Disposable | undefined;
  refreshing: Promise<void> | undefined;
}

/**
 * The jobs of all targets: reads them while somebody looks or follows a job, and says what changed. One ListJobs a round and target;
 * only followed or unfinished jobs beyond its page are described. Backs off while a target fails and keeps what was known.
 */
export class JobStore implements Disposable {
  readonly #options: JobStoreOptions;
  readonly #entries = new Map<string, TargetEntry>();
  readonly #followed = new Map<string, JobReference>();
  /** Keys of followed jobs that were taken over and not seen since. */
  readonly #takenOver = new Set<string>();
  readonly #histories = new Map<string, ProgressHistory>();
  readonly #details = new Map<string, { readonly job: JobListItem | undefined; readonly details: Promise<JobDetails> }>();
  readonly #changed = new Emitter<StoreChange>();
  readonly #ended = new Emitter<FollowedEnd>();
  readonly #followedChanged = new Emitter<readonly JobReference[]>();
  readonly #described = new Emitter<JobReference & JobDetails>();
  readonly #abort = new AbortController();
  readonly #disposables = new DisposableStore();
  #isVisible = false;

  readonly onDidChange: Event<StoreChange> = this.#changed.event;
  /** A followed job has ended; it is followed no more. */
  readonly onDidEnd: Event<FollowedEnd> = this.#ended.event;
  readonly onDidChangeFollowed: Event<readonly JobReference[]> = this.#followedChanged.event;
  /** A job was read as a whole. */
  readonly onDidDescribe: Event<JobReference & JobDetails> = this.#described.event;

  constructor(options: JobStoreOptions) {
    this.#options = options;
    for (const { targetId, jobId } of options.followed ?? []) {
      const key = keyOf({ targetId, jobId });
      this.#followed.set(key, { targetId, jobId });
      this.#takenOver.add(key);
    }
    this.#disposables.add(options.targets.onDidChange(() => this.#onTargetsChanged()));
    this.#syncTargets();
  }

  get targets(): readonly TargetState[] {
    return [...this.#entries.values()];
  }

  state(targetId: string): TargetState | undefined {
    return this.#entries.get(targetId);
  }

  job(reference: JobReference): JobListItem | undefined {
    return this.#entries.get(reference.targetId)?.byId.get(reference.jobId);
  }

  isFollowed(reference: JobReference): boolean {
    return this.#followed.has(keyOf(reference));
  }

  /** How fast a job goes, as far as it was watched. */
  pace(reference: JobReference): Pace | undefined {
    const job = this.job(reference);
    if (job?.Status !== 'Active') return undefined;
    return this.#histories.get(keyOf(reference))?.pace(countsOf(job.ProgressSummary)?.total);
  }

  /** The counts of a job as they were observed in this window. */
  progress(reference: JobReference): readonly ProgressPoint[] {
    return this.#histories.get(keyOf(reference))?.points ?? [];
  }

  /** The statuses of a job as they were observed in this window. */
  statuses(reference: JobReference): readonly StatusPoint[] {
    return this.#histories.get(keyOf(reference))?.statuses ?? [];
  }

  /** Jobs that are running, on all targets; those that wait for confirmation only while they are followed. */
  activeJobs(): readonly EndedJob[] {
    return [...this.#entries.values()].flatMap(({ target, list }) =>
      (list === undefined ? [] : unfinishedJobs(list))
        .filter((job) => job.Status !== 'Suspended' || this.#followed.has(keyOf({ targetId: target.id, jobId: job.JobId })))
        .map((job) => ({ targetId: target.id, jobId: job.JobId, job })),
    );
  }

  setVisible(isVisible: boolean): void {
    if (this.#isVisible === isVisible) return;
    this.#isVisible = isVisible;
    for (const entry of this.#entries.values()) {
      if (isVisible && !this.#wasJustAsked(entry)) this.#refreshSoon(entry);
      else this.#schedule(entry);
    }
  }

  /** Watches a job to its end, whether anybody looks or not. */
  follow(reference: JobReference): void {
    this.#followed.set(keyOf(reference), { targetId: reference.targetId, jobId: reference.jobId });
    this.#followedChanged.fire([...this.#followed.values()]);
    const entry = this.#entries.get(reference.targetId);
    if (entry === undefined) return;
    if (this.#wasJustAsked(entry)) this.#schedule(entry);
    else this.#refreshSoon(entry);
  }

  /** Reads one target, or all, anew; a failure is in the state. Resolves when what it asked for has been seen. */
  async refresh(targetId?: string): Promise<void> {
    const entries = [...this.#entries.values()].filter((entry) => targetId === undefined || entry.target.id === targetId);
    await Promise.all(
      entries.map(async (entry) => {
        // One that is under way may have been asked before the change that the caller wants to see.
        await entry.refreshing;
        await this.#refresh(entry);
      }),
    );
  }

  /** Asks a target soon, if it was not asked just now. */
  refreshUnlessAsked(targetId: string): void {
    const entry = this.#entries.get(targetId);
    if (entry !== undefined && entry.timer === undefined && entry.refreshing === undefined && !this.#wasJustAsked(entry)) {
      this.#refreshSoon(entry);
    }
  }

  /** Reads the next page of a target's jobs. Rejects when it can't be read. */
  async loadMore(targetId: string): Promise<void> {
    const entry = this.#entries.get(targetId);
    const token = entry?.list?.nextToken;
    if (entry === undefined || token === undefined) return;
    const client = await this.#options.targets.client(targetId);
    try {
      const page = await client.listJobs({ maxResults: nextPageSize, nextToken: token }, this.#abort.signal);
      if (entry.list !== undefined) this.#setList(entry, withNextPage(entry.list, token, page));
    } catch (error) {
      // Tokens end some time. The same one would be refused for ever, so the pages begin anew.
      if (errorCode(error) !== 'InvalidNextTokenException') throw error;
      const page = await client.listJobs({ maxResults: pageSizes[entry.target.kind] }, this.#abort.signal);
      this.#setList(entry, withFirstPage(undefined, page));
    }
  }

  /** The description and tags of a job; read again once the job looks different in the list. */
  async details(reference: JobReference): Promise<JobDetails> {
    const key = keyOf(reference);
    const job = this.job(reference);
    const known = this.#details.get(key);
    if (known !== undefined && job !== undefined && known.job === job) return await known.details;
    const details = this.#readDetails(reference);
    this.#details.set(key, { job, details });
    try {
      return await details;
    } catch (error) {
      if (this.#details.get(key)?.details === details) this.#details.delete(key);
      throw error;
    }
  }

  /** A part of a job that its list entry does not show has changed. */
  forgetDetails(reference: JobReference): void {
    this.#details.delete(keyOf(reference));
    this.#changed.fire({ targetId: reference.targetId, isListChanged: false, changed: new Set([reference.jobId]) });
  }

  dispose(): void {
    this.#abort.abort();
    this.#disposables.dispose();
    for (const entry of this.#entries.values()) entry.timer?.dispose();
    for (const emitter of [this.#changed, this.#ended, this.#followedChanged, this.#described]) emitter.dispose();
  }

  async #readDetails({ targetId, jobId }: JobReference): Promise<JobDetails> {
    const client = await this.#options.targets.client(targetId);
    const [descriptor, tags] = await Promise.all([
      client.describeJob(jobId, this.#abort.signal),
      client.getJobTags(jobId, this.#abort.signal).catch((error: unknown) => {
        this.#options.onError('Read the tags of a job', error);
        return undefined;
      }),
    ]);
    this.#described.fire({ targetId, jobId, descriptor, tags });
    return { descriptor, tags };
  }

  #onTargetsChanged(): void {
    this.#syncTargets();
    // A target that came or went must be shown or taken away also while it can't be asked.
    for (const entry of this.#entries.values()) if (!this.#wasJustAsked(entry)) this.#refreshSoon(entry);
  }

  /** So that opening and closing the view does not ask AWS more often than waiting would. */
  #wasJustAsked({ target, askedAtMs }: TargetEntry): boolean {
    return target.kind === 'aws' && askedAtMs !== undefined && this.#options.clock.now() - askedAtMs < intervalMs.aws;
  }

  #syncTargets(): void {
    const { targets } = this.#options.targets;
    for (const target of targets) {
      if (this.#entries.get(target.id)?.target.region === target.region) continue;
      this.#entries.get(target.id)?.timer?.dispose();
      this.#entries.set(target.id, {
        target,
        list: undefined,
        byId: new Map(),
        error: undefined,
        isReachable: false,
        readAtMs: undefined,
        askedAtMs: undefined,
        failures: 0,
        timer: undefined,
        refreshing: undefined,
      });
    }
    for (const [id, entry] of this.#entries) {
      if (targets.some((target) => target.id === id)) continue;
      entry.timer?.dispose();
      this.#entries.delete(id);
      this.#changed.fire({ targetId: id, isListChanged: true, changed: new Set() });
    }
  }

  #refreshSoon(entry: TargetEntry): void {
    entry.timer?.dispose();
    entry.timer = this.#options.clock.schedule(0, () => {
      entry.timer = undefined;
      // Never rejects: a failure becomes part of the state.
      void this.#refresh(entry);
    });
  }

  async #refresh(entry: TargetEntry): Promise<void> {
    entry.refreshing ??= this.#read(entry).finally(() => {
      entry.refreshing = undefined;
      this.#schedule(entry);
    });
    await entry.refreshing;
  }

  async #read(entry: TargetEntry): Promise<void> {
    const targetId = entry.target.id;
    try {
      const client = await this.#options.targets.reachable(targetId);
      if (client === undefined) {
        this.#forget(entry);
        return;
      }
      entry.askedAtMs = this.#options.clock.now();
      const page = await client.listJobs({ maxResults: pageSizes[entry.target.kind] }, this.#abort.signal);
      let list = withFirstPage(entry.list, page);
      const described = await this.#describeOthers(entry, client, list, new Set(page.jobs.map((job) => job.JobId)));
      list = withJobs(list, described);
      entry.failures = 0;
      entry.readAtMs = this.#options.clock.now();
      entry.isReachable = true;
      const hadError = entry.error !== undefined;
      entry.error = undefined;
      this.#setList(entry, list, hadError);
      this.#endFollowed(entry, [...list.jobs, ...described]);
    } catch (error) {
      if (isCancelled(error)) return;
      entry.failures += 1;
      const before = entry.error;
      entry.error = isBatchError(error) ? error : new BatchError('Unexpected', errorMessage(error), { cause: error });
      if (before?.message !== entry.error.message) {
        this.#options.onError(`Read the jobs of ${entry.target.label}`, error);
        this.#changed.fire({ targetId, isListChanged: true, changed: new Set() });
      }
    }
  }

  /** Unfinished and followed jobs that the first page does not hold. */
  async #describeOthers(
    entry: TargetEntry,
    client: TargetClient,
    list: JobList,
    inPage: ReadonlySet<string>,
  ): Promise<readonly JobListItem[]> {
    // Of AWS only what somebody follows: the first page holds what is recent.
    const ids = new Set(entry.target.kind === 'local' ? unfinishedJobs(list).map((job) => job.JobId) : []);
    for (const { targetId, jobId } of this.#followed.values()) if (targetId === entry.target.id) ids.add(jobId);
    const others = [...ids].filter((id) => !inPage.has(id)).slice(0, maxDescribed[entry.target.kind]);
    const described = await Promise.all(
      others.map(async (jobId) => {
        try {
          return listItemOf(await client.describeJob(jobId, this.#abort.signal));
        } catch (error) {
          if (!isMissingJob(error)) throw error;
          this.#unfollow({ targetId: entry.target.id, jobId });
          return undefined;
        }
      }),
    );
    return described.filter((job) => job !== undefined);
  }

  #endFollowed(entry: TargetEntry, jobs: readonly JobListItem[]): void {
    for (const job of jobs) {
      const reference = { targetId: entry.target.id, jobId: job.JobId };
      const wasAway = this.#takenOver.delete(keyOf(reference));
      if (!hasEnded(job.Status) || !this.#unfollow(reference)) continue;
      this.#ended.fire({ ...reference, job, wasAway });
    }
  }

  #unfollow(reference: JobReference): boolean {
    const wasFollowed = this.#followed.delete(keyOf(reference));
    if (wasFollowed) this.#followedChanged.fire([...this.#followed.values()]);
    return wasFollowed;
  }

  /** Keeps the course of jobs that move, and drops that of jobs that are gone. */
  #note(entry: TargetEntry, jobs: readonly JobListItem[], changed: ReadonlySet<string>): void {
    const now = this.#options.clock.now();
    for (const job of jobs) {
      const key = keyOf({ targetId: entry.target.id, jobId: job.JobId });
      const known = this.#histories.get(key);
      if (known === undefined && hasEnded(job.Status)) continue;
      if (known !== undefined && hasEnded(job.Status) && !changed.has(job.JobId)) continue;
      const history = known ?? new ProgressHistory();
      if (known === undefined) this.#histories.set(key, history);
      history.see(job.Status, now);
      history.add(job.ProgressSummary, now);
    }
  }

  /** The target can't be asked any more: what it said is no longer shown. */
  #forget(entry: TargetEntry): void {
    const wasShown = entry.list !== undefined || entry.error !== undefined;
    entry.list = undefined;
    entry.byId = new Map();
    entry.error = undefined;
    entry.isReachable = false;
    entry.readAtMs = undefined;
    entry.failures = 0;
    if (wasShown) this.#changed.fire({ targetId: entry.target.id, isListChanged: true, changed: new Set() });
  }

  #setList(entry: TargetEntry, list: JobList, mustShowAll = false): void {
    const change = changeBetween(entry.list, list);
    // A job that looks the same stays the same object, which is what cached details hang on.
    const old = entry.byId;
    const jobs = list.jobs.map((job) => (change.changed.has(job.JobId) ? job : (old.get(job.JobId) ?? job)));
    entry.list = { ...list, jobs };
    entry.byId = new Map(jobs.map((job) => [job.JobId, job]));
    this.#note(entry, jobs, change.changed);
    if (!change.isListChanged && change.changed.size === 0 && !mustShowAll) return;
    const isListChanged = change.isListChanged || mustShowAll;
    this.#changed.fire({ targetId: entry.target.id, isListChanged, changed: change.changed });
  }

  #schedule(entry: TargetEntry): void {
    entry.timer?.dispose();
    entry.timer = undefined;
    if (this.#disposables.isDisposed || this.#entries.get(entry.target.id) !== entry || !this.#isWatched(entry)) return;
    const { kind } = entry.target;
    // Who has to sign in is not helped by waiting longer: what is asked then is mostly a file of this machine.
    const failures = isSignInError(entry.error) ? 0 : entry.failures;
    const backedOff = Math.min(maxIntervalMs[kind], intervalMs[kind] * 2 ** failures);
    // Hiding and showing the view must not put the next question off either.
    const sinceAskedMs = entry.askedAtMs === undefined || kind === 'local' ? 0 : this.#options.clock.now() - entry.askedAtMs;
    const delayMs = Math.max(0, Math.max(intervalMs[kind], backedOff) - sinceAskedMs);
    entry.timer = this.#options.clock.schedule(delayMs, () => {
      entry.timer = undefined;
      void this.#refresh(entry);
    });
  }

  /** An unreachable target is not asked until it says that it changed. */
  #isWatched(entry: TargetEntry): boolean {
    if (!entry.isReachable && entry.error === undefined) return false;
    if (this.#isVisible) return true;
    const isFollowed = [...this.#followed.values()].some((reference) => reference.targetId === entry.target.id);
    // The engine is asked about every job that runs on it; AWS only about what was asked to be followed.
    const isRunning = entry.target.kind === 'local' && this.activeJobs().some((job) => job.targetId === entry.target.id);
    return isFollowed || isRunning;
  }
}

function keyOf({ targetId, jobId }: JobReference): string {
  return `${targetId}/${jobId}`;
}

/** Deleted, after 90 days, or never there. The service has two names for it. */
function isMissingJob(error: unknown): boolean {
  return ['NoSuchJob', 'NoSuchJobException', 'NotFoundException'].includes(errorCode(error) ?? '');
}

/** A description as ListJobs would show it. */
function listItemOf(job: JobDescriptor): JobListItem {
  const [operation] = Object.keys(job.Operation ?? {});
  return {
    JobId: job.JobId,
    Status: job.Status,
    Priority: job.Priority,
    ...(job.Description === undefined ? {} : { Description: job.Description }),
    ...(operation === undefined ? {} : { Operation: operation }),
    ...(job.CreationTime === undefined ? {} : { CreationTime: job.CreationTime }),
    ...(job.TerminationDate === undefined ? {} : { TerminationDate: job.TerminationDate }),
    ...(job.ProgressSummary === undefined ? {} : { ProgressSummary: job.ProgressSummary }),
  };
}
