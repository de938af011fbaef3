import type { JobProgressSummary, JobStatus } from '../job/jobTypes.js';
import { countsOf } from './jobOutcome.js';
import type { StatusPoint } from './jobTimeline.js';

/** The counts of a job at one time. */
export interface ProgressPoint {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** How fast a job goes now. */
export interface Pace {
  readonly tasksPerSecond: number;
  /** Undefined when nothing moves or the total is not known. */
  readonly remainingSeconds: number | undefined;
}

/** A plot needs no more; when it is full every second point goes, so that it always spans the whole run. */
const maxPoints = 300;
/** The pace is that of the latest points, this many at most. */
const pacePoints = 8;

/** The course of a job's counts as it was observed. */
export class ProgressHistory {
  #points: ProgressPoint[] = [];
  readonly #statuses: StatusPoint[] = [];

  get points(): readonly ProgressPoint[] {
    return this.#points;
  }

  /** Each status that differs from the one before, when it was first seen. */
  get statuses(): readonly StatusPoint[] {
    return this.#statuses;
  }

  see(status: JobStatus, atMs: number): void {
    if (this.#statuses.at(-1)?.status !== status) this.#statuses.push({ atMs, status });
  }

  /** Adds what was read; points that say nothing new between two equal ones are left out. */
  add(summary: JobProgressSummary | undefined, atMs: number): void {
    const counts = countsOf(summary);
    if (counts === undefined) return;
    const point = { atMs, succeeded: counts.succeeded, failed: counts.failed };
    const last = this.#points.at(-1);
    if (last !== undefined && atMs <= last.atMs) return;
    const before = this.#points.at(-2);
    if (before !== undefined && last !== undefined && isLevel(before, last) && isLevel(last, point)) this.#points.pop();
    this.#points.push(point);
    if (this.#points.length > maxPoints) this.#points = this.#points.filter((_, index) => index % 2 === 0 || index === maxPoints);
  }

  /** Undefined before there are two points. */
  pace(totalTasks: number | undefined): Pace | undefined {
    const last = this.#points.at(-1);
    const first = this.#points.at(-Math.min(pacePoints, this.#points.length));
    if (last === undefined || first === undefined || first === last) return undefined;
    const done = last.succeeded + last.failed;
    const tasksPerSecond = Math.max(0, ((done - first.succeeded - first.failed) * 1000) / (last.atMs - first.atMs));
    const left = totalTasks === undefined ? undefined : Math.max(0, totalTasks - done);
    const remainingSeconds = left === undefined || tasksPerSecond === 0 ? undefined : left / tasksPerSecond;
    return { tasksPerSecond, remainingSeconds };
  }
}

function isLevel(a: ProgressPoint, b: ProgressPoint): boolean {
  return a.succeeded === b.succeeded && a.failed === b.failed;
}
