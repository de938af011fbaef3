import { Emitter } from '../../src/base/emitter.js';
import { BatchError } from '../../src/base/errors.js';
import type { JobDescriptor, JobListItem, Tag } from '../../src/core/job/jobTypes.js';
import type { Target, TargetClient } from '../../src/core/job/target.js';
import type { TargetProvider } from '../../src/ui/explorer/targetProvider.js';
import { FakeTargetClient } from './fakeTargetClient.js';

/** A client whose jobs are what the test puts into `jobs`, listed in pages, newest first as they stand there. */
export class FakeJobs extends FakeTargetClient {
  jobs: JobListItem[] = [];
  tags: readonly Tag[] = [];
  /** Every call fails with this while it is set. */
  failure: BatchError | undefined;
  /** Answers wait for it. */
  gate: Promise<void> | undefined;
  /** A page answers with the token that it was asked with. */
  repeatsToken = false;
  refusedToken: string | undefined;
  readonly descriptions = new Map<string, Partial<JobDescriptor>>();

  override listJobs(options: { maxResults?: number; nextToken?: string } = {}): never {
    this.calls.push(`listJobs ${options.nextToken ?? ''}`.trim());
    if (options.nextToken !== undefined && options.nextToken === this.refusedToken) {
      return this.#answer(new BatchError('InvalidNextTokenException', 'The next token is not valid.'));
    }
    const start = Number(options.nextToken ?? 0);
    const end = start + (options.maxResults ?? 1000);
    const jobs = this.jobs.slice(start, end);
    if (this.repeatsToken && options.nextToken !== undefined) return this.#answer({ jobs, nextToken: options.nextToken });
    return this.#answer(end < this.jobs.length ? { jobs, nextToken: String(end) } : { jobs });
  }

  override describeJob(jobId?: string): never {
    this.calls.push(`describeJob ${jobId}`);
    const job = this.jobs.find((item) => item.JobId === jobId);
    if (job === undefined) return this.#answer(new BatchError('NoSuchJobException', `There is no job ${jobId}.`));
    const { Operation: operation, ...rest } = job;
    return this.#answer({
      Priority: 1,
      ...rest,
      Operation: { [operation ?? 'LambdaInvoke']: {} },
      ...this.descriptions.get(job.JobId),
    });
  }

  override getJobTags(): never {
    return this.#answer(this.tags);
  }

  /** The base class says `never` of what it does not fake. */
  #answer(value: unknown): never {
    const error = this.failure ?? (value instanceof Error ? value : undefined);
    const answer = error === undefined ? Promise.resolve(value) : Promise.reject(error);
    return (this.gate === undefined ? answer : this.gate.then(() => answer)) as never;
  }
}

/** Local with a fake client, reachable while the test says so; and others, which are always. */
export class FakeTargets implements TargetProvider {
  readonly jobs: FakeJobs;
  isReachable = true;
  readonly #others: FakeJobs[] = [];
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  /** Local unless another is given. */
  constructor(target?: Target) {
    this.jobs = new FakeJobs(target?.kind ?? 'local', [], target);
  }

  get targets(): readonly Target[] {
    return [this.jobs, ...this.#others].map(({ target }) => target);
  }

  add(target: Target): FakeJobs {
    const jobs = new FakeJobs(target.kind, [], target);
    this.#others.push(jobs);
    return jobs;
  }

  change(isReachable: boolean): void {
    this.isReachable = isReachable;
    this.#changed.fire();
  }

  reachable(targetId: string): Promise<TargetClient | undefined> {
    const jobs = this.#find(targetId);
    return Promise.resolve(jobs !== this.jobs || this.isReachable ? jobs : undefined);
  }

  client(targetId: string): Promise<TargetClient> {
    return Promise.resolve(this.#find(targetId));
  }

  openSource(): Promise<never> {
    return Promise.reject(new BatchError('Internal', 'There are no real buckets here.'));
  }

  isNeeded(): void {}

  retry(targetId: string): void {
    this.#find(targetId).forgetCredentials();
  }

  #find(targetId: string): FakeJobs {
    return this.#others.find(({ target }) => target.id === targetId) ?? this.jobs;
  }
}
