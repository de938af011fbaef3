import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../base/clock.js';
import { errorCode } from '../../../base/errors.js';
import type { BucketFolder } from '../bucketFolder.js';
import type { BucketStore } from '../bucketStore.js';
import type { DataLayout } from '../dataLayout.js';
import { stateAt } from '../fileState.js';
import { entryOf, isSameVersion, type KeyView, viewOf } from '../keyView.js';
import { isMarker, type KeyRecord, ObjectMetadata, type ObjectEntry, type VersionEntry } from '../objectMetadata.js';
import { computeEntry } from './foundFile.js';
import { linkFile } from './linkFile.js';

/** A key as it is on the disk, seen under the bucket's lock. */
export interface LockedKey extends KeyView {
  readonly folder: BucketFolder;
  /** The plain file. */
  readonly file: string | undefined;
  readonly record: KeyRecord;
}

export interface KeyStatesOptions {
  readonly layout: DataLayout;
  readonly clock: Clock;
  readonly buckets: BucketStore;
}

/**
 * The state of each key on the disk: its plain file, the bytes of its older versions and what is known of both, and the single steps by
 * which a change gets from one consistent state to the next. But for the metadata, all of it under the lock of the key's bucket.
 */
export class KeyStates {
  readonly metadata: ObjectMetadata;
  readonly #layout: DataLayout;
  readonly #clock: Clock;
  readonly #buckets: BucketStore;

  constructor(options: KeyStatesOptions) {
    this.metadata = new ObjectMetadata(options.layout);
    this.#layout = options.layout;
    this.#clock = options.clock;
    this.#buckets = options.buckets;
  }

  /**
   * The key with everything in order: what a crash left half-done is finished, and a plain file that a person removed from a versioned
   * bucket is answered for by a delete marker. `present`, when there is one, is the first of `versions` and none of the older ones.
   * `needsEntry` false leaves it undefined for a file that nothing is known of, which saves reading it.
   */
  async view(bucket: string, key: string, folder: BucketFolder, needsEntry: boolean): Promise<LockedKey> {
    const file = await folder.find(key);
    const state = file === undefined ? undefined : stateAt(file);
    let record = this.metadata.read(bucket, key);
    if (file === undefined || state === undefined) {
      if (isLost(record)) {
        const modifiedMs = this.laterThan({ versions: record.older });
        record = { states: [], older: [{ versionId: newVersionId(), modifiedMs, isDeleteMarker: true }, ...record.older] };
        this.metadata.write(bucket, key, record);
      }
      return { folder, file: undefined, record, ...viewOf(record, undefined) };
    }
    let present = entryOf(record, state);
    if (present === undefined && needsEntry) {
      const handle = await open(file, 'r');
      try {
        present = await computeEntry(key, record, state, handle);
      } finally {
        await handle.close();
      }
      record = { ...record, states: [present] };
      this.metadata.write(bucket, key, record);
    }
    const linked = present === undefined ? -1 : indexOfVersion(record.older, present);
    if (present === undefined || linked < 0) return { folder, file, record, ...viewOf(record, present) };
    if (linked > 0) {
      // A delete marker was written, the file not yet removed.
      await rm(file, { force: true });
      await folder.prune(file);
      return { folder, file: undefined, record, ...viewOf(record, undefined) };
    }
    const before = record;
    record = { states: [present], older: record.older.slice(1) };
    await this.writeRecord(bucket, key, before, record);
    await this.removeBytes(bucket, key, present.versionId);
    return { folder, file, record, ...viewOf(record, present) };
  }

  /** Now, or later than every version that is there. */
  laterThan({ versions }: Pick<KeyView, 'versions'>): number {
    return versions.reduce((latest, { modifiedMs }) => Math.max(latest, modifiedMs + 1), this.#clock.now());
  }

  /** Links the plain file into the folder of older versions. */
  async keepBytes(bucket: string, key: string, { file, present }: LockedKey): Promise<void> {
    if (file === undefined || present === undefined) return;
    const path = this.#layout.versionFile(bucket, key, present.versionId);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await linkFile(file, path, this.#layout.newScratchFile());
  }

  /** Writes what is known of a key, and whether listings of versions find it. An empty record is none. */
  async writeRecord(bucket: string, key: string, before: KeyRecord, record: KeyRecord): Promise<void> {
    const keys = this.#buckets.versionedKeys(bucket);
    const hasHistory = record.older.length > 0;
    if (hasHistory && before.older.length === 0) {
      await mkdir(keys.root, { recursive: true });
      if ((await keys.find(key)) === undefined) await writeFile(await keys.place(key), '');
    }
    if (record.states.length === 0 && !hasHistory) this.metadata.remove(bucket, key);
    else this.metadata.write(bucket, key, record);
    if (hasHistory || before.older.length === 0) return;
    const marker = await keys.find(key);
    if (marker === undefined) return;
    await rm(marker, { force: true });
    await keys.prune(marker);
  }

  /** Forgets the older version of that id, when the new current version has taken its place. */
  async dropOlder(bucket: string, key: string, record: KeyRecord, versionId: string): Promise<void> {
    const older = record.older.filter((version) => version.versionId !== versionId);
    if (older.length === record.older.length) return;
    await this.writeRecord(bucket, key, record, { ...record, older });
    await this.removeBytes(bucket, key, versionId);
  }

  /** Removes the plain file, leaving this record; an empty one goes too. */
  async removePlain(bucket: string, key: string, view: LockedKey, record: KeyRecord): Promise<void> {
    if (view.file !== undefined) await rm(view.file, { force: true });
    await this.writeRecord(bucket, key, view.record, record);
    if (view.file !== undefined) await view.folder.prune(view.file);
  }

  /** Of an older version; its folder goes with the last of them. */
  async removeBytes(bucket: string, key: string, versionId: string): Promise<void> {
    const path = this.#layout.versionFile(bucket, key, versionId);
    await rm(path, { force: true });
    try {
      await rmdir(dirname(path));
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY'].includes(errorCode(error) ?? '')) throw error;
    }
  }
}

/** Where the same version is among these; -1 for nowhere. */
function indexOfVersion(versions: readonly VersionEntry[], wanted: ObjectEntry): number {
  return versions.findIndex((version) => !isMarker(version) && isSameVersion(version, wanted));
}

/** A plain file should be on top of these versions, and there is none. */
export function isLost({ older }: KeyRecord): boolean {
  return older[0] !== undefined && !isMarker(older[0]);
}

export function newVersionId(): string {
  return randomBytes(16).toString('hex');
}
