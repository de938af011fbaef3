import { rm } from 'node:fs/promises';
import type { Clock } from '../../../base/clock.js';
import type { RemoveOptions, RemoveResult } from '../../objectStore.js';
import type { BucketStore } from '../bucketStore.js';
import type { DataLayout } from '../dataLayout.js';
import { diskError } from '../diskError.js';
import type { KeyedLock } from '../keyedLock.js';
import { checkRemovable } from '../lockRules.js';
import { emptyRecord, isMarker, type ObjectEntry, type VersionEntry } from '../objectMetadata.js';
import { replaceFile } from '../replaceFile.js';
import { type ChangeNotes, changeState, changeStateOf } from './changeNotes.js';
import { type KeyStates, type LockedKey, newVersionId } from './keyStates.js';
import { linkFile } from './linkFile.js';
import { checkKey } from './objectKey.js';
import { currentInfo, infoOf } from './storedInfo.js';
import type { StoreRooms } from './storeRooms.js';

/** Removes objects and versions: covers them with a delete marker, or lets them go for good and the version before take their place. */
export class ObjectRemover {
  readonly #layout: DataLayout;
  readonly #clock: Clock;
  readonly #buckets: BucketStore;
  readonly #keys: KeyStates;
  readonly #locks: KeyedLock;
  readonly #notes: ChangeNotes;

  constructor(options: StoreRooms) {
    this.#layout = options.layout;
    this.#clock = options.clock;
    this.#buckets = options.buckets;
    this.#keys = options.keys;
    this.#locks = options.locks;
    this.#notes = options.notes;
  }

  async remove(bucket: string, key: string, options: RemoveOptions = {}): Promise<RemoveResult> {
    checkKey(key);
    const versionId = options.versionId || undefined;
    try {
      return await this.#locks.run(bucket, async () => {
        const folder = await this.#buckets.require(bucket);
        const { versioning } = this.#buckets.settings(bucket);
        const isVersioned = versioning !== undefined;
        const needsEntry =
          isVersioned || versionId !== undefined || options.precondition !== undefined || this.#notes.isRecording;
        const view = await this.#keys.view(bucket, key, folder, needsEntry);
        if (versionId !== undefined) return this.#removeVersion(bucket, key, view, { ...options, versionId });
        options.precondition?.(currentInfo(bucket, key, view));
        if (!isVersioned && view.file === undefined) return { isFound: false, versionId: undefined, isDeleteMarker: false };
        return this.#notes.make(
          { kind: 'remove', bucket, key, before: changeStateOf(view), after: null },
          view.file,
          async () => {
            if (isVersioned) return this.#addMarker(bucket, key, view, versioning === 'Enabled' ? newVersionId() : 'null');
            await this.#keys.removePlain(bucket, key, view, emptyRecord);
            return { isFound: true, versionId: undefined, isDeleteMarker: false };
          },
        );
      });
    } catch (error) {
      throw diskError(error);
    }
  }

  async #addMarker(bucket: string, key: string, view: LockedKey, versionId: string): Promise<RemoveResult> {
    const marker = { versionId, modifiedMs: this.#keys.laterThan(view), isDeleteMarker: true } as const;
    const kept = view.versions.filter((version) => version.versionId !== versionId);
    const isFound = view.versions[0] !== undefined && !isMarker(view.versions[0]);
    const { present } = view;
    if (present !== undefined && kept.includes(present)) await this.#keys.keepBytes(bucket, key, view);
    const older = [marker, ...kept];
    const states = present === undefined ? [] : [present];
    await this.#keys.writeRecord(bucket, key, view.record, { states, older });
    if (view.file !== undefined) {
      await rm(view.file, { force: true });
      await view.folder.prune(view.file);
    }
    if (view.versions.some((version) => version.versionId === versionId)) await this.#keys.removeBytes(bucket, key, versionId);
    return { isFound, versionId, isDeleteMarker: true };
  }

  async #removeVersion(
    bucket: string,
    key: string,
    view: LockedKey,
    options: RemoveOptions & { versionId: string },
  ): Promise<RemoveResult> {
    const { versionId } = options;
    const target = view.versions.find((version) => version.versionId === versionId);
    const info = target === undefined || isMarker(target) ? undefined : infoOf(bucket, key, target, target === view.versions[0]);
    options.precondition?.(info);
    if (target === undefined) {
      return { isFound: false, versionId: view.versions.length === 0 ? undefined : versionId, isDeleteMarker: false };
    }
    if (!isMarker(target)) checkRemovable(target, this.#clock.now(), options.bypassesGovernance === true);
    const before = isMarker(target) ? null : changeState(target);
    const file = target === view.present ? view.file : this.#layout.versionFile(bucket, key, versionId);
    return this.#notes.make({ kind: 'remove', bucket, key, versionId, before, after: null }, file, () =>
      this.#dropVersion(bucket, key, view, target),
    );
  }

  async #dropVersion(bucket: string, key: string, view: LockedKey, target: VersionEntry): Promise<RemoveResult> {
    const { versionId } = target;
    const rest = view.versions.filter((version) => version !== target);
    const [next] = rest;
    const result = { isFound: true, versionId, isDeleteMarker: isMarker(target) };
    if (next === undefined) {
      await this.#keys.removePlain(bucket, key, view, emptyRecord);
    } else if (target !== view.versions[0]) {
      // The current version stays; what is plain stays plain.
      const older = rest.filter((version) => version !== view.present);
      await this.#keys.writeRecord(bucket, key, view.record, { states: view.present === undefined ? [] : [view.present], older });
    } else if (isMarker(next)) {
      await this.#keys.removePlain(bucket, key, view, { states: [], older: rest });
    } else {
      await this.#promote(bucket, key, view, next, rest.slice(1));
    }
    await this.#keys.removeBytes(bucket, key, versionId);
    return result;
  }

  /** Makes an older version the plain file. In the order of these steps a crash leaves the version twice, never not at all. */
  async #promote(bucket: string, key: string, view: LockedKey, next: ObjectEntry, older: readonly VersionEntry[]): Promise<void> {
    const scratch = this.#layout.newScratchFile();
    await linkFile(this.#layout.versionFile(bucket, key, next.versionId), scratch, this.#layout.newScratchFile());
    await replaceFile(scratch, view.file ?? (await view.folder.place(key)));
    await this.#keys.writeRecord(bucket, key, view.record, { states: [next], older });
    await this.#keys.removeBytes(bucket, key, next.versionId);
  }
}
