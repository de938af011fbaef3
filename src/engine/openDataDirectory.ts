import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { BatchError, errorCode, errorMessage } from '../base/errors.js';

/** Makes the folder if it is missing; its real path. Rejects with the BatchError `DataDirectoryUnusable`, which says why in words. */
export async function openDataDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    const found = await realpath(path);
    // Its lock lies there first of all.
    await access(found, constants.W_OK);
    return found;
  } catch (error) {
    throw new BatchError('DataDirectoryUnusable', `The data folder ${path} can't be used: ${unusableReason(error)}.`, {
      hint: 'Name another folder.',
      cause: error,
    });
  }
}

function unusableReason(error: unknown): string {
  switch (errorCode(error)) {
    case 'EEXIST':
      return 'it is a file';
    case 'ENOTDIR':
      return 'a folder above it is a file';
    case 'EACCES':
    case 'EPERM':
      return 'you may not write there';
    case 'EROFS':
      return 'it is on a disk that is read-only';
    default:
      return errorMessage(error);
  }
}
