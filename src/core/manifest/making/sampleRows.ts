import { BatchError } from '../../../base/errors.js';
import { bucketOfRow, keyOfRow, type ManifestRow } from './manifestRows.js';
import { SeededRandom } from './random.js';

/** More groups than this are not prefixes but objects, and would take too much memory. */
const maxGroups = 1_000_000;

interface Group {
  readonly number: number;
  rows: number;
  wanted: number;
  /** Rows of the group that the second pass has not come to yet. */
  left: number;
}

/**
 * Draws a sample of exactly `size` rows (or all, when there are fewer), each as likely, in the order of the file. Needs two passes over the
 * same rows: `count` each row, then ask `isDrawn` of each. Memory does not grow with rows, only with groups. The same rows, size and seed
 * give the same sample.
 */
export class RowSampler {
  readonly #size: number;
  readonly #depth: number | undefined;
  readonly #random: SeededRandom;
  readonly #groups = new Map<string, Group>();
  #isCounted = false;

  /**
   * `prefixDepth`: draw from each prefix of so many levels (1 is `logs/` of `logs/2026/a.txt`) in proportion to its rows, and at least
   * one row from each as long as `size` allows. Left out, all rows are one group.
   */
  constructor(options: { readonly size: number; readonly seed: number; readonly prefixDepth?: number | undefined }) {
    this.#size = options.size;
    this.#depth = options.prefixDepth;
    this.#random = new SeededRandom(options.seed);
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  count(row: ManifestRow): void {
    const name = this.#groupOf(row);
    const group = this.#groups.get(name);
    if (group !== undefined) {
      group.rows += 1;
      return;
    }
    if (this.#groups.size >= maxGroups) {
      throw new BatchError('TooManyPrefixes', `There are more than ${maxGroups.toLocaleString('en')} prefixes.`, {
        hint: 'Draw from fewer by a smaller prefix depth.',
      });
    }
    this.#groups.set(name, { number: this.#groups.size, rows: 1, wanted: 0, left: 0 });
  }

  /** To be asked once of every row, in the order in which they were counted. Throws `FileChanged` when it is another file now. */
  isDrawn(row: ManifestRow): boolean {
    if (!this.#isCounted) this.#share();
    const group = this.#groups.get(this.#groupOf(row));
    if (group === undefined || group.left === 0) throw fileChanged();
    // Selection sampling: a row is drawn with the chance that is left for each of the rows that are left.
    const isDrawn = this.#random.below(group.left) < group.wanted;
    group.left -= 1;
    if (isDrawn) group.wanted -= 1;
    return isDrawn;
  }

  end(): void {
    if (!this.#isCounted) this.#share();
    for (const group of this.#groups.values()) if (group.left > 0) throw fileChanged();
  }

  #groupOf(row: ManifestRow): string {
    return this.#depth === undefined ? '' : `${bucketOfRow(row)}\n${prefixOf(keyOfRow(row), this.#depth)}`;
  }

  /** One row for each group that is too small for a share of its own, the rest in proportion, by largest remainders. */
  #share(): void {
    this.#isCounted = true;
    const groups = [...this.#groups.values()].toSorted((a, b) => a.rows - b.rows || a.number - b.number);
    let rows = groups.reduce((sum, group) => sum + group.rows, 0);
    let size = Math.min(this.#size, rows);
    let small = 0;
    for (const group of groups) group.left = group.rows;
    if (size >= groups.length) {
      for (const group of groups) {
        if (size * group.rows >= rows) break;
        group.wanted = 1;
        rows -= group.rows;
        size -= 1;
        small += 1;
      }
    }
    const shares = groups.slice(small).map((group) => {
      const share = (size * group.rows) / rows;
      group.wanted = Math.floor(share);
      return { group, remainder: share - group.wanted };
    });
    let missing = size - shares.reduce((sum, { group }) => sum + group.wanted, 0);
    for (const { group } of shares.toSorted((a, b) => b.remainder - a.remainder || a.group.number - b.group.number)) {
      if (missing <= 0) break;
      group.wanted += 1;
      missing -= 1;
    }
  }
}

/** The first `depth` levels of a key, slash included; all of its levels when it has fewer. */
export function prefixOf(key: string, depth: number): string {
  let end = 0;
  for (let level = 0; level < depth; level += 1) {
    const slash = key.indexOf('/', end);
    if (slash < 0) break;
    end = slash + 1;
  }
  return key.slice(0, end);
}

function fileChanged(): BatchError {
  return new BatchError('FileChanged', 'The manifest was changed while it was read.', { hint: 'Try again.' });
}
