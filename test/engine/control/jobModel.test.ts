import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { CreateJobRequest, JobStatus } from '../../../src/core/job/jobTypes.js';
import { canTransition, confirmationDays, isTerminal, retentionDays } from '../../../src/core/job/lifecycle.js';
import type { XmlElement } from '../../../src/engine/xml/parseXml.js';
import { ManualClock } from '../../fakes/manualClock.js';
import { ManualRuns } from '../../fakes/manualRuns.js';
import { childOf, JobEngine, textAt } from '../../support/jobEngine.js';
import { proofRuns } from '../../support/proofRuns.js';

const rows = 6;
const activeJobs = 2;
const dayMs = 24 * 60 * 60 * 1000;

type Command =
  | { readonly kind: 'create'; readonly isConfirmed: boolean; readonly priority: number }
  | { readonly kind: 'confirm' | 'cancel' | 'crash' | 'finish' | 'repeat'; readonly job: number }
  | { readonly kind: 'work'; readonly job: number; readonly tasks: number }
  | { readonly kind: 'priority'; readonly job: number; readonly priority: number }
  | { readonly kind: 'tag'; readonly job: number; readonly tags: readonly string[] }
  | { readonly kind: 'list'; readonly statuses: readonly JobStatus[]; readonly pageSize: number }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'restart' };

const job = fc.nat(7);
const priority = fc.integer({ min: 1, max: 3 });
const filters: readonly JobStatus[] = ['Suspended', 'Ready', 'Active', 'Paused', 'Complete', 'Cancelled', 'Failed'];
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), isConfirmed: fc.boolean(), priority }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm' as const, 'cancel' as const, 'crash' as const, 'finish' as const, 'repeat' as const),
      job,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('work' as const), job, tasks: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('priority' as const), job, priority }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('tag' as const), job, tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      statuses: fc.uniqueArray(fc.constantFrom(...filters), { maxLength: 2 }),
      pageSize: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.constantFrom(1, 29, 31, 61, 91) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

/** What the test knows of a job from what it did itself. */
interface KnownJob {
  readonly id: string;
  readonly request: CreateJobRequest;
  readonly createdMs: number;
  /** Every status that it has had. */
  readonly way: JobStatus[];
  tags: readonly string[];
  suspendedMs: number | undefined;
  endedMs: number | undefined;
}

const stable: readonly JobStatus[] = ['Suspended', 'Ready', 'Active', 'Paused', 'Complete', 'Cancelled', 'Failed'];

interface Summary {
  readonly id: string;
  readonly status: JobStatus;
  readonly priority: number;
  /** Empty before the end. */
  readonly terminatedAt: string;
  /** Empty for one that was never suspended. */
  readonly suspendedAt: string;
}

function summaryFrom(job: XmlElement): Summary {
  return {
    id: textAt(job, 'JobId'),
    status: textAt(job, 'Status') as JobStatus,
    priority: Number(textAt(job, 'Priority')),
    terminatedAt: textAt(job, 'TerminationDate'),
    suspendedAt: textAt(job, 'SuspendedDate'),
  };
}

/** The engine, what is done to it, and what must come of it. */
class Model {
  readonly #runs = new ManualRuns();
  readonly #clock = new ManualClock();
  readonly #ways = new Map<string, JobStatus[]>();
  readonly #jobs: KnownJob[] = [];
  #engine!: JobEngine;
  #manifest!: { arn: string; etag: string };

