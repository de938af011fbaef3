import type { ChangeKind, ObjectState, StoreChange, UndoneChange } from './storeChange.js';

/**
 * What became of an object over the whole job. `created` and `copied`: it was not there before. `rewritten`: written again with the
 * same bytes. `passing`: made and removed again by the job.
 */
export type ChangeOutcome = 'created' | 'copied' | 'overwritten' | 'rewritten' | 'deleted' | 'passing' | 'changed';

/** All that the job did to one object, or to one version that it named. */
export interface ChangedObject {
  readonly bucket: string;
  readonly key: string;
  /** The version that was named; undefined for the current one. */
  readonly versionId: string | undefined;
  readonly outcome: ChangeOutcome;
  readonly before: ObjectState | null;
  readonly after: ObjectState | null;
  readonly source: { readonly bucket: string; readonly key: string } | undefined;
  /** What changed beside the bytes, in the order in which it first did. */
  readonly aspects: readonly { readonly kind: ChangeKind; readonly was: unknown; readonly is: unknown }[];
  /** Number under which the bytes from before are kept; undefined: they are not. */
  readonly kept: number | undefined;
}

interface Gathered {
  readonly first: StoreChange;
  last: StoreChange;
  source: StoreChange['source'];
  isWritten: boolean;
  kept: number | undefined;
  readonly aspects: Map<ChangeKind, { was: unknown; is: unknown }>;
}

/** Puts the changes of a job together by object: from the state before the first to the state after the last. */
export class ChangeGatherer {
  readonly #objects = new Map<string, Gathered>();

  add(change: StoreChange): void {
    const name = JSON.stringify([change.bucket, change.key, change.versionId ?? null]);
    let gathered = this.#objects.get(name);
    if (gathered === undefined) {
      gathered = { first: change, last: change, source: undefined, isWritten: false, kept: undefined, aspects: new Map() };
      this.#objects.set(name, gathered);
    }
    gathered.last = change;
    if (change.kind === 'put' || change.kind === 'copy') {
      gathered.isWritten = true;
      gathered.source = change.source;
    } else if (change.kind !== 'remove') {
      const aspect = gathered.aspects.get(change.kind);
      if (aspect === undefined) gathered.aspects.set(change.kind, { was: change.was, is: change.is });
      else aspect.is = change.is;
    }
    // What was kept at the first change is what was there before the job.
    if (change.isKept === true && gathered.first === change) gathered.kept = change.number;
  }

  /** In the order in which objects were first changed; those of which nothing is different afterwards are left out. */
  end(): ChangedObject[] {
    const objects: ChangedObject[] = [];
    for (const { first, last, source, isWritten, kept, aspects } of this.#objects.values()) {
      const { before } = first;
      const { after } = last;
      const changed = [...aspects].filter(([, { was, is }]) => JSON.stringify(was) !== JSON.stringify(is));
      const outcome = outcomeOf(before, after, isWritten, source !== undefined);
      if (outcome === 'changed' && changed.length === 0) continue;
      objects.push({
        bucket: first.bucket,
        key: first.key,
        versionId: first.versionId,
        outcome,
        before,
        after,
        source,
        aspects: changed.map(([kind, { was, is }]) => ({ kind, was, is })),
        kept,
      });
    }
    return objects;
  }
}

function outcomeOf(before: ObjectState | null, after: ObjectState | null, isWritten: boolean, isCopied: boolean): ChangeOutcome {
  if (before === null && after === null) return isWritten ? 'passing' : 'changed';
  if (before === null) return isCopied ? 'copied' : 'created';
  if (after === null) return 'deleted';
  if (!isWritten) return 'changed';
  return before.etag === after.etag && before.sizeBytes === after.sizeBytes ? 'rewritten' : 'overwritten';
}

/** One line of a record; undefined for one that a kill cut off. */
export function parseChangeLine(line: string): StoreChange | UndoneChange | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as StoreChange | UndoneChange;
  } catch {
    // Torn by a kill: the change was not made yet, as each is noted first.
    return undefined;
  }
}

export interface ChangeCount {
  readonly what: ChangeOutcome | ChangeKind;
  readonly objects: number;
}

const order: readonly ChangeCount['what'][] = [
  'copied',
  'created',
  'overwritten',
  'rewritten',
  'deleted',
  'passing',
  'tags',
  'acl',
  'retention',
  'legalHold',
  'restore',
  'encryption',
  'replicationStatus',
];

/** How many objects each thing happened to, in a fixed order. An object counts once for its bytes and once for each aspect. */
export function countChanges(objects: readonly ChangedObject[]): ChangeCount[] {
  const counts = new Map<ChangeCount['what'], number>();
  const count = (what: ChangeCount['what']): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const object of objects) {
    if (object.outcome !== 'changed') count(object.outcome);
    for (const { kind } of object.aspects) count(kind);
  }
  return order.flatMap((what) => {
    const number = counts.get(what);
    return number === undefined ? [] : [{ what, objects: number }];
  });
}
