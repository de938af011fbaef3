import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FileState } from '../fileState.js';
import type { KeyRecord, ObjectEntry } from '../objectMetadata.js';

export const defaultContentType = 'binary/octet-stream';

/** What is found out of a file that nothing is known of: dropped in or edited by a person. */
export async function computeEntry(key: string, record: KeyRecord, state: FileState, handle: FileHandle): Promise<ObjectEntry> {
  const isTaken = (versionId: string): boolean => record.older.some((version) => version.versionId === versionId);
  const [newest] = record.states;
  // An edited file is the version it was; it keeps the headers it was uploaded with.
  const edited = newest === undefined || isTaken(newest.versionId) ? undefined : newest;
  const {
    restore: _restore,
    partChecksums: _partChecksums,
    ...kept
  } = edited ?? {
    contentType: defaultContentType,
    systemMetadata: {},
    userMetadata: {},
    versionId: isTaken('null') ? droppedVersionId(key, state) : 'null',
  };
  return { ...kept, ...state, etag: await md5Of(handle), checksums: {}, checksumType: 'FULL_OBJECT', partSizes: [] };
}

/** The same at every look, so that it needs no writing down first. */
function droppedVersionId(key: string, state: FileState): string {
  const text = `${key}\n${state.sizeBytes}\n${state.modifiedMs}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
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
