import { compileGlob } from '../../../base/glob.js';

export interface KeyFilterOptions {
  readonly prefixes?: readonly string[] | undefined;
  readonly suffixes?: readonly string[] | undefined;
  /** See compileGlob. */
  readonly globs?: readonly string[] | undefined;
  readonly excludedGlobs?: readonly string[] | undefined;
}

/** Chooses raw keys: one of each kind that is given has to fit, and none of the excluded. Throws `BadPattern`. */
export class KeyFilter {
  readonly #needed: readonly (readonly ((key: string) => boolean)[])[];
  readonly #excluded: readonly ((key: string) => boolean)[];

  constructor(options: KeyFilterOptions) {
    this.#needed = [
      (options.prefixes ?? []).map((prefix) => (key: string) => key.startsWith(prefix)),
      (options.suffixes ?? []).map((suffix) => (key: string) => key.endsWith(suffix)),
      (options.globs ?? []).map(compileGlob),
    ].filter((kind) => kind.length > 0);
    this.#excluded = (options.excludedGlobs ?? []).map(compileGlob);
  }

  get keepsAll(): boolean {
    return this.#needed.length === 0 && this.#excluded.length === 0;
  }

  fits(key: string): boolean {
    return this.#needed.every((kind) => kind.some((isFit) => isFit(key))) && !this.#excluded.some((isFit) => isFit(key));
  }
}
