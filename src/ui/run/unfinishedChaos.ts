import type { Memento } from 'vscode';
import type { JobFile } from '../../core/job/jobFile.js';
import type { RowChoice } from '../../core/job/manifestRows.js';

/** Two runs under chaos, as JSON can carry them: what it takes to go on with them in a window that was loaded anew. */
export interface StartedChaos {
  /** What the job is called. */
  readonly name: string;
  readonly job: JobFile;
  readonly seed: number;
  /** URIs. */
  readonly manifest?: string;
  readonly jobFile?: string;
  readonly rows?: RowChoice;
  readonly firstJobId: string;
  /** Absent while the second run is not there. */
  readonly secondJobId?: string;
}

const key = 's3batch.unfinishedChaos';

/** Remembers which runs under chaos this window drives, so that those which a reload cut short are not forgotten without a word. */
export class UnfinishedChaos {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  get all(): readonly StartedChaos[] {
    return this.#state.get<readonly StartedChaos[]>(key) ?? [];
  }

  /** Adds it, or replaces what was known of it. */
  async keep(started: StartedChaos): Promise<void> {
    await this.#state.update(key, [...this.#without(started.firstJobId), started]);
  }

  async forget(firstJobId: string): Promise<void> {
    await this.#state.update(key, this.#without(firstJobId));
  }

  #without(firstJobId: string): readonly StartedChaos[] {
    return this.all.filter((started) => started.firstJobId !== firstJobId);
  }
}
