import type { Problem } from '../core/manifest/problem.js';

/** What a lint tells before its end. */
export interface PartialOptions {
  /**
   * Gets the problems of the part of the file that is done, when there are new ones: first after `partialAfterMs`, then each time twice as
   * late, for lists get long and rarely change what a person does first. Rows that repeat an earlier one may be missing until the end.
   */
  readonly onPartial?: (problems: readonly Problem[]) => void;
  /** 200 unless said. */
  readonly partialAfterMs?: number;
}

/** Decides when the problems so far are worth telling. */
export class PartialProblems {
  readonly #options: PartialOptions;
  readonly #startedAt = performance.now();
  #nextMs: number;
  #told = 0;

  constructor(options: PartialOptions) {
    this.#options = options;
    this.#nextMs = options.partialAfterMs ?? 200;
  }

  /** `list` is asked only when it is time. */
  offer(list: () => readonly Problem[]): void {
    const { onPartial } = this.#options;
    const elapsedMs = performance.now() - this.#startedAt;
    if (onPartial === undefined || elapsedMs < this.#nextMs) return;
    this.#nextMs = 2 * elapsedMs;
    const problems = list();
    if (problems.length === this.#told) return;
    this.#told = problems.length;
    onPartial(problems);
  }
}
