import { rm } from 'node:fs/promises';
import { ServiceError } from '../../serviceError.js';
import type { ObjectLister } from './objectLister.js';
import type { StoreRooms } from './storeRooms.js';

/** Rejects with `NoSuchBucket` and `BucketNotEmpty`. Unfinished uploads go with the bucket. */
export async function removeBucket(
  { layout, buckets, keys, locks }: StoreRooms,
  lister: ObjectLister,
  bucket: string,
): Promise<void> {
  await locks.run(bucket, async () => {
    const folder = await buckets.require(bucket);
    const all = lister.walkVersioned(bucket, folder, '', '');
    for await (const { key } of all.keys()) {
      if ((await keys.view(bucket, key, folder, false)).versions.length === 0 && (await folder.find(key)) === undefined) continue;
      const isVersioned = buckets.settings(bucket).versioning !== undefined;
      const hint = isVersioned ? '. You must delete all versions in the bucket.' : '';
      throw new ServiceError(409, 'BucketNotEmpty', `The bucket you tried to delete is not empty${hint}`, { BucketName: bucket });
    }
    await rm(folder.root, { recursive: true, force: true });
    await rm(layout.bucketMetadata(bucket), { recursive: true, force: true });
    await rm(layout.bucketVersions(bucket), { recursive: true, force: true });
    await rm(layout.bucketUploads(bucket), { recursive: true, force: true });
  });
}
