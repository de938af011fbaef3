import type { Problem } from '../core/manifest/problem.js';

/** What a lint tells before its end. */
export interface PartialOptions {
  /**
   * Gets the problems of the part of the file that is done, when there are new ones: the first of them at the first multiple of
   * `partialAfterMs` at which there are any, then each time twice as late, for lists get long and rarely change what a person does first.
   * Rows that repeat an earlier one may be missing until the end.
   */
  readonly onPartial?: (problems: readonly Problem[]) => void;
  /** `defaultPartialAfterMs` unless said. */
  readonly partialAfterMs?: number;
}

export const defaultPartialAfterMs = 200;

/** Decides when the problems so far are worth telling. */
export class PartialProblems {
  readonly #options: PartialOptions;
  readonly #startedAt = performance.now();
  readonly #firstMs: number;
  #nextMs: number;
  #told = 0;

  constructor(options: PartialOptions) {
    this.#options = options;
    this.#firstMs = options.partialAfterMs ?? defaultPartialAfterMs;
    this.#nextMs = this.#firstMs;
  }

  /** `list` is asked only when it is time. */
  offer(list: () => readonly Problem[]): void {
    const { onPartial } = this.#options;
    const elapsedMs = performance.now() - this.#startedAt;
    if (onPartial === undefined || elapsedMs < this.#nextMs) return;
    const problems = list();
    // A file whose only problem lies far behind its beginning: nothing was told yet, and to look again costs nothing.
    this.#nextMs = problems.length === 0 ? elapsedMs + this.#firstMs : 2 * elapsedMs;
    if (problems.length === this.#told) return;
    this.#told = problems.length;
    onPartial(problems);
  }
}
