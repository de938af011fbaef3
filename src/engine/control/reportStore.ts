import type { ObjectStore } from '../contracts.js';
import type { VersionedObjectStore } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';

/**
 * The store as a completion report is written to it: under SSE-S3 whatever the bucket's default (S3 User Guide,
 * batch-ops-examples-reports), and never into a bucket whose Object Lock has a default retention, which makes the job fail
 * (replication-troubleshoot).
 */
export function reportStore(store: VersionedObjectStore): ObjectStore {
  return {
    hasBucket: (bucket) => store.hasBucket(bucket),
    createBucket: (bucket) => store.createBucket(bucket),
    head: (bucket, key) => store.head(bucket, key),
    read: (bucket, key, range) => store.read(bucket, key, range),
    exportTo: (bucket, key, file) => store.exportTo(bucket, key, file),
    write: async (bucket, key, body, options) => {
      const { objectLock } = await store.bucketInfo(bucket);
      if (objectLock?.defaultRetention !== undefined) {
        throw new ServiceError(400, 'InvalidRequest', `The bucket ${bucket} has a default retention, which reports can't have.`);
      }
      return store.write(bucket, key, body, { ...options, encryption: { algorithm: 'AES256' } });
    },
  };
}
