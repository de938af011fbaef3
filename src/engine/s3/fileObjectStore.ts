import { createHash } from 'node:crypto';
import { constants, lstatSync, utimesSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import type { EngineLog, ObjectInfo, ObjectStore } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { BucketFolder } from './bucketFolder.js';
import { isBucketName, isExistingBucketName } from './bucketName.js';
import type { ChecksumAlgorithm } from './checksum.js';
import type { DataLayout } from './dataLayout.js';
import { diskError } from './diskError.js';
import { KeyedLock } from './keyedLock.js';
import { KeyWalk, type WalkedKey } from './keyWalk.js';
import type { Folding, NameLookup } from './nameLookup.js';
import { type ObjectEntry, ObjectMetadata } from './objectMetadata.js';
import { type KeyPage, pageKeys, type PageRequest } from './pageKeys.js';
import { type ReceivedFile, receiveFile } from './receiveFile.js';
import { replaceFile } from './replaceFile.js';
import { noSuchBucket, noSuchKey } from './s3Errors.js';

/** Source: S3 User Guide, object-keys: 1,024 bytes of UTF-8. */
export const maxKeyBytes = 1024;
export const defaultContentType = 'binary/octet-stream';
/** ETags of files that people dropped in are computed at the first look; not all of a page at once. */
const describedAtOnce = 16;

export interface StoreOptions {
  readonly layout: DataLayout;
  readonly lookup: NameLookup;
  readonly folding: Folding;
  readonly clock: Clock;
  readonly log: EngineLog;
}

/** What S3 calls know of an object beyond what the job side needs. */
export interface StoredInfo extends ObjectInfo {
  readonly checksumType: 'COMPOSITE' | 'FULL_OBJECT';
  readonly partSizes: readonly number[];
}

export interface BucketInfo {
  readonly name: string;
  readonly createdAt: Date;
  /** LocationConstraint it was created with. */
  readonly location: string | undefined;
}

/** What an object gets beside its bytes. */
export interface ObjectAttributes {
  readonly contentType: string;
  readonly systemMetadata: Readonly<Record<string, string>>;
  readonly userMetadata: Readonly<Record<string, string>>;
}

/** Looks at the object that is there (undefined: none) and throws when the call must not go on. */
export type Precondition = (current: StoredInfo | undefined) => void;

export interface PutOptions {
  readonly attributes: ObjectAttributes;
  readonly algorithms?: readonly ChecksumAlgorithm[];
  /** Throws when the body is not what the client said; runs before anything is visible. */
  readonly verify?: (received: ReceivedFile) => void;
  readonly precondition?: Precondition | undefined;
}

/** A finished file on its way into the store, with the entry it will have. */
export interface Commit {
  readonly path: string;
  readonly etag: string;
  readonly attributes: ObjectAttributes;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: 'COMPOSITE' | 'FULL_OBJECT';
  readonly partSizes: readonly number[];
  readonly precondition: Precondition | undefined;
}

/**
 * Objects as plain files in the data directory. What a person changes there counts: a file without metadata is an object whose ETag is
 * computed, an edited one loses its checksums. Writes appear whole or not at all.
 */
export class FileObjectStore implements ObjectStore {
  readonly layout: DataLayout;
  readonly #options: StoreOptions;
  readonly #metadata: ObjectMetadata;
  /** One change of a bucket at a time: of the steps that decide and make it visible, not of the transfer of bytes. */
  readonly #locks = new KeyedLock();

  constructor(options: StoreOptions) {
    this.layout = options.layout;
    this.#options = options;
    this.#metadata = new ObjectMetadata(options.layout);
  }

  /** Waits for changes under way. */
  async close(): Promise<void> {
    await this.#locks.idle();
  }

  // Buckets

  async hasBucket(bucket: string): Promise<boolean> {
    return (await this.#folder(bucket)) !== undefined;
  }

  /** Rejects with `InvalidBucketName` and `BucketAlreadyOwnedByYou`. */
  async createBucket(bucket: string, location?: string): Promise<void> {
    if (!isBucketName(bucket)) throw invalidBucketName(bucket);
    await this.#locks.run(bucket, async () => {
      const path = this.layout.bucketFolder(bucket);
      await rm(this.layout.bucketMetadata(bucket), { recursive: true, force: true });
      try {
        await mkdir(path);
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw diskError(error);
        throw new ServiceError(
          409,
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          {
            BucketName: bucket,
          },
        );
      }
      await mkdir(this.layout.bucketMetadata(bucket), { recursive: true });
      const createdAt = new Date(this.#options.clock.now()).toISOString();
      await writeFile(
        join(this.layout.bucketMetadata(bucket), 'bucket.json'),
        JSON.stringify({ version: 1, createdAt, location }),
      );
    });
  }

  /** Rejects with `NoSuchBucket`. */
  async bucketInfo(bucket: string): Promise<BucketInfo> {
    const folder = await this.#requireBucket(bucket);
    const known = await this.#readBucketFile(bucket);
    const createdAt = known.createdAt ?? (await stat(folder.root)).birthtime;
    return { name: bucket, createdAt, location: known.location };
  }

  async #readBucketFile(bucket: string): Promise<{ createdAt?: Date; location?: string }> {
    let text: string;
    try {
      text = await readFile(join(this.layout.bucketMetadata(bucket), 'bucket.json'), 'utf8');
    } catch (error) {
      // A folder that a person made is a bucket too.
      if (errorCode(error) === 'ENOENT') return {};
      throw error;
    }
    try {
      const value = JSON.parse(text) as { createdAt?: unknown; location?: unknown } | null;
      const createdAt = new Date(typeof value?.createdAt === 'string' ? value.createdAt : Number.NaN);
      return {
        ...(Number.isNaN(createdAt.getTime()) ? {} : { createdAt }),
        ...(typeof value?.location === 'string' ? { location: value.location } : {}),
      };
    } catch {
      // Torn by a power cut; nothing in it can't be done without.
      return {};
    }
  }

  /** In the order of their names. */
  async listBuckets(): Promise<readonly BucketInfo[]> {
    const all = new BucketFolder(this.layout.buckets, this.#options.lookup, this.#options.folding);
    const buckets: BucketInfo[] = [];
    for (const { part, file } of await all.entries([this.layout.buckets])) {
      if (file === undefined && (await this.hasBucket(part))) buckets.push(await this.bucketInfo(part));
    }
    return buckets;
  }

  /** Rejects with `NoSuchBucket` and `BucketNotEmpty`. Unfinished uploads go with the bucket. */
  async deleteBucket(bucket: string): Promise<void> {
    await this.#locks.run(bucket, async () => {
      const folder = await this.#requireBucket(bucket);
      for await (const _ of this.#walk(bucket, folder, '', '').keys()) {
        throw new ServiceError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: bucket });
      }
      await rm(folder.root, { recursive: true, force: true });
      await rm(this.layout.bucketMetadata(bucket), { recursive: true, force: true });
      await rm(this.layout.bucketUploads(bucket), { recursive: true, force: true });
    });
  }

  async #folder(bucket: string): Promise<BucketFolder | undefined> {
    if (!isExistingBucketName(bucket)) return undefined;
    const path = this.layout.bucketFolder(bucket);
    const kind = await this.#options.lookup(dirname(path), path.slice(dirname(path).length + 1));
    return kind === 'directory' ? new BucketFolder(path, this.#options.lookup, this.#options.folding) : undefined;
  }

  async #requireBucket(bucket: string): Promise<BucketFolder> {
    const folder = await this.#folder(bucket);
    if (folder === undefined) throw noSuchBucket(bucket);
    return folder;
  }

  /** Rejects with `NoSuchBucket`. */
  async requireBucket(bucket: string): Promise<void> {
    await this.#requireBucket(bucket);
  }

  // Reading

  async head(bucket: string, key: string): Promise<StoredInfo> {
    const opened = await this.#open(bucket, key);
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

  async read(bucket: string, key: string, range?: { start: number; end: number }): Promise<{ info: StoredInfo; body: Readable }> {
    const { handle, info } = await this.open(bucket, key);
    return { info, body: readHandle(handle, range ?? { start: 0, end: info.sizeBytes - 1 }) };
  }

  /** The object's open file and what is known of exactly this state of it. The caller closes the file. */
  async open(bucket: string, key: string): Promise<{ handle: FileHandle; info: StoredInfo }> {
    return this.#open(bucket, key);
  }

  async exportTo(bucket: string, key: string, file: string): Promise<ObjectInfo> {
    // Copied from one open file, so that a change meanwhile can't mix two states.
    const { info, body } = await this.read(bucket, key);
    await writeFile(file, body, { flush: true });
    return info;
  }

  async #open(bucket: string, key: string): Promise<{ handle: FileHandle; info: StoredInfo }> {
    const folder = await this.#requireBucket(bucket);
    checkKey(key);
    for (;;) {
      const file = await folder.find(key);
      if (file === undefined) throw noSuchKey(key);
      let handle: FileHandle;
      try {
        handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      } catch (error) {
        // Removed or replaced by a link since it was found: look again.
        if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) continue;
        throw diskError(error);
      }
      try {
        return { handle, info: await this.#describe(bucket, key, handle) };
      } catch (error) {
        await handle.close();
        throw error;
      }
    }
  }

  async #describe(bucket: string, key: string, handle: FileHandle): Promise<StoredInfo> {
    const state = stateOf(await handle.stat());
    const entries = this.#metadata.read(bucket, key);
    const own = entries.find((entry) => isSameState(entry, state));
    if (own !== undefined) return infoOf(bucket, key, own);
    const [newest] = entries;
    const computed: ObjectEntry = {
      ...state,
      etag: await md5Of(handle),
      // A file that a person edited keeps the headers it was uploaded with.
      contentType: newest?.contentType ?? defaultContentType,
      systemMetadata: newest?.systemMetadata ?? {},
      userMetadata: newest?.userMetadata ?? {},
      checksums: {},
      checksumType: 'FULL_OBJECT',
      partSizes: [],
    };
    await this.#remember(bucket, key, computed);
    return infoOf(bucket, key, computed);
  }

  /** Keeps a computed ETag, unless the object has changed or gone since. */
  async #remember(bucket: string, key: string, entry: ObjectEntry): Promise<void> {
    await this.#locks.run(bucket, async () => {
      const file = await (await this.#folder(bucket))?.find(key);
      const state = file === undefined ? undefined : stateAt(file);
      if (state !== undefined && isSameState(entry, state)) this.#metadata.write(bucket, key, [entry]);
    });
  }

  // Writing

  async write(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    options: { contentType?: string; systemMetadata?: Record<string, string>; userMetadata?: Record<string, string> } = {},
  ): Promise<StoredInfo> {
    return this.put(bucket, key, body instanceof Uint8Array ? [body] : body, {
      attributes: {
        contentType: options.contentType ?? defaultContentType,
        systemMetadata: options.systemMetadata ?? {},
        userMetadata: options.userMetadata ?? {},
      },
    });
  }

  async put(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredInfo> {
    await this.#requireBucket(bucket);
    checkKey(key);
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
    });
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
    const folder = await this.#requireBucket(bucket);
    const currentFile = await folder.find(key);
    const present =
      currentFile === undefined
        ? undefined
        : await this.#presentEntry(bucket, key, currentFile, commit.precondition !== undefined);
    commit.precondition?.(present === undefined ? undefined : infoOf(bucket, key, present));
    // Never the time of the state before, so that each state finds its own entry.
    const modified = Math.max(this.#options.clock.now(), (present?.modifiedMs ?? 0) + 1) / 1000;
    utimesSync(commit.path, modified, modified);
    const entry: ObjectEntry = {
      ...stateOf(lstatSync(commit.path)),
      etag: commit.etag,
      ...commit.attributes,
      checksums: commit.checksums,
      checksumType: commit.checksumType,
      partSizes: commit.partSizes,
    };
    this.#metadata.write(bucket, key, present === undefined ? [entry] : [entry, present]);
    await replaceFile(commit.path, currentFile ?? (await folder.place(key)));
    return infoOf(bucket, key, entry);
  }

  /** The entry of the file that is there now; computed when it has none and `isNeeded`. */
  async #presentEntry(bucket: string, key: string, file: string, isNeeded: boolean): Promise<ObjectEntry | undefined> {
    const state = stateAt(file);
    if (state === undefined) return undefined;
    const own = this.#metadata.read(bucket, key).find((entry) => isSameState(entry, state));
    if (own !== undefined || !isNeeded) return own;
    const handle = await open(file, 'r');
    try {
      const attributes = { contentType: defaultContentType, systemMetadata: {}, userMetadata: {} };
      return { ...state, etag: await md5Of(handle), ...attributes, checksums: {}, checksumType: 'FULL_OBJECT', partSizes: [] };
    } finally {
      await handle.close();
    }
  }

  /** True when there was an object. A bucket without it is fine, as in S3. */
  async remove(bucket: string, key: string, precondition?: Precondition): Promise<boolean> {
    checkKey(key);
    return this.#locks.run(bucket, async () => {
      const folder = await this.#requireBucket(bucket);
      const file = await folder.find(key);
      if (precondition !== undefined) {
        const present = file === undefined ? undefined : await this.#presentEntry(bucket, key, file, true);
        precondition(present === undefined ? undefined : infoOf(bucket, key, present));
      }
      if (file === undefined) return false;
      await rm(file, { force: true });
      this.#metadata.remove(bucket, key);
      await folder.prune(file);
      return true;
    });
  }

  // Listing

  /** One page of keys and what is known of each. */
  async list(bucket: string, request: PageRequest): Promise<{ page: KeyPage; objects: readonly StoredInfo[] }> {
    const folder = await this.#requireBucket(bucket);
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
    const known = state && this.#metadata.read(bucket, key).find((entry) => isSameState(entry, state));
    return known === undefined ? this.find(bucket, key) : infoOf(bucket, key, known);
  }

  #walk(bucket: string, folder: BucketFolder, prefix: string, after: string): KeyWalk {
    const hasMetadata = (key: string): boolean => this.#metadata.read(bucket, key).length > 0;
    return new KeyWalk(folder, { prefix, after, hasMetadata });
  }
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

export function invalidBucketName(bucket: string): ServiceError {
  return new ServiceError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: bucket });
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

interface FileState {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

function stateOf({ size, mtimeMs }: { size: number; mtimeMs: number }): FileState {
  return { sizeBytes: size, modifiedMs: Math.round(mtimeMs) };
}

/** Of the file at a path; undefined when it has gone. */
function stateAt(path: string): FileState | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? stateOf(found) : undefined;
}

function isSameState(a: FileState, b: FileState): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs;
}

function infoOf(bucket: string, key: string, entry: ObjectEntry): StoredInfo {
  const { sizeBytes, modifiedMs, ...rest } = entry;
  return { bucket, key, sizeBytes, lastModified: new Date(modifiedMs), ...rest };
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
