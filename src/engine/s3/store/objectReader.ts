import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { StoredInfo, VersionInfo } from '../../objectStore.js';
import { ServiceError } from '../../serviceError.js';
import type { BucketFolder } from '../bucketFolder.js';
import type { BucketStore } from '../bucketStore.js';
import type { DataLayout } from '../dataLayout.js';
import { stateAt, stateOf } from '../fileState.js';
import { entryOf, isSameVersion, viewOf } from '../keyView.js';
import type { KeyedLock } from '../keyedLock.js';
import { isMarker, type ObjectEntry } from '../objectMetadata.js';
import { noSuchVersion } from '../s3Errors.js';
import { computeEntry } from './foundFile.js';
import { isLost, type KeyStates } from './keyStates.js';
import { checkKey } from './objectKey.js';
import { openFile, readHandle } from './openFile.js';
import { infoOf, requireVersion, versionInfoOf } from './storedInfo.js';
import type { StoreRooms } from './storeRooms.js';

/** Reads versions of objects. No lock is held while bytes are read: what changes meanwhile is noticed and looked at again. */
export class ObjectReader {
  readonly #layout: DataLayout;
  readonly #buckets: BucketStore;
  readonly #keys: KeyStates;
  readonly #locks: KeyedLock;

  constructor(options: StoreRooms) {
    this.#layout = options.layout;
    this.#buckets = options.buckets;
    this.#keys = options.keys;
    this.#locks = options.locks;
  }

  async head(bucket: string, key: string, versionId?: string): Promise<StoredInfo> {
    const opened = await this.open(bucket, key, versionId);
    await opened.handle.close();
    return opened.info;
  }

  /** Like `head`, but undefined when the bucket has no such object. */
  async find(bucket: string, key: string): Promise<StoredInfo | undefined> {
    try {
      return await this.head(bucket, key);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async read(
    bucket: string,
    key: string,
    range?: { start: number; end: number },
    versionId?: string,
  ): Promise<{ info: StoredInfo; body: Readable }> {
    const { handle, info } = await this.open(bucket, key, versionId);
    return { info, body: readHandle(handle, range ?? { start: 0, end: info.sizeBytes - 1 }) };
  }

  /** The version's open file and what is known of exactly this state of it. The caller closes the file. */
  async open(bucket: string, key: string, versionId?: string): Promise<{ handle: FileHandle; info: StoredInfo }> {
    const folder = await this.#buckets.require(bucket);
    checkKey(key);
    for (;;) {
      const opened = await this.#tryOpen(bucket, key, folder, versionId || undefined);
      // Undefined: the key has changed between two looks at it.
      if (opened !== undefined) return opened;
    }
  }

  /** All versions of a key, the newest first; none when there is no such key. */
  async versionsOf(bucket: string, key: string): Promise<readonly VersionInfo[]> {
    return this.#locks.run(bucket, async () => {
      const { versions } = await this.#keys.view(bucket, key, await this.#buckets.require(bucket), true);
      return versions.map((version, index) => versionInfoOf(bucket, key, version, index === 0));
    });
  }

  async #tryOpen(
    bucket: string,
    key: string,
    folder: BucketFolder,
    versionId: string | undefined,
  ): Promise<{ handle: FileHandle; info: StoredInfo } | undefined> {
    const file = await folder.find(key);
    const handle = file === undefined ? undefined : await openFile(file);
    if (file !== undefined && handle === undefined) return undefined;
    try {
      const record = this.#keys.metadata.read(bucket, key);
      let present: ObjectEntry | undefined;
      if (file !== undefined && handle !== undefined) {
        const state = stateOf(await handle.stat());
        present = entryOf(record, state);
        if (present === undefined) {
          const now = stateAt(file);
          if (now === undefined || now.sizeBytes !== state.sizeBytes || now.modifiedMs !== state.modifiedMs) {
            await handle.close();
            return undefined;
          }
          present = await computeEntry(key, record, state, handle);
          await this.#remember(bucket, key, present);
        }
      } else if (isLost(record)) {
        await this.#locks.run(bucket, async () => this.#keys.view(bucket, key, folder, false));
        return undefined;
      }
      const { versions } = viewOf(record, present);
      const target = requireVersion(bucket, key, versions, versionId);
      const info = infoOf(bucket, key, target, target === versions[0]);
      if (present !== undefined && isSameVersion(target, present) && handle !== undefined) return { handle, info };
      await handle?.close();
      const older = await openFile(this.#layout.versionFile(bucket, key, target.versionId));
      return older === undefined ? this.#vanished(bucket, key, target) : { handle: older, info };
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** The file of an older version is not there: moved meanwhile (look again), or removed by a person (no such version). */
  #vanished(bucket: string, key: string, target: ObjectEntry): undefined {
    const record = this.#keys.metadata.read(bucket, key);
    const isStillOlder = record.older.some((entry) => !isMarker(entry) && isSameVersion(entry, target));
    if (isStillOlder && stateAt(this.#layout.versionFile(bucket, key, target.versionId)) === undefined) {
      throw noSuchVersion(key, target.versionId);
    }
    return undefined;
  }

  /** Keeps a computed entry, unless the object has changed or gone since. */
  async #remember(bucket: string, key: string, entry: ObjectEntry): Promise<void> {
    await this.#locks.run(bucket, async () => {
      const file = await (await this.#buckets.folder(bucket))?.find(key);
      const state = file === undefined ? undefined : stateAt(file);
      if (state === undefined || state.sizeBytes !== entry.sizeBytes || state.modifiedMs !== entry.modifiedMs) return;
      const record = this.#keys.metadata.read(bucket, key);
      if (entryOf(record, state) === undefined) this.#keys.metadata.write(bucket, key, { ...record, states: [entry] });
    });
  }
}
