import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, errorCode } from '../../base/errors.js';
import type { EngineLog } from '../contracts.js';
import { isBucketName } from './bucketName.js';
import type { FileObjectStore } from './fileObjectStore.js';

/**
 * Copies the bucket folders of `seedDirectory` into the store, those that it does not have yet. A bucket appears whole or not at all.
 * `.gitkeep` and links are left out. Rejects with the BatchError `SeedDirectory` when the folder can't be read.
 */
export async function seedBuckets(store: FileObjectStore, seedDirectory: string, log: EngineLog): Promise<void> {
  let folders;
  try {
    folders = await readdir(seedDirectory, { withFileTypes: true });
  } catch (error) {
    throw new BatchError('SeedDirectory', `The folder of starting buckets can't be read: ${seedDirectory}`, { cause: error });
  }
  for (const folder of folders) {
    if (!folder.isDirectory()) continue;
    if (!isBucketName(folder.name)) {
      log.warn(`${join(seedDirectory, folder.name)} is not copied: its name can't be a bucket's.`);
      continue;
    }
    if (await store.hasBucket(folder.name)) continue;
    const draft = store.layout.newScratchFile();
    try {
      await copyFolder(join(seedDirectory, folder.name), draft);
      await rename(draft, store.layout.bucketFolder(folder.name));
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      // Another start made the bucket meanwhile.
      if (!['EEXIST', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) throw error;
    }
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const item of await readdir(from, { withFileTypes: true })) {
    if (item.name === '.gitkeep') continue;
    if (item.isDirectory()) await copyFolder(join(from, item.name), join(to, item.name));
    else if (item.isFile()) await copyFile(join(from, item.name), join(to, item.name));
  }
}