  async start(): Promise<void> {
    this.#engine = await JobEngine.start({
      clock: this.#clock,
      settings: { activeJobs },
      startRun: this.#runs.start,
      onInfo: (message) => {
        const [, id = '', from, to] = /^job (\S+): (\w+) -> (\w+)$/.exec(message) ?? [];
        if (from === undefined) return;
        const way = this.#ways.get(id) ?? ['New'];
        this.#ways.set(id, way);
        assert.equal(way.at(-1), from, 'a status was skipped');
        assert.ok(canTransition(from as JobStatus, to as JobStatus), `${from} -> ${to}`);
        way.push(to as JobStatus);
      },
    });
    this.#manifest = await this.#engine.putManifest(Array.from({ length: rows }, (_, row) => `row${row}`));
  }

  async perform(step: Command): Promise<void> {
    const engine = this.#engine;
    switch (step.kind) {
      case 'create': {
        const request = engine.request(this.#manifest, { ConfirmationRequired: !step.isConfirmed, Priority: step.priority });
        const id = await engine.createFrom(request);
        const way = this.#ways.get(id) ?? ['New'];
        this.#ways.set(id, way);
        this.#jobs.push({ id, request, createdMs: this.#clock.now(), way, tags: [], suspendedMs: undefined, endedMs: undefined });
        return;
      }
      case 'restart':
        await engine.restart();
        return;
      case 'days':
        this.#clock.advance(step.days * dayMs);
        return;
      case 'list':
        await this.#checkList(step.statuses, step.pageSize);
        return;
      default: {
        const known = this.#jobs[step.job];
        if (known !== undefined) await this.#performOn(known, step);
      }
    }
  }

  async #performOn(known: KnownJob, step: Exclude<Command, { kind: 'create' | 'restart' | 'days' | 'list' }>): Promise<void> {
    const { id } = known;
    const engine = this.#engine;
    switch (step.kind) {
      case 'confirm':
        return this.#setStatus(id, 'Ready');
      case 'cancel':
        return this.#setStatus(id, 'Cancelled');
      case 'crash':
        this.#runs.live.get(id)?.end({ kind: 'broken', message: 'no room' });
        return;
      case 'finish':
        return this.#runs.work(id, rows);
      case 'work':
        return this.#runs.work(id, step.tasks);
      case 'priority':
        return this.#expect(
          engine.call('POST', `/v20180820/jobs/${id}/priority?priority=${step.priority}`),
          '400 BadRequestException',
        );
      case 'tag': {
        const tags = step.tags.map((key) => `<member><Key>${key}</Key><Value>${known.tags.length}</Value></member>`).join('');
        const body = `<PutJobTaggingRequest><Tags>${tags}</Tags></PutJobTaggingRequest>`;
        const path = `/v20180820/jobs/${id}/tagging`;
        const error = await engine.errorOf(step.tags.length === 0 ? engine.call('DELETE', path) : engine.call('PUT', path, body));
        if (error === 'no error') known.tags = step.tags;
        else assert.equal(error, this.#goneError(known));
        return;
      }
      case 'repeat': {
        const isRemembered = this.#clock.now() < known.createdMs + dayMs;
        if (!isRemembered) return;
        assert.equal(await engine.createFrom(known.request), id);
        const other = { ...known.request, Priority: known.request.Priority + 1 };
        assert.equal(await engine.errorOf(engine.createFrom(other)), '400 IdempotencyException');
      }
    }
  }

  /** Refused requests are part of the game; anything else is not. */
  async #expect(call: Promise<unknown>, refusal: string): Promise<void> {
    const error = await this.#engine.errorOf(call);
    assert.ok(['no error', refusal, '404 NoSuchJobException'].includes(error), error);
  }

  #setStatus(id: string, status: 'Ready' | 'Cancelled'): Promise<void> {
    return this.#expect(
      this.#engine.call('POST', `/v20180820/jobs/${id}/status?requestedJobStatus=${status}`),
      '400 JobStatusException',
    );
  }

  #goneError(known: KnownJob): string {
    const isGone = known.endedMs !== undefined && this.#clock.now() >= known.endedMs + retentionDays * dayMs;
    return isGone ? '404 NoSuchJobException' : 'no error';
  }

  /** All pages together are the jobs with these statuses, newest first. */
  async #checkList(statuses: readonly JobStatus[], pageSize: number): Promise<void> {
    const filter = statuses.map((status) => `&jobStatuses=${status}`).join('');
    const listed: string[] = [];
    for (let token = ''; ;) {
      const { root } = await this.#engine.call('GET', `/v20180820/jobs?maxResults=${pageSize}${filter}${token}`);
      const page = childOf(root, 'Jobs')?.children.map((item) => textAt(item, 'JobId')) ?? [];
      assert.ok(page.length <= pageSize);
      listed.push(...page);
      const next = textAt(root, 'NextToken');
      if (next === '') break;
      token = `&nextToken=${encodeURIComponent(next)}`;
    }
    const known = await this.#present();
    const expected = known
      .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
      .map(({ id }) => id)
      .toReversed();
    assert.deepEqual(listed, expected);
  }

  /** The jobs that there still are, oldest first; checks that those that are gone may be. */
  async #present(): Promise<Summary[]> {
    const found: Summary[] = [];
    for (const known of this.#jobs) {
      const summary = await this.#summaryOf(known);
      assert.equal(summary === undefined ? '404 NoSuchJobException' : 'no error', this.#goneError(known));
      if (summary !== undefined) found.push(summary);
    }
    return found;
  }

  /** Waits until nothing moves, and checks all that must be so then. */
  async settle(): Promise<void> {
    let wrong: string | undefined;
    for (let tries = 0; tries < 1000; tries += 1) {
      const { root } = await this.#engine.call('GET', '/v20180820/jobs');
      wrong = this.#wrongWith(childOf(root, 'Jobs')?.children.map((item) => summaryFrom(item)) ?? []);
      if (wrong === undefined) break;
      await wait(1);
      // Time goes on: timers that were set meanwhile fall due.
      this.#clock.advance(10);
    }
    assert.equal(wrong, undefined);
    for (const known of this.#jobs) await this.#checkJob(known);
  }

  async #summaryOf(known: KnownJob): Promise<Summary | undefined> {
    let job: XmlElement | undefined;
    const error = await this.#engine.errorOf(this.#engine.describe(known.id).then((found) => (job = found)));
    return error === 'no error' && job !== undefined ? summaryFrom(job) : undefined;
  }

  #wrongWith(jobs: readonly Summary[]): string | undefined {
    const moving = jobs.find(({ id, status }) => !stable.includes(status) || (status === 'Suspended' && this.#isOverdue(id)));
    if (moving !== undefined) return `${moving.id} stays ${moving.status}`;
    const able = jobs.filter(({ status }) => status === 'Ready' || status === 'Active' || status === 'Paused');
    const active = able.filter(({ status }) => status === 'Active');
    const highest = Math.max(...able.map((item) => item.priority));
    if (active.some((item) => item.priority < highest)) return 'a job of lower priority is active';
    const expected = Math.min(activeJobs, able.filter((item) => item.priority === highest).length);
    if (active.length !== expected) return `${active.length} jobs are active, not ${expected}`;
    const hosts = [...this.#runs.live.keys()].toSorted().join();
    const wanted = active.map((item) => item.id).toSorted();
    return hosts === wanted.join() ? undefined : `hosts of ${hosts}`;
  }

  #isOverdue(jobId: string): boolean {
    const suspendedMs = this.#jobs.find(({ id }) => id === jobId)?.suspendedMs;
    return suspendedMs !== undefined && this.#clock.now() > suspendedMs + confirmationDays * dayMs;
  }

  async #checkJob(known: KnownJob): Promise<void> {
    const summary = await this.#summaryOf(known);
    if (summary === undefined) {
      assert.equal(this.#goneError(known), '404 NoSuchJobException');
      return;
    }
    if (summary.suspendedAt !== '') known.suspendedMs ??= Date.parse(summary.suspendedAt);
    if (isTerminal(summary.status)) known.endedMs ??= Date.parse(summary.terminatedAt);
    // Never run unconfirmed.
    if (known.way.includes('Active') && known.request.ConfirmationRequired !== false) assert.ok(known.way.includes('Suspended'));
    const tags = (await this.#engine.call('GET', `/v20180820/jobs/${known.id}/tagging`)).root;
    assert.deepEqual(
      childOf(tags, 'Tags')?.children.map((tag) => textAt(tag, 'Key')),
      known.tags,
    );
  }

  /** Whatever is left can be brought to its end, with a report of what was done. */
  async finish(): Promise<void> {
    const engine = this.#engine;
    const left = async (): Promise<Summary[]> => (await this.#present()).filter(({ status }) => !isTerminal(status));
    for (const { id, status } of await left()) if (status === 'Suspended') await this.#setStatus(id, 'Ready');
    for (let rounds = 0; rounds < 200 && (await left()).length > 0; rounds += 1) {
      for (const id of this.#runs.live.keys()) await this.#runs.work(id, rows);
      await wait(2);
    }
    assert.deepEqual(await left(), []);
    for (const { id, status } of await this.#present()) {
      const [total, succeeded, failed] = await engine.counts(id);
      if (status === 'Complete') assert.deepEqual([total, succeeded, failed], [rows, rows / 2, rows / 2]);
      if (succeeded + failed === 0) continue;
      const report = await engine.report(id);
      assert.equal(report['succeeded']?.length ?? 0, succeeded);
      assert.equal(report['failed']?.length ?? 0, failed);
    }
  }

  dispose(): Promise<void> {
    return this.#engine.dispose();
  }
}

test('any order of requests, runs, crashes, restarts and days keeps to the life cycle', async () => {
  const commands = fc.array(command, { minLength: 50, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      const model = new Model();
      await model.start();
      try {
        for (const step of steps) {
          await model.perform(step);
          await model.settle();
        }
        await model.finish();
      } finally {
        await model.dispose();
      }
    }),
    { numRuns: proofRuns(40, 2000) },
  );
});
