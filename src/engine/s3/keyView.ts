import type { FileState } from './fileState.js';
import { isSameState } from './fileState.js';
import { isMarker, type KeyRecord, type ObjectEntry, type VersionEntry } from './objectMetadata.js';

/** What a record and the plain file together say of a key. */
export interface KeyView {
  /** The entry of the plain file, also of one that a delete marker covers; undefined when there is no plain file. */
  readonly present: ObjectEntry | undefined;
  /** All versions, the newest first. The first is the current one. */
  readonly versions: readonly VersionEntry[];
}

/** The entry of a file in that state, when the record has it. A file that a crash left beside its own older version is found too. */
export function entryOf(record: KeyRecord, state: FileState): ObjectEntry | undefined {
  return (
    record.states.find((entry) => isSameState(entry, state)) ??
    record.older.find((entry): entry is ObjectEntry => !isMarker(entry) && isSameState(entry, state))
  );
}

/**
 * Puts the plain file on top of the older versions. Steps of a change are ordered so that a crash between any two leaves one of these:
 * - the plain file is none of the older versions: it is the current one, and takes the place of one with its version id (`null`);
 * - it is one of them (just linked, not yet replaced or removed): then the list of older versions is the whole truth.
 */
export function viewOf(record: KeyRecord, present: ObjectEntry | undefined): KeyView {
  const { older } = record;
  if (present === undefined) return { present, versions: older };
  const isLinked = older.some((entry) => !isMarker(entry) && isSameVersion(entry, present));
  if (isLinked) return { present, versions: older };
  return { present, versions: [present, ...older.filter(({ versionId }) => versionId !== present.versionId)] };
}

export function isSameVersion(a: ObjectEntry, b: ObjectEntry): boolean {
  return a.versionId === b.versionId && isSameState(a, b);
}
