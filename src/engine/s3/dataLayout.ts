import { createHash, randomUUID } from 'node:crypto';
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
  newScratchFile(): string;
}

export function dataLayout(dataDirectory: string): DataLayout {
  const scratch = join(dataDirectory, 'tmp');
  const buckets = join(dataDirectory, 'buckets');
  const bucketMetadata = (bucket: string): string => join(dataDirectory, 'meta', ...plainNames(bucket));
  return {
    scratch,
    buckets,
    bucketFolder: (bucket) => join(buckets, ...plainNames(bucket)),
    bucketMetadata,
    // Named after a hash: no key is too long or too odd for it, and folders stay small.
    objectMetadata: (bucket, key) => {
      const hash = createHash('sha256').update(key).digest('hex');
      return join(bucketMetadata(bucket), 'objects', hash.slice(0, 2), `${hash}.json`);
    },
    bucketUploads: (bucket) => join(dataDirectory, 'uploads', ...plainNames(bucket)),
    newScratchFile: () => join(scratch, randomUUID()),
  };
}
