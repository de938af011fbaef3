import type { StoredInfo, VersionPage, VersionPageRequest } from '../../objectStore.js';
import type { BucketFolder } from '../bucketFolder.js';
import type { BucketStore } from '../bucketStore.js';
import { stateAt } from '../fileState.js';
import { type KeySource, KeyWalk, type WalkedKey } from '../keyWalk.js';
import { entryOf, viewOf } from '../keyView.js';
import { mergeKeys } from '../mergeKeys.js';
import { type KeyPage, pageKeys, type PageRequest } from '../pageKeys.js';
import { pageVersions } from '../pageVersions.js';
import type { KeyStates } from './keyStates.js';
import type { ObjectReader } from './objectReader.js';
import { infoOf } from './storedInfo.js';
import type { StoreRooms } from './storeRooms.js';

/** ETags of files that people dropped in are computed at the first look; not all of a page at once. */
const describedAtOnce = 16;

/** Lists keys and versions, a page at a time. */
export class ObjectLister {
  readonly #buckets: BucketStore;
  readonly #keys: KeyStates;
  readonly #reader: ObjectReader;

  constructor({ buckets, keys }: StoreRooms, reader: ObjectReader) {
    this.#buckets = buckets;
    this.#keys = keys;
    this.#reader = reader;
  }

  /** One page of keys and what is known of each. */
  async list(bucket: string, request: PageRequest): Promise<{ page: KeyPage; objects: readonly StoredInfo[] }> {
    const folder = await this.#buckets.require(bucket);
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
    const record = this.#keys.metadata.read(bucket, key);
    const known = state && entryOf(record, state);
    if (known === undefined) return this.#reader.find(bucket, key);
    return viewOf(record, known).versions[0] === known ? infoOf(bucket, key, known, true) : this.#reader.find(bucket, key);
  }

  async listVersions(bucket: string, request: VersionPageRequest): Promise<VersionPage> {
    const folder = await this.#buckets.require(bucket);
    const source = this.walkVersioned(bucket, folder, request.prefix, request.keyMarker);
    return pageVersions(source, request, (key) => this.#reader.versionsOf(bucket, key));
  }

  #walk(bucket: string, folder: BucketFolder, prefix: string, after: string): KeyWalk {
    const hasMetadata = (key: string): boolean => this.#keys.metadata.read(bucket, key).states.length > 0;
    return new KeyWalk(folder, { prefix, after, hasMetadata });
  }

  /** Every key with any version: those of plain files and those with older versions. */
  walkVersioned(bucket: string, folder: BucketFolder, prefix: string, after: string): KeySource {
    const hasMetadata = (): boolean => true;
    const history = new KeyWalk(this.#buckets.versionedKeys(bucket), { prefix, after, hasMetadata });
    return mergeKeys(this.#walk(bucket, folder, prefix, after), history);
  }
}
