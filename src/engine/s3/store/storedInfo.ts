import { privateAcl } from '../accessControl.js';
import type { StoredInfo, VersionInfo } from '../../objectStore.js';
import type { KeyView } from '../keyView.js';
import { isMarker, type ObjectEntry, type VersionEntry } from '../objectMetadata.js';
import { deletedKey, markerNotAllowed, noSuchKey, noSuchVersion } from '../s3Errors.js';

export function infoOf(bucket: string, key: string, entry: ObjectEntry, isLatest: boolean): StoredInfo {
  const { modifiedMs, ...rest } = entry;
  return {
    storageClass: 'STANDARD',
    tags: [],
    acl: privateAcl,
    retention: undefined,
    hasLegalHold: undefined,
    encryption: { algorithm: 'AES256' },
    restore: undefined,
    replicationStatus: undefined,
    ...rest,
    bucket,
    key,
    lastModified: new Date(modifiedMs),
    isLatest,
  };
}

export function versionInfoOf(bucket: string, key: string, entry: VersionEntry, isLatest: boolean): VersionInfo {
  if (!isMarker(entry)) return infoOf(bucket, key, entry, isLatest);
  const { versionId, modifiedMs } = entry;
  return { bucket, key, versionId, lastModified: new Date(modifiedMs), isLatest, isDeleteMarker: true };
}

export function currentInfo(bucket: string, key: string, { versions: [current] }: KeyView): StoredInfo | undefined {
  return current === undefined || isMarker(current) ? undefined : infoOf(bucket, key, current, true);
}

/** The version asked for, or the current one. Throws `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` as S3 does. */
export function requireVersion(
  bucket: string,
  key: string,
  versions: readonly VersionEntry[],
  versionId: string | undefined,
): ObjectEntry {
  const target = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  if (target === undefined) throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  if (!isMarker(target)) return target;
  if (versionId === undefined) throw deletedKey(key, target.versionId);
  throw markerNotAllowed(versionInfoOf(bucket, key, target, target === versions[0]));
}
