import type { Tag } from './jobTypes.js';

/** Tags by which the local engine knows how one run of a job is meant: a tag stays with its job over a restart, and other jobs have none. */

/** Its value, 15 digits at most, is the seed of the faults that the tasks meet. */
export const chaosTag = 's3batch:chaos';

/** Of the second of two runs under chaos: the id of the first, with which it is compared. */
export const chaosFirstTag = 's3batch:chaos-first';

/**
 * The handler runs under a debugger, whatever the value: the job waits for a debug session, which invokes the handler without limits of
 * time, and does not outlive it.
 */
export const debugTag = 's3batch:debug';

/** Reads fall through; the value names the session that is asked for what is missed. */
export const readThroughTag = 's3batch:fetch';

const runTags: ReadonlySet<string> = new Set([chaosTag, chaosFirstTag, debugTag, readThroughTag]);

/** The tags that are the job's own: those of one run are of no use to the next. */
export function withoutRunTags(tags: readonly Tag[]): Tag[] {
  return tags.filter(({ Key }) => !runTags.has(Key));
}

/** The tags with one of a run set. */
export function withRunTag(tags: readonly Tag[] | undefined, key: string, value: string): Tag[] {
  return [...(tags ?? []).filter(({ Key }) => Key !== key), { Key: key, Value: value }];
}
