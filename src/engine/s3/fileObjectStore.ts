import { type FileHandle, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import type { ChangeRecorder } from '../changes/changeRecorder.js';
import type { EngineLog, ObjectInfo } from '../contracts.js';
import type { ReadThrough } from '../readThrough/readThrough.js';
import type {
  AccessControlList,
  BucketInfo,
  BucketSettings,
  CopyRequest,
  CopyResult,
  ObjectAddress,
  ObjectAttributes,
  ObjectEncryption,
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
import { BucketStore } from './bucketStore.js';
import type { DataLayout } from './dataLayout.js';
import { KeyedLock } from './keyedLock.js';
import type { Folding, NameLookup } from './nameLookup.js';
import type { KeyPage, PageRequest } from './pageKeys.js';
import { checkReadable } from './restoreRules.js';
import { ChangeNotes } from './store/changeNotes.js';
import { defaultContentType } from './store/foundFile.js';
import { KeyStates } from './store/keyStates.js';
import { ObjectAspects } from './store/objectAspects.js';
import { ObjectCopier } from './store/objectCopier.js';
import { ObjectLister } from './store/objectLister.js';
import { ObjectReader } from './store/objectReader.js';
import { ObjectRemover } from './store/objectRemover.js';
import { type Commit, ObjectWriter, type PutOptions } from './store/objectWriter.js';
import { removeBucket } from './store/removeBucket.js';
import type { StoreRooms } from './store/storeRooms.js';

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
  /** Fetches what a job looks for and the store does not have. */
  readonly readThrough?: Pick<ReadThrough, 'isNeeded' | 'ensure'>;
}

/**
 * Objects as plain files in the data directory, the older versions of versioned ones beside. What a person changes there counts: a file
 * without metadata is an object whose ETag is computed, an edited one loses its checksums, and one removed from a versioned bucket
 * leaves a delete marker. Writes appear whole or not at all.
 *
 * The rooms in `store/` do the work, each one subject: reader ← copier → writer, reader ← lister, remover, aspects; all of them stand on
 * `KeyStates`, the state of a key on the disk. This class opens the rooms and is the one door to them.
 */
export class FileObjectStore implements VersionedObjectStore {
  readonly layout: DataLayout;
  readonly buckets: BucketStore;
  readonly #clock: Clock;
  readonly #locks = new KeyedLock();
  readonly #rooms: StoreRooms;
  readonly #reader: ObjectReader;
  readonly #writer: ObjectWriter;
  readonly #copier: ObjectCopier;
  readonly #remover: ObjectRemover;
  readonly #aspects: ObjectAspects;
  readonly #lister: ObjectLister;
  readonly #readThrough: StoreOptions['readThrough'];

  constructor(options: StoreOptions) {
    const { layout, clock, restoreDelayMs = 0 } = options;
    this.layout = layout;
    this.#clock = clock;
    this.buckets = new BucketStore({ ...options, locks: this.#locks });
    const { buckets } = this;
    const keys = new KeyStates({ layout, clock, buckets });
    const rooms = { layout, clock, buckets, keys, locks: this.#locks, notes: new ChangeNotes(options.changes) };
    this.#rooms = rooms;
    this.#reader = new ObjectReader(rooms);
    this.#writer = new ObjectWriter(rooms);
    this.#copier = new ObjectCopier(rooms, this.#reader, this.#writer);
    this.#remover = new ObjectRemover(rooms);
    this.#aspects = new ObjectAspects(rooms, restoreDelayMs);
    this.#lister = new ObjectLister(rooms, this.#reader);
    this.#readThrough = options.readThrough;
  }

  /** Waits for changes under way. */
  async close(): Promise<void> {
    await this.#locks.idle();
  }

  // Buckets

  async hasBucket(bucket: string): Promise<boolean> {
    await this.#usedBucket(bucket);
    return this.buckets.has(bucket);
  }

  /** Rejects with `InvalidBucketName` and `BucketAlreadyOwnedByYou`. */
  async createBucket(bucket: string, location?: string, settings?: BucketSettings): Promise<void> {
    await this.buckets.create(bucket, location, settings);
  }

  /** Rejects with `NoSuchBucket`. */
  async bucketInfo(bucket: string): Promise<BucketInfo> {
    await this.#usedBucket(bucket);
    return this.buckets.info(bucket);
  }

  async changeBucket(bucket: string, change: (settings: BucketSettings) => BucketSettings): Promise<void> {
    await this.buckets.change(bucket, change);
  }

  /** Rejects with `NoSuchBucket`. */
  async requireBucket(bucket: string): Promise<void> {
    await this.#usedBucket(bucket);
    await this.buckets.require(bucket);
  }

  /** Rejects with `NoSuchBucket` and `BucketNotEmpty`. Unfinished uploads go with the bucket. */
  async deleteBucket(bucket: string): Promise<void> {
    await removeBucket(this.#rooms, this.#lister, bucket);
  }

  // Reading

  async head(bucket: string, key: string, versionId?: string): Promise<StoredInfo> {
    await this.#used(bucket, key, versionId);
    return this.#reader.head(bucket, key, versionId);
  }

  /** Like `head`, but undefined when the bucket has no such object. */
  async find(bucket: string, key: string): Promise<StoredInfo | undefined> {
    await this.#used(bucket, key);
    return this.#reader.find(bucket, key);
  }

  async read(
    bucket: string,
    key: string,
    range?: { start: number; end: number },
    versionId?: string,
  ): Promise<{ info: StoredInfo; body: Readable }> {
    await this.#used(bucket, key, versionId);
    return this.#reader.read(bucket, key, range, versionId);
  }

  async exportTo(bucket: string, key: string, file: string): Promise<ObjectInfo> {
    // Copied from one open file, so that a change meanwhile can't mix two states.
    const { info, body } = await this.#reader.read(bucket, key);
    await writeFile(file, body, { flush: true });
    return info;
  }

  requireReadable(info: StoredInfo): void {
    checkReadable(info, this.#clock.now());
  }

  /** The version's open file and what is known of exactly this state of it. The caller closes the file. */
  async open(bucket: string, key: string, versionId?: string): Promise<{ handle: FileHandle; info: StoredInfo }> {
    await this.#used(bucket, key, versionId);
    return this.#reader.open(bucket, key, versionId);
  }

  // Writing

  async write(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    options: Partial<ObjectAttributes> = {},
  ): Promise<StoredInfo> {
    await this.#used(bucket, key);
    return this.#writer.put(bucket, key, body instanceof Uint8Array ? [body] : body, {
      attributes: { contentType: defaultContentType, systemMetadata: {}, userMetadata: {}, ...options },
    });
  }

  async put(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredInfo> {
    await this.#used(bucket, key);
    return this.#writer.put(bucket, key, body, options);
  }

  /** Throws when the bucket does not take an object with these. */
  checkAttributes(settings: BucketSettings, attributes: ObjectAttributes): void {
    this.#writer.checkAttributes(settings, attributes);
  }

  /** Moves a finished scratch file to its key. The file is gone afterwards, whatever comes of it. */
  async commit(bucket: string, key: string, commit: Commit): Promise<StoredInfo> {
    await this.#used(bucket, key);
    return this.#writer.commit(bucket, key, commit);
  }

  async copy(request: CopyRequest): Promise<CopyResult> {
    await this.#usedAddress(request.source);
    await this.#usedAddress(request.destination);
    return this.#copier.copy(request);
  }

  async remove(bucket: string, key: string, options: RemoveOptions = {}): Promise<RemoveResult> {
    await this.#used(bucket, key, options.versionId);
    return this.#remover.remove(bucket, key, options);
  }

  // Changing what is known of a version

  async putTags(address: ObjectAddress, tags: readonly Tag[]): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putTags(address, tags);
  }

  async putAcl(address: ObjectAddress, acl: AccessControlList): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putAcl(address, acl);
  }

  async putRetention(address: ObjectAddress, retention: Retention | undefined, bypassesGovernance: boolean): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putRetention(address, retention, bypassesGovernance);
  }

  async putLegalHold(address: ObjectAddress, isOn: boolean): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putLegalHold(address, isOn);
  }

  async restore(address: ObjectAddress, request: RestoreRequest): Promise<'accepted' | 'extended'> {
    await this.#usedAddress(address);
    return this.#aspects.restore(address, request);
  }

  async putEncryption(
    address: ObjectAddress,
    encryption: ObjectEncryption,
    check?: (current: Partial<ObjectAttributes>) => void,
  ): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putEncryption(address, encryption, check);
  }

  async putReplicationStatus(address: ObjectAddress, status: ReplicationStatus | undefined): Promise<StoredInfo> {
    await this.#usedAddress(address);
    return this.#aspects.putReplicationStatus(address, status);
  }

  // Listing

  /** One page of keys and what is known of each. */
  async list(bucket: string, request: PageRequest): Promise<{ page: KeyPage; objects: readonly StoredInfo[] }> {
    return this.#lister.list(bucket, request);
  }

  async listVersions(bucket: string, request: VersionPageRequest): Promise<VersionPage> {
    return this.#lister.listVersions(bucket, request);
  }

  /** All versions of a key, the newest first; none when there is no such key. */
  async versionsOf(bucket: string, key: string): Promise<readonly VersionInfo[]> {
    await this.#used(bucket, key);
    return this.#reader.versionsOf(bucket, key);
  }

  // Reads that fall through

  #usedAddress({ bucket, key, versionId }: ObjectAddress): Promise<void> | undefined {
    return this.#used(bucket, key, versionId);
  }

  /** To be awaited before an object is used, or written, which says what is replaced: a job's may have to be fetched first. */
  #used(bucket: string, key: string, versionId = ''): Promise<void> | undefined {
    if (this.#readThrough?.isNeeded !== true) return undefined;
    const address = { bucket, key, ...(versionId === '' ? {} : { versionId }) };
    return this.#readThrough.ensure(address, async () => {
      if (!(await this.buckets.has(bucket))) return false;
      const versions = await this.#reader.versionsOf(bucket, key);
      return versions.some((version) => versionId === '' || version.versionId === versionId);
    });
  }

  #usedBucket(bucket: string): Promise<void> | undefined {
    if (this.#readThrough?.isNeeded !== true) return undefined;
    return this.#readThrough.ensure({ bucket }, () => this.buckets.has(bucket));
  }
}
