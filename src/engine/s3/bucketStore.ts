import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import type { BucketInfo, BucketSettings } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { BucketFolder } from './bucketFolder.js';
import { isBucketName, isExistingBucketName } from './bucketName.js';
import type { DataLayout } from './dataLayout.js';
import { diskError } from './diskError.js';
import type { KeyedLock } from './keyedLock.js';
import type { Folding, NameLookup } from './nameLookup.js';
import { noSuchBucket } from './s3Errors.js';

/** The file of a bucket's own data. Version 1 had no settings. */
interface BucketFile {
  readonly createdAt?: string;
  readonly location?: string;
  readonly settings?: BucketSettings;
}

export interface BucketStoreOptions {
  readonly layout: DataLayout;
  readonly lookup: NameLookup;
  readonly folding: Folding;
  readonly clock: Clock;
  /** By bucket name; shared with whoever changes objects. */
  readonly locks: KeyedLock;
}

/** The buckets of a store: which there are, and their settings. A folder that a person made is a bucket too. */
export class BucketStore {
  readonly #options: BucketStoreOptions;

  constructor(options: BucketStoreOptions) {
    this.#options = options;
  }

  async has(bucket: string): Promise<boolean> {
    return (await this.folder(bucket)) !== undefined;
  }

  /** Rejects with `InvalidBucketName` and `BucketAlreadyOwnedByYou`. */
  async create(bucket: string, location?: string, settings: BucketSettings = {}): Promise<void> {
    if (!isBucketName(bucket)) throw invalidBucketName(bucket);
    const { layout, clock, locks } = this.#options;
    await locks.run(bucket, async () => {
      if (await this.has(bucket)) {
        throw new ServiceError(
          409,
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { BucketName: bucket },
        );
      }
      try {
        // What a bucket of that name left behind; then the settings, so that the bucket never appears without them.
        await rm(layout.bucketMetadata(bucket), { recursive: true, force: true });
        await rm(layout.bucketVersions(bucket), { recursive: true, force: true });
        await mkdir(layout.bucketMetadata(bucket), { recursive: true });
        const createdAt = new Date(clock.now()).toISOString();
        this.#write(bucket, { createdAt, settings, ...(location === undefined ? {} : { location }) });
        await mkdir(layout.bucketFolder(bucket), { recursive: true });
      } catch (error) {
        throw diskError(error);
      }
    });
  }

  /** Rejects with `NoSuchBucket`. */
  async info(bucket: string): Promise<BucketInfo> {
    const folder = await this.require(bucket);
    const known = this.#read(bucket);
    const createdAt = new Date(known.createdAt ?? Number.NaN);
    return {
      ...known.settings,
      name: bucket,
      createdAt: Number.isNaN(createdAt.getTime()) ? (await stat(folder.root)).birthtime : createdAt,
      location: known.location,
    };
  }

  /** Of a bucket that is there. */
  settings(bucket: string): BucketSettings {
    return this.#read(bucket).settings ?? {};
  }

  /** One change at a time. `change` throws to refuse. */
  async change(bucket: string, change: (settings: BucketSettings) => BucketSettings): Promise<void> {
    await this.#options.locks.run(bucket, async () => {
      await this.require(bucket);
      const known = this.#read(bucket);
      const settings = change(known.settings ?? {});
      try {
        await mkdir(this.#options.layout.bucketMetadata(bucket), { recursive: true });
        this.#write(bucket, { ...known, settings });
      } catch (error) {
        throw diskError(error);
      }
    });
  }

  /** In the order of their names. */
  async list(): Promise<readonly BucketInfo[]> {
    const { layout, lookup, folding } = this.#options;
    const all = new BucketFolder(layout.buckets, lookup, folding);
    const buckets: BucketInfo[] = [];
    for (const { part, file } of await all.entries([layout.buckets])) {
      if (file === undefined && (await this.has(part))) buckets.push(await this.info(part));
    }
    return buckets;
  }

  async folder(bucket: string): Promise<BucketFolder | undefined> {
    if (!isExistingBucketName(bucket)) return undefined;
    const { layout, lookup, folding } = this.#options;
    const path = layout.bucketFolder(bucket);
    const kind = await lookup(dirname(path), path.slice(dirname(path).length + 1));
    return kind === 'directory' ? new BucketFolder(path, lookup, folding) : undefined;
  }

  /** Rejects with `NoSuchBucket`. */
  async require(bucket: string): Promise<BucketFolder> {
    const folder = await this.folder(bucket);
    if (folder === undefined) throw noSuchBucket(bucket);
    return folder;
  }

  /** The folder whose files name the keys that have older versions. Made by the first of them. */
  versionedKeys(bucket: string): BucketFolder {
    const { layout, lookup, folding } = this.#options;
    return new BucketFolder(layout.versionedKeys(bucket), lookup, folding);
  }

  #path(bucket: string): string {
    return join(this.#options.layout.bucketMetadata(bucket), 'bucket.json');
  }

  #read(bucket: string): BucketFile {
    let text: string;
    try {
      text = readFileSync(this.#path(bucket), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return {};
      throw error;
    }
    try {
      const value = JSON.parse(text) as { createdAt?: unknown; location?: unknown; settings?: unknown } | null;
      return {
        ...(typeof value?.createdAt === 'string' ? { createdAt: value.createdAt } : {}),
        ...(typeof value?.location === 'string' ? { location: value.location } : {}),
        ...(typeof value?.settings === 'object' && value.settings !== null ? { settings: value.settings as BucketSettings } : {}),
      };
    } catch {
      // Only version 1 was ever written in place and could be torn; it held nothing that can't be done without.
      return {};
    }
  }

  #write(bucket: string, file: BucketFile): void {
    const draft = this.#options.layout.newScratchFile();
    try {
      writeFileSync(draft, JSON.stringify({ version: 2, ...file }), { flush: true });
      renameSync(draft, this.#path(bucket));
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }
}

export function invalidBucketName(bucket: string): ServiceError {
  return new ServiceError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: bucket });
}
