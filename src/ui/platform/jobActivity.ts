import { type Disposable } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import type { JobStatus } from '../../core/job/jobTypes.js';
import type { JobReference } from './jobReference.js';

/** A job that has not ended, as the status bar shows it. */
export interface ActiveJob extends JobReference {
  /** Description of the job, or its id. */
  readonly label: string;
  readonly status: JobStatus;
  /** Undefined while the service has not counted. */
  readonly totalTasks: number | undefined;
  readonly succeededTasks: number;
  readonly failedTasks: number;
}

/** A followed job that has ended otherwise than well, until somebody looks at it. */
export interface BadEnd extends JobReference {
  readonly label: string;
  /** `Complete, 3 failed · 7 succeeded` */
  readonly state: string;
  readonly severity: 'warning' | 'error';
}

/** Which jobs are running now. The job watcher writes it; the status bar and the engine service read it. */
export class JobActivity implements Disposable {
  #jobs: readonly ActiveJob[] = [];
  #badEnd: BadEnd | undefined;
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  get jobs(): readonly ActiveJob[] {
    return this.#jobs;
  }

  /** Replaces the whole list; pass only jobs that have not ended. */
  update(jobs: readonly ActiveJob[]): void {
    if (jobs.length === 0 && this.#jobs.length === 0) return;
    this.#jobs = jobs;
    this.#changed.fire();
  }

  /** The latest one. */
  get badEnd(): BadEnd | undefined {
    return this.#badEnd;
  }

  noteBadEnd(end: BadEnd): void {
    this.#badEnd = end;
    this.#changed.fire();
  }

  /** Somebody looks at a job. */
  looked({ targetId, jobId }: JobReference): void {
    if (this.#badEnd?.targetId !== targetId || this.#badEnd.jobId !== jobId) return;
    this.#badEnd = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
