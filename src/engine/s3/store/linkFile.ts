import { lstatSync } from 'node:fs';
import { copyFile, link, rm, utimes } from 'node:fs/promises';
import { errorCode } from '../../../base/errors.js';
import { replaceFile } from '../replaceFile.js';

/** A second name for a file's bytes; a copy with the same time where the disk has no such thing. Whole or not at all. */
export async function linkFile(from: string, to: string, scratch: string): Promise<void> {
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
