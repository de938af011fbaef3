import { createHash, randomBytes } from 'node:crypto';
import { constants, lstatSync, utimesSync } from 'node:fs';
import { copyFile, type FileHandle, link, mkdir, open, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import type { ChangeKind, ObjectState } from '../../core/changes/storeChange.js';
import type { ChangeRecorder, NotedChange } from '../changes/changeRecorder.js';
import type { EngineLog, ObjectInfo } from '../contracts.js';
import type {
  AccessControlList,
  BucketInfo,
  BucketSettings,
  ChecksumType,
  CopyRequest,
  CopyResult,
  ObjectAddress,
  ObjectAttributes,
  ObjectEncryption,
  Precondition,
  RemoveOptions,
  RemoveResult,
  ReplicationStatus,
  RestoreRequest,
  Retention,
  StoredInfo,
  Tag,
  VersionedObjectStore,
  VersionInfo,
  VersionPage,
  VersionPageRequest,
} from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { checkAclAllowed, privateAcl } from './accessControl.js';
import type { BucketFolder } from './bucketFolder.js';
import { BucketStore } from './bucketStore.js';
import { type ChecksumAlgorithm, isChecksumAlgorithm } from './checksum.js';
import type { DataLayout } from './dataLayout.js';
import { defined } from './defined.js';
import { diskError } from './diskError.js';
import { type FileState, stateAt, stateOf } from './fileState.js';
import { unknownChecksum } from './integrity.js';
import { KeyedLock } from './keyedLock.js';
import { type KeySource, KeyWalk, type WalkedKey } from './keyWalk.js';
import { entryOf, isSameVersion, type KeyView, viewOf } from './keyView.js';
import { checkLockEnabled, checkRemovable, checkRetainUntil, checkRetentionChange, defaultRetentionAt } from './lockRules.js';
import { mergeKeys } from './mergeKeys.js';
import type { Folding, NameLookup } from './nameLookup.js';
import { emptyRecord, isMarker, type KeyRecord, ObjectMetadata, type ObjectEntry, type VersionEntry } from './objectMetadata.js';
import { type KeyPage, pageKeys, type PageRequest } from './pageKeys.js';
import { pageVersions } from './pageVersions.js';
import { type ReceivedFile, receiveFile } from './receiveFile.js';
import { replaceFile } from './replaceFile.js';
import { checkReadable, requestRestore } from './restoreRules.js';
import { deletedKey, invalidRequest, markerNotAllowed, noSuchKey, noSuchVersion } from './s3Errors.js';
import { checkTags } from './tagRules.js';

/** Source: S3 User Guide, object-keys: 1,024 bytes of UTF-8. */
export const maxKeyBytes = 1024;
export const defaultContentType = 'binary/octet-stream';
/** Source: S3 API Reference, CopyObject: 5 GB in one call. */
const maxCopyBytes = 5 * 1024 ** 3;
/** ETags of files that people dropped in are computed at the first look; not all of a page at once. */
const describedAtOnce = 16;

export interface StoreOptions {
  readonly layout: DataLayout;
  readonly lookup: NameLookup;
  readonly folding: Folding;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** How long a restore of an archived object takes. Undocumented by AWS: emulated. */
  readonly restoreDelayMs?: number;
  /** Writes down what jobs change. */
  readonly changes?: ChangeRecorder;
}

export interface PutOptions {
  readonly attributes: ObjectAttributes;
  readonly algorithms?: readonly ChecksumAlgorithm[];
  /** Throws when the body is not what the client said; runs before anything is visible. */
  readonly verify?: (received: ReceivedFile) => void;
  /** Where the bytes come from, when this is a copy. */
  readonly copiedFrom?: { readonly bucket: string; readonly key: string };
  /** Of an object that was fetched from a real bucket: it keeps its id in a versioned bucket. */
  readonly versionId?: string | undefined;
  readonly precondition?: Precondition | undefined;
}

/** A finished file on its way into the store, with the entry it will have. */
export interface Commit {
  readonly path: string;
  readonly etag: string;
  readonly attributes: ObjectAttributes;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: ChecksumType;
  readonly partSizes: readonly number[];
  readonly precondition: Precondition | undefined;
  readonly copiedFrom?: { readonly bucket: string; readonly key: string } | undefined;
  readonly versionId?: string | undefined;
}

/** A key as it is on the disk, seen under the bucket's lock. */
interface LockedKey extends KeyView {
  readonly folder: BucketFolder;
  /** The plain file. */
  readonly file: string | undefined;
  readonly record: KeyRecord;
}

/**
 * Objects as plain files in the data directory, the older versions of versioned ones beside. What a person changes there counts: a file
 * without metadata is an object whose ETag is computed, an edited one loses its checksums, and one removed from a versioned bucket
 * leaves a delete marker. Writes appear whole or not at all.
 */
export class FileObjectStore implements VersionedObjectStore {
  readonly layout: DataLayout;
  readonly buckets: BucketStore;
  readonly #clock: Clock;
  readonly #restoreDelayMs: number;
  readonly #metadata: ObjectMetadata;
  readonly #changes: ChangeRecorder | undefined;
  /** One change of a bucket at a time: of the steps that decide and make it visible, not of the transfer of bytes. */
  readonly #locks = new KeyedLock();

  constructor(options: StoreOptions) {
    this.layout = options.layout;
    this.#clock = options.clock;
    this.#restoreDelayMs = options.restoreDelayMs ?? 0;
    this.#metadata = new ObjectMetadata(options.layout);
    this.#changes = options.changes;
    this.buckets = new BucketStore({ ...options, locks: this.#locks });
  }

  /** Waits for changes under way. */
  async close(): Promise<void> {
    await this.#locks.idle();
  }

  // Buckets

  async hasBucket(bucket: string): Promise<boolean> {
    return this.buckets.has(bucket);
  }

  /** Rejects with `InvalidBucketName` and `BucketAlreadyOwnedByYou`. */
  async createBucket(bucket: string, location?: string, settings?: BucketSettings): Promise<void> {
    await this.buckets.create(bucket, location, settings);
  }

  /** Rejects with `NoSuchBucket`. */
  async bucketInfo(bucket: string): Promise<BucketInfo> {
    return this.buckets.info(bucket);
  }

  async changeBucket(bucket: string, change: (settings: BucketSettings) => BucketSettings): Promise<void> {
    await this.buckets.change(bucket, change);
  }

  /** Rejects with `NoSuchBucket`. */
  async requireBucket(bucket: string): Promise<void> {
    await this.buckets.require(bucket);
  }

  /** Rejects with `NoSuchBucket` and `BucketNotEmpty`. Unfinished uploads go with the bucket. */
  async deleteBucket(bucket: string): Promise<void> {
    await this.#locks.run(bucket, async () => {
      const folder = await this.buckets.require(bucket);
      const all = this.#walkVersioned(bucket, folder, '', '');
      for await (const { key } of all.keys()) {
        if ((await this.#lockedView(bucket, key, folder, false)).versions.length === 0 && (await folder.find(key)) === undefined)
          continue;
        const isVersioned = this.buckets.settings(bucket).versioning !== undefined;
        const hint = isVersioned ? '. You must delete all versions in the bucket.' : '';
        throw new ServiceError(409, 'BucketNotEmpty', `The bucket you tried to delete is not empty${hint}`, {
          BucketName: bucket,
        });
      }
      await rm(folder.root, { recursive: true, force: true });
      await rm(this.layout.bucketMetadata(bucket), { recursive: true, force: true });
      await rm(this.layout.bucketVersions(bucket), { recursive: true, force: true });
      await rm(this.layout.bucketUploads(bucket), { recursive: true, force: true });
    });
  }

  // Reading

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

  async exportTo(bucket: string, key: string, file: string): Promise<ObjectInfo> {
    // Copied from one open file, so that a change meanwhile can't mix two states.
    const { info, body } = await this.read(bucket, key);
    await writeFile(file, body, { flush: true });
    return info;
  }

  requireReadable(info: StoredInfo): void {
    checkReadable(info, this.#clock.now());
  }

  /** The version's open file and what is known of exactly this state of it. The caller closes the file. */
  async open(bucket: string, key: string, versionId?: string): Promise<{ handle: FileHandle; info: StoredInfo }> {
    const folder = await this.buckets.require(bucket);
    checkKey(key);
    for (;;) {
      const opened = await this.#tryOpen(bucket, key, folder, versionId || undefined);
      // Undefined: the key has changed between two looks at it.
      if (opened !== undefined) return opened;
    }
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
      const record = this.#metadata.read(bucket, key);
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
        await this.#locks.run(bucket, async () => this.#lockedView(bucket, key, folder, false));
        return undefined;
      }
      const { versions } = viewOf(record, present);
      const target = requireVersion(bucket, key, versions, versionId);
      const info = infoOf(bucket, key, target, target === versions[0]);
      if (present !== undefined && isSameVersion(target, present) && handle !== undefined) return { handle, info };
      await handle?.close();
      const older = await openFile(this.layout.versionFile(bucket, key, target.versionId));
      return older === undefined ? this.#vanished(bucket, key, target) : { handle: older, info };
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** The file of an older version is not there: moved meanwhile (look again), or removed by a person (no such version). */
  #vanished(bucket: string, key: string, target: ObjectEntry): undefined {
    const record = this.#metadata.read(bucket, key);
    const isStillOlder = record.older.some((entry) => !isMarker(entry) && isSameVersion(entry, target));
    if (isStillOlder && stateAt(this.layout.versionFile(bucket, key, target.versionId)) === undefined) {
      throw noSuchVersion(key, target.versionId);
    }
    return undefined;
  }

  /** Keeps a computed entry, unless the object has changed or gone since. */
  async #remember(bucket: string, key: string, entry: ObjectEntry): Promise<void> {
    await this.#locks.run(bucket, async () => {
      const file = await (await this.buckets.folder(bucket))?.find(key);
      const state = file === undefined ? undefined : stateAt(file);
      if (state === undefined || state.sizeBytes !== entry.sizeBytes || state.modifiedMs !== entry.modifiedMs) return;
      const record = this.#metadata.read(bucket, key);
      if (entryOf(record, state) === undefined) this.#metadata.write(bucket, key, { ...record, states: [entry] });
    });
  }

  // Writing

  async write(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    options: Partial<ObjectAttributes> = {},
  ): Promise<StoredInfo> {
    return this.put(bucket, key, body instanceof Uint8Array ? [body] : body, {
      attributes: { contentType: defaultContentType, systemMetadata: {}, userMetadata: {}, ...options },
    });
  }

  async put(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredInfo> {
    await this.buckets.require(bucket);
    checkKey(key);
    this.checkAttributes(this.buckets.settings(bucket), options.attributes);
    const received = await receiveFile(this.layout, body, options.algorithms ?? []);
    try {
      options.verify?.(received);
    } catch (error) {
      await rm(received.path, { force: true });
      throw error;
    }
    return this.commit(bucket, key, {
      path: received.path,
      etag: received.md5.toString('hex'),
      attributes: options.attributes,
      checksums: Object.fromEntries([...received.checksums].map(([name, value]) => [name, value.toString('base64')])),
      checksumType: 'FULL_OBJECT',
      partSizes: [],
      precondition: options.precondition,
      copiedFrom: options.copiedFrom,
      versionId: options.versionId,
    });
  }

  /** Throws when the bucket does not take an object with these. */
  checkAttributes(settings: BucketSettings, attributes: ObjectAttributes): void {
    checkTags(attributes.tags ?? []);
    if (attributes.acl !== undefined) checkAclAllowed(settings, attributes.acl);
    if (attributes.retention !== undefined || attributes.hasLegalHold === true) checkLockEnabled(settings);
    checkRetainUntil(attributes.retention, this.#clock.now());
  }

  /** Moves a finished scratch file to its key. The file is gone afterwards, whatever comes of it. */
  async commit(bucket: string, key: string, commit: Commit): Promise<StoredInfo> {
    try {
      return await this.#locks.run(bucket, () => this.#commitLocked(bucket, key, commit));
    } catch (error) {
      await rm(commit.path, { force: true });
      throw diskError(error);
    }
  }

  async #commitLocked(bucket: string, key: string, commit: Commit): Promise<StoredInfo> {
    const folder = await this.buckets.require(bucket);
    const settings = this.buckets.settings(bucket);
    this.checkAttributes(settings, commit.attributes);
    const isVersioned = settings.versioning !== undefined;
    const needsEntry = isVersioned || commit.precondition !== undefined || this.#isRecording;
    const view = await this.#lockedView(bucket, key, folder, needsEntry);
    commit.precondition?.(currentInfo(bucket, key, view));
    const versionId = settings.versioning === 'Enabled' ? (commit.versionId ?? newVersionId()) : 'null';
    // Never the time of a state before, so that each state finds its own entry.
    const modified = this.#laterThan(view) / 1000;
    utimesSync(commit.path, modified, modified);
    const entry: ObjectEntry = {
      ...this.#withDefaults(settings, commit.attributes),
      ...stateOf(lstatSync(commit.path)),
      versionId,
      etag: commit.etag,
      checksums: commit.checksums,
      checksumType: commit.checksumType,
      partSizes: commit.partSizes,
    };
    const source = commit.copiedFrom;
    const change = { bucket, key, before: changeStateOf(view), after: changeState(entry) };
    await this.#noted(
      { ...change, ...(source === undefined ? { kind: 'put' } : { kind: 'copy', source }) },
      view.file,
      async () => {
        const keepsPresent = isVersioned && view.present?.versionId !== versionId;
        const older = keepsPresent ? view.versions : view.versions.filter((version) => version !== view.present);
        if (keepsPresent) await this.#keepBytes(bucket, key, view);
        const states = view.present === undefined ? [entry] : [entry, view.present];
        await this.#writeRecord(bucket, key, view.record, { states, older });
        await replaceFile(commit.path, view.file ?? (await folder.place(key)));
        // The `null` version before goes only when the new one is there.
        await this.#dropOlder(bucket, key, { states: [entry], older }, versionId);
      },
    );
    return infoOf(bucket, key, entry, true);
  }

  get #isRecording(): boolean {
    return this.#changes?.isRecording === true;
  }

  /** Makes a change that the record of the job at work has a note of, if there is a job. */
  async #noted<T>(change: NotedChange, file: string | undefined, make: () => Promise<T>): Promise<T> {
    const undo = this.#changes?.note(change, file);
    try {
      return await make();
    } catch (error) {
      undo?.();
      throw error;
    }
  }

  #withDefaults(settings: BucketSettings, attributes: ObjectAttributes): ObjectAttributes {
    const encryption = attributes.encryption ?? settings.encryption;
    const rule = settings.objectLock?.defaultRetention;
    const retention = attributes.retention ?? (rule === undefined ? undefined : defaultRetentionAt(rule, this.#clock.now()));
    return {
      ...attributes,
      ...(encryption === undefined ? {} : { encryption }),
      ...(retention === undefined ? {} : { retention }),
    };
  }

  async copy(request: CopyRequest): Promise<CopyResult> {
    const { source, destination, metadata } = request;
    await this.buckets.require(destination.bucket);
    const { handle, info } = await this.#openSource(source);
    try {
      request.checkSource?.(info);
      this.requireReadable(info);
      if (info.sizeBytes > maxCopyBytes) {
        throw invalidRequest(
          `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
        );
      }
      checkSelfCopy(request, info);
      const { 'x-amz-website-redirect-location': _redirect, ...systemMetadata } = (metadata ?? info).systemMetadata;
      const { redirectLocation, checksumAlgorithm } = request;
      const tags = request.tags ?? info.tags;
      const copy = await this.put(
        destination.bucket,
        destination.key,
        readHandle(handle, { start: 0, end: info.sizeBytes - 1 }),
        {
          attributes: {
            contentType: (metadata ?? info).contentType,
            systemMetadata: {
              ...systemMetadata,
              ...(redirectLocation === undefined ? {} : { 'x-amz-website-redirect-location': redirectLocation }),
            },
            userMetadata: (metadata ?? info).userMetadata,
            ...(tags.length === 0 ? {} : { tags }),
            ...defined('storageClass', request.storageClass),
            ...defined('acl', request.acl),
            ...defined('retention', request.retention),
            ...defined('hasLegalHold', request.hasLegalHold),
            ...defined('encryption', request.encryption),
            ...defined('replicationStatus', request.replicationStatus),
          },
          algorithms: checksumsOfCopy(checksumAlgorithm, info),
          precondition: request.precondition,
          copiedFrom: { bucket: source.bucket, key: source.key },
        },
      );
      return { source: info, copy };
    } finally {
      await handle.close();
    }
  }

  async #openSource({ bucket, key, versionId }: ObjectAddress): Promise<{ handle: FileHandle; info: StoredInfo }> {
    try {
      return await this.open(bucket, key, versionId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'MethodNotAllowed') {
        throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
      }
      throw error;
    }
  }

  // Removing

  async remove(bucket: string, key: string, options: RemoveOptions = {}): Promise<RemoveResult> {
    checkKey(key);
    const versionId = options.versionId || undefined;
    try {
      return await this.#locks.run(bucket, async () => {
        const folder = await this.buckets.require(bucket);
        const { versioning } = this.buckets.settings(bucket);
        const isVersioned = versioning !== undefined;
        const needsEntry = isVersioned || versionId !== undefined || options.precondition !== undefined || this.#isRecording;
        const view = await this.#lockedView(bucket, key, folder, needsEntry);
        if (versionId !== undefined) return this.#removeVersion(bucket, key, view, { ...options, versionId });
        options.precondition?.(currentInfo(bucket, key, view));
        if (!isVersioned && view.file === undefined) return { isFound: false, versionId: undefined, isDeleteMarker: false };
        return this.#noted({ kind: 'remove', bucket, key, before: changeStateOf(view), after: null }, view.file, async () => {
          if (isVersioned) return this.#addMarker(bucket, key, view, versioning === 'Enabled' ? newVersionId() : 'null');
          await this.#removePlain(bucket, key, view, emptyRecord);
          return { isFound: true, versionId: undefined, isDeleteMarker: false };
        });
      });
    } catch (error) {
      throw diskError(error);
    }
  }

  async #addMarker(bucket: string, key: string, view: LockedKey, versionId: string): Promise<RemoveResult> {
    const marker = { versionId, modifiedMs: this.#laterThan(view), isDeleteMarker: true } as const;
    const kept = view.versions.filter((version) => version.versionId !== versionId);
    const isFound = view.versions[0] !== undefined && !isMarker(view.versions[0]);
    const { present } = view;
    if (present !== undefined && kept.includes(present)) await this.#keepBytes(bucket, key, view);
    const older = [marker, ...kept];
    const states = present === undefined ? [] : [present];
    await this.#writeRecord(bucket, key, view.record, { states, older });
    if (view.file !== undefined) {
      await rm(view.file, { force: true });
      await view.folder.prune(view.file);
    }
    if (view.versions.some((version) => version.versionId === versionId)) await this.#removeBytes(bucket, key, versionId);
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
    const file = target === view.present ? view.file : this.layout.versionFile(bucket, key, versionId);
    return this.#noted({ kind: 'remove', bucket, key, versionId, before, after: null }, file, () =>
      this.#dropVersion(bucket, key, view, target),
    );
  }

  async #dropVersion(bucket: string, key: string, view: LockedKey, target: VersionEntry): Promise<RemoveResult> {
    const { versionId } = target;
    const rest = view.versions.filter((version) => version !== target);
    const [next] = rest;
    const result = { isFound: true, versionId, isDeleteMarker: isMarker(target) };
    if (next === undefined) {
      await this.#removePlain(bucket, key, view, emptyRecord);
    } else if (target !== view.versions[0]) {
      // The current version stays; what is plain stays plain.
      const older = rest.filter((version) => version !== view.present);
      await this.#writeRecord(bucket, key, view.record, { states: view.present === undefined ? [] : [view.present], older });
    } else if (isMarker(next)) {
      await this.#removePlain(bucket, key, view, { states: [], older: rest });
    } else {
      await this.#promote(bucket, key, view, next, rest.slice(1));
    }
    await this.#removeBytes(bucket, key, versionId);
    return result;
  }

  /** Makes an older version the plain file. In the order of these steps a crash leaves the version twice, never not at all. */
  async #promote(bucket: string, key: string, view: LockedKey, next: ObjectEntry, older: readonly VersionEntry[]): Promise<void> {
    const scratch = this.layout.newScratchFile();
    await linkFile(this.layout.versionFile(bucket, key, next.versionId), scratch, this.layout.newScratchFile());
    await replaceFile(scratch, view.file ?? (await view.folder.place(key)));
    await this.#writeRecord(bucket, key, view.record, { states: [next], older });
    await this.#removeBytes(bucket, key, next.versionId);
  }

  /** Removes the plain file, leaving this record; an empty one goes too. */
  async #removePlain(bucket: string, key: string, view: LockedKey, record: KeyRecord): Promise<void> {
    if (view.file !== undefined) await rm(view.file, { force: true });
    await this.#writeRecord(bucket, key, view.record, record);
    if (view.file !== undefined) await view.folder.prune(view.file);
  }

  // Changing what is known of a version

  async putTags(address: ObjectAddress, tags: readonly Tag[]): Promise<StoredInfo> {
    checkTags(tags);
    return this.#change('tags', address, ({ tags: _before, ...entry }) => ({ ...entry, ...(tags.length === 0 ? {} : { tags }) }));
  }

  async putAcl(address: ObjectAddress, acl: AccessControlList): Promise<StoredInfo> {
    return this.#change('acl', address, (entry, settings) => {
      checkAclAllowed(settings, acl);
      return { ...entry, acl };
    });
  }

  async putRetention(address: ObjectAddress, retention: Retention | undefined, bypassesGovernance: boolean): Promise<StoredInfo> {
    return this.#change('retention', address, ({ retention: before, ...entry }, settings) => {
      checkLockEnabled(settings);
      checkRetentionChange(before, retention, this.#clock.now(), bypassesGovernance);
      return { ...entry, ...defined('retention', retention) };
    });
  }

  async putLegalHold(address: ObjectAddress, isOn: boolean): Promise<StoredInfo> {
    return this.#change('legalHold', address, (entry, settings) => {
      checkLockEnabled(settings);
      return { ...entry, hasLegalHold: isOn };
    });
  }

  async restore(address: ObjectAddress, request: RestoreRequest): Promise<'accepted' | 'extended'> {
    let outcome: 'accepted' | 'extended' = 'accepted';
    await this.#change('restore', address, (entry) => {
      const object = { storageClass: entry.storageClass ?? 'STANDARD', restore: entry.restore };
      const requested = requestRestore(object, request, this.#clock.now(), this.#restoreDelayMs);
      ({ outcome } = requested);
      return { ...entry, restore: requested.record };
    });
    return outcome;
  }

  async putEncryption(
    address: ObjectAddress,
    encryption: ObjectEncryption,
    check?: (current: Partial<ObjectAttributes>) => void,
  ): Promise<StoredInfo> {
    return this.#change('encryption', address, (entry) => {
      check?.(entry);
      return { ...entry, encryption };
    });
  }

  async putReplicationStatus(address: ObjectAddress, status: ReplicationStatus | undefined): Promise<StoredInfo> {
    return this.#change('replicationStatus', address, ({ replicationStatus: _before, ...entry }) => ({
      ...entry,
      ...defined('replicationStatus', status),
    }));
  }

  /** Rewrites the entry of one version, atomically. */
  async #change(
    kind: AspectKind,
    { bucket, key, versionId }: ObjectAddress,
    change: (entry: ObjectEntry, settings: BucketSettings) => ObjectEntry,
  ): Promise<StoredInfo> {
    checkKey(key);
    try {
      return await this.#locks.run(bucket, async () => {
        const folder = await this.buckets.require(bucket);
        const { record, versions } = await this.#lockedView(bucket, key, folder, true);
        const [current] = versions;
        // Reads of a deleted object find no key; changes are not allowed, as with the delete marker's own version.
        if (current !== undefined && isMarker(current) && !versionId)
          throw markerNotAllowed(versionInfoOf(bucket, key, current, true));
        const target = requireVersion(bucket, key, versions, versionId || undefined);
        const changed = change(target, this.buckets.settings(bucket));
        const swap = <T extends VersionEntry>(entry: T): T | ObjectEntry =>
          !isMarker(entry) && isSameVersion(entry, target) ? changed : entry;
        const states = record.states.map((entry) => swap(entry));
        const older = record.older.map((entry) => swap(entry));
        const isKnown = states.includes(changed) || older.includes(changed);
        const member = kind === 'legalHold' ? 'hasLegalHold' : kind;
        const note = { kind, bucket, key, before: changeState(target), after: changeState(changed) };
        const values = { was: target[member] ?? null, is: changed[member] ?? null };
        await this.#noted({ ...note, ...(versionId ? { versionId } : {}), ...values }, undefined, async () =>
          this.#metadata.write(bucket, key, { states: isKnown ? states : [changed], older }),
        );
        return infoOf(bucket, key, changed, target === versions[0]);
      });
    } catch (error) {
      throw diskError(error);
    }
  }

  // What changes share; all of it under the bucket's lock

  /**
   * The key with everything in order: what a crash left half-done is finished, and a plain file that a person removed from a versioned
   * bucket is answered for by a delete marker. `present`, when there is one, is the first of `versions` and none of the older ones.
   * `needsEntry` false leaves it undefined for a file that nothing is known of, which saves reading it.
   */
  async #lockedView(bucket: string, key: string, folder: BucketFolder, needsEntry: boolean): Promise<LockedKey> {
    const file = await folder.find(key);
    const state = file === undefined ? undefined : stateAt(file);
    let record = this.#metadata.read(bucket, key);
    if (file === undefined || state === undefined) {
      if (isLost(record)) {
        const modifiedMs = this.#laterThan({ versions: record.older });
        record = { states: [], older: [{ versionId: newVersionId(), modifiedMs, isDeleteMarker: true }, ...record.older] };
        this.#metadata.write(bucket, key, record);
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
      this.#metadata.write(bucket, key, record);
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
    await this.#writeRecord(bucket, key, before, record);
    await this.#removeBytes(bucket, key, present.versionId);
    return { folder, file, record, ...viewOf(record, present) };
  }

  /** Now, or later than every version that is there. */
  #laterThan({ versions }: Pick<KeyView, 'versions'>): number {
    return versions.reduce((latest, { modifiedMs }) => Math.max(latest, modifiedMs + 1), this.#clock.now());
  }

  /** Links the plain file into the folder of older versions. */
  async #keepBytes(bucket: string, key: string, { file, present }: LockedKey): Promise<void> {
    if (file === undefined || present === undefined) return;
    const path = this.layout.versionFile(bucket, key, present.versionId);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await linkFile(file, path, this.layout.newScratchFile());
  }

  /** Writes what is known of a key, and whether listings of versions find it. An empty record is none. */
  async #writeRecord(bucket: string, key: string, before: KeyRecord, record: KeyRecord): Promise<void> {
    const keys = this.buckets.versionedKeys(bucket);
    const hasHistory = record.older.length > 0;
    if (hasHistory && before.older.length === 0) {
      await mkdir(keys.root, { recursive: true });
      if ((await keys.find(key)) === undefined) await writeFile(await keys.place(key), '');
    }
    if (record.states.length === 0 && !hasHistory) this.#metadata.remove(bucket, key);
    else this.#metadata.write(bucket, key, record);
    if (hasHistory || before.older.length === 0) return;
    const marker = await keys.find(key);
    if (marker === undefined) return;
    await rm(marker, { force: true });
    await keys.prune(marker);
  }

  /** Forgets the older version of that id, when the new current version has taken its place. */
  async #dropOlder(bucket: string, key: string, record: KeyRecord, versionId: string): Promise<void> {
    const older = record.older.filter((version) => version.versionId !== versionId);
    if (older.length === record.older.length) return;
    await this.#writeRecord(bucket, key, record, { ...record, older });
    await this.#removeBytes(bucket, key, versionId);
  }

  async #removeBytes(bucket: string, key: string, versionId: string): Promise<void> {
    const path = this.layout.versionFile(bucket, key, versionId);
    await rm(path, { force: true });
    try {
      await rmdir(dirname(path));
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY'].includes(errorCode(error) ?? '')) throw error;
    }
  }

  // Listing

  /** One page of keys and what is known of each. */
  async list(bucket: string, request: PageRequest): Promise<{ page: KeyPage; objects: readonly StoredInfo[] }> {
    const folder = await this.buckets.require(bucket);
    const page = await pageKeys(this.#walk(bucket, folder, request.prefix, request.after), request);
    const objects: StoredInfo[] = [];
    for (let start = 0; start < page.keys.length; start += describedAtOnce) {
      const batch = page.keys.slice(start, start + describedAtOnce);
      for (const info of await Promise.all(batch.map((walked) => this.#describeListed(bucket, walked)))) {
        // Undefined: removed since the page was made.
        if (info !== undefined) objects.push(info);
      }
    }
    return { page, objects };
  }

  /** What is known of a listed object, mostly without opening it; undefined when it has gone. */
  async #describeListed(bucket: string, { key, file }: WalkedKey): Promise<StoredInfo | undefined> {
    const state = stateAt(file);
    const record = this.#metadata.read(bucket, key);
    const known = state && entryOf(record, state);
    if (known === undefined) return this.find(bucket, key);
    return viewOf(record, known).versions[0] === known ? infoOf(bucket, key, known, true) : this.find(bucket, key);
  }

  async listVersions(bucket: string, request: VersionPageRequest): Promise<VersionPage> {
    const folder = await this.buckets.require(bucket);
    const source = this.#walkVersioned(bucket, folder, request.prefix, request.keyMarker);
    return pageVersions(source, request, (key) => this.versionsOf(bucket, key));
  }

  /** All versions of a key, the newest first; none when there is no such key. */
  async versionsOf(bucket: string, key: string): Promise<readonly VersionInfo[]> {
    return this.#locks.run(bucket, async () => {
      const { versions } = await this.#lockedView(bucket, key, await this.buckets.require(bucket), true);
      return versions.map((version, index) => versionInfoOf(bucket, key, version, index === 0));
    });
  }

  #walk(bucket: string, folder: BucketFolder, prefix: string, after: string): KeyWalk {
    const hasMetadata = (key: string): boolean => this.#metadata.read(bucket, key).states.length > 0;
    return new KeyWalk(folder, { prefix, after, hasMetadata });
  }

  /** Every key with any version: those of plain files and those with older versions. */
  #walkVersioned(bucket: string, folder: BucketFolder, prefix: string, after: string): KeySource {
    const hasMetadata = (): boolean => true;
    const history = new KeyWalk(this.buckets.versionedKeys(bucket), { prefix, after, hasMetadata });
    return mergeKeys(this.#walk(bucket, folder, prefix, after), history);
  }
}

type AspectKind = Exclude<ChangeKind, 'put' | 'copy' | 'remove'>;

function changeState({ etag, sizeBytes, versionId }: ObjectEntry): ObjectState {
  return { etag, sizeBytes, versionId };
}

/** Of the current version; null when there is none, or a delete marker is. */
function changeStateOf({ versions: [current] }: KeyView): ObjectState | null {
  return current === undefined || isMarker(current) ? null : changeState(current);
}

/** Bytes of an open file, end inclusive; the file is closed at the end. */
export function readHandle(handle: FileHandle, range: { start: number; end: number }): Readable {
  if (range.end < range.start) {
    const empty = Readable.from([]);
    empty.once('close', () => void handle.close());
    return empty;
  }
  return handle.createReadStream({ start: range.start, end: range.end, highWaterMark: 256 * 1024 });
}

function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > maxKeyBytes) {
    throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long', {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(maxKeyBytes),
    });
  }
  if (key === '' || /\p{Surrogate}/u.test(key)) throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.");
}

/** Undefined when it was removed or replaced by a link since it was found. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw diskError(error);
  }
}

/** A second name for a file's bytes; a copy with the same time where the disk has no such thing. Whole or not at all. */
async function linkFile(from: string, to: string, scratch: string): Promise<void> {
  try {
    await link(from, to);
    return;
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  }
  try {
    await copyFile(from, scratch);
    const { mtimeMs } = lstatSync(from);
    await utimes(scratch, mtimeMs / 1000, mtimeMs / 1000);
    await replaceFile(scratch, to);
  } catch (error) {
    await rm(scratch, { force: true });
    throw error;
  }
}

/** Where the same version is among these; -1 for nowhere. */
function indexOfVersion(versions: readonly VersionEntry[], wanted: ObjectEntry): number {
  return versions.findIndex((version) => !isMarker(version) && isSameVersion(version, wanted));
}

/** A plain file should be on top of these versions, and there is none. */
function isLost({ older }: KeyRecord): boolean {
  return older[0] !== undefined && !isMarker(older[0]);
}

function newVersionId(): string {
  return randomBytes(16).toString('hex');
}

/** The version asked for, or the current one. Throws `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` as S3 does. */
function requireVersion(
  bucket: string,
  key: string,
  versions: readonly VersionEntry[],
  versionId: string | undefined,
): ObjectEntry {
  const target = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  if (target === undefined) throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  if (!isMarker(target)) return target;
  if (versionId === undefined) throw deletedKey(key, target.versionId);
  throw markerNotAllowed(versionInfoOf(bucket, key, target, target === versions[0]));
}

/** What is found out of a file that nothing is known of: dropped in or edited by a person. */
async function computeEntry(key: string, record: KeyRecord, state: FileState, handle: FileHandle): Promise<ObjectEntry> {
  const isTaken = (versionId: string): boolean => record.older.some((version) => version.versionId === versionId);
  const [newest] = record.states;
  // An edited file is the version it was; it keeps the headers it was uploaded with.
  const edited = newest === undefined || isTaken(newest.versionId) ? undefined : newest;
  const { restore: _restore, ...kept } = edited ?? {
    contentType: defaultContentType,
    systemMetadata: {},
    userMetadata: {},
    versionId: isTaken('null') ? droppedVersionId(key, state) : 'null',
  };
  return { ...kept, ...state, etag: await md5Of(handle), checksums: {}, checksumType: 'FULL_OBJECT', partSizes: [] };
}

/** The same at every look, so that it needs no writing down first. */
function droppedVersionId(key: string, state: FileState): string {
  const text = `${key}\n${state.sizeBytes}\n${state.modifiedMs}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function currentInfo(bucket: string, key: string, { versions: [current] }: KeyView): StoredInfo | undefined {
  return current === undefined || isMarker(current) ? undefined : infoOf(bucket, key, current, true);
}

function versionInfoOf(bucket: string, key: string, entry: VersionEntry, isLatest: boolean): VersionInfo {
  if (!isMarker(entry)) return infoOf(bucket, key, entry, isLatest);
  const { versionId, modifiedMs } = entry;
  return { bucket, key, versionId, lastModified: new Date(modifiedMs), isLatest, isDeleteMarker: true };
}

function infoOf(bucket: string, key: string, entry: ObjectEntry, isLatest: boolean): StoredInfo {
  const { modifiedMs, ...rest } = entry;
  return {
    storageClass: 'STANDARD',
    tags: [],
    acl: privateAcl,
    retention: undefined,
    hasLegalHold: undefined,
    encryption: { algorithm: 'AES256' },
    restore: undefined,
    replicationStatus: undefined,
    ...rest,
    bucket,
    key,
    lastModified: new Date(modifiedMs),
    isLatest,
  };
}

/** Source: S3 API Reference, CopyObject: onto itself only with a change, or from another version. */
function checkSelfCopy(request: CopyRequest, info: StoredInfo): void {
  const { source, destination } = request;
  if (source.bucket !== destination.bucket || source.key !== destination.key || source.versionId) return;
  const changes =
    request.metadata !== undefined ||
    (request.storageClass !== undefined && request.storageClass !== info.storageClass) ||
    request.redirectLocation !== undefined ||
    request.encryption !== undefined ||
    request.checksumAlgorithm !== undefined;
  if (changes) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

/** A copy has the source's kind of checksum, or the one asked for, of the whole object. */
function checksumsOfCopy(asked: string | undefined, info: StoredInfo): readonly ChecksumAlgorithm[] {
  if (asked === undefined) return Object.keys(info.checksums).filter(isChecksumAlgorithm);
  if (!isChecksumAlgorithm(asked)) throw unknownChecksum();
  return [asked];
}

async function md5Of(handle: FileHandle): Promise<string> {
  const hash = createHash('md5');
  const buffer = Buffer.allocUnsafe(256 * 1024);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
