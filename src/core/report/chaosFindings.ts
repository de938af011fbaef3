import type { ChangedObject } from '../changes/changeList.js';
import type { DifferentRow } from './compareRuns.js';

/** What differs between the first and the second run of the same rows: nothing, when the operation is idempotent. */
export interface ChaosFindings {
  readonly rows: readonly DifferentRow[];
  /** Objects that the second run left otherwise than the first had. */
  readonly objects: readonly ChangedObject[];
}

/**
 * By bucket and key: in the order of the rows, which is drawn, nobody finds anything. `changed` is what the second run changed; what it
 * wrote again with the same bytes, or made and removed, is left as it was.
 */
export function chaosFindings(rows: readonly DifferentRow[], changed: readonly ChangedObject[]): ChaosFindings {
  const objects = changed.filter(({ outcome }) => outcome !== 'rewritten' && outcome !== 'passing');
  return { rows: rows.toSorted(byKey), objects: objects.toSorted(byKey) };
}

type Named = Pick<ChangedObject, 'bucket' | 'key'>;

function byKey(a: Named, b: Named): number {
  if (a.bucket !== b.bucket) return a.bucket < b.bucket ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

export function isIdempotent({ rows, objects }: ChaosFindings): boolean {
  return rows.length === 0 && objects.length === 0;
}
