import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainNames } from './keyNames.js';

/** Where things are in the data directory. */
export interface DataLayout {
  /** Files being written. Emptied at start. */
  readonly scratch: string;
  readonly buckets: string;
  bucketFolder(bucket: string): string;
  /** Everything known of a bucket beside its files. */
  bucketMetadata(bucket: string): string;
  objectMetadata(bucket: string, key: string): string;
  bucketUploads(bucket: string): string;
  /** Everything of a bucket's older versions. */
  bucketVersions(bucket: string): string;
  /** A folder laid out like the bucket's own, with an empty file for each key that has older versions: what listings walk. */
  versionedKeys(bucket: string): string;
  /** The bytes of a version that is not the current one. */
  versionFile(bucket: string, key: string, versionId: string): string;
  /** A name that is free, in a folder that is there. */
  newScratchFile(): string;
}

export function dataLayout(dataDirectory: string): DataLayout {
  const scratch = join(dataDirectory, 'tmp');
  const buckets = join(dataDirectory, 'buckets');
  const bucketMetadata = (bucket: string): string => join(dataDirectory, 'meta', ...plainNames(bucket));
  const bucketVersions = (bucket: string): string => join(dataDirectory, 'versions', ...plainNames(bucket));
  // Names after a hash: no key is too long or too odd for it, and folders stay small.
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  return {
    scratch,
    buckets,
    bucketFolder: (bucket) => join(buckets, ...plainNames(bucket)),
    bucketMetadata,
    objectMetadata: (bucket, key) => {
      const hash = hashOf(key);
      return join(bucketMetadata(bucket), 'objects', hash.slice(0, 2), `${hash}.json`);
    },
    bucketUploads: (bucket) => join(dataDirectory, 'uploads', ...plainNames(bucket)),
    bucketVersions,
    versionedKeys: (bucket) => join(bucketVersions(bucket), 'keys'),
    versionFile: (bucket, key, versionId) => {
      const hash = hashOf(key);
      return join(bucketVersions(bucket), 'bytes', hash.slice(0, 2), hash, versionId);
    },
    newScratchFile: () => {
      // Made anew when somebody has deleted the data folder under a running engine.
      mkdirSync(scratch, { recursive: true });
      return join(scratch, randomUUID());
    },
  };
}
