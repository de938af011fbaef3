import type { VersionInfo, VersionPage, VersionPageRequest } from '../objectStore.js';
import type { KeySource } from './keyWalk.js';

/**
 * One page of a listing of versions. Like a listing of keys, but a page may end between two versions of a key. `source` gives the keys
 * after the key marker. Source: S3 API Reference, ListObjectVersions.
 */
export async function pageVersions(
  source: KeySource,
  request: VersionPageRequest,
  versionsOf: (key: string) => Promise<readonly VersionInfo[]>,
): Promise<VersionPage> {
  const { prefix, delimiter, keyMarker, versionIdMarker, maxKeys } = request;
  const versions: VersionInfo[] = [];
  const commonPrefixes: string[] = [];
  let nextKeyMarker = '';
  let nextVersionIdMarker = '';
  const pageOf = (isTruncated: boolean): VersionPage => ({
    versions,
    commonPrefixes,
    isTruncated,
    nextKeyMarker: isTruncated ? nextKeyMarker : '',
    nextVersionIdMarker: isTruncated ? nextVersionIdMarker : '',
  });
  /** False when the page is full. */
  const add = (found: readonly VersionInfo[]): boolean => {
    for (const version of found) {
      if (versions.length + commonPrefixes.length === maxKeys) return false;
      versions.push(version);
      nextKeyMarker = version.key;
      nextVersionIdMarker = version.versionId;
    }
    return true;
  };
  if (maxKeys === 0) return pageOf(false);
  if (versionIdMarker !== '' && keyMarker.startsWith(prefix)) {
    const all = await versionsOf(keyMarker);
    const at = all.findIndex(({ versionId }) => versionId === versionIdMarker);
    if (at >= 0 && !add(all.slice(at + 1))) return pageOf(true);
  }
  for await (const { key } of source.keys()) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at < 0) {
      if (!add(await versionsOf(key))) return pageOf(true);
      continue;
    }
    const commonPrefix = key.slice(0, at + delimiter.length);
    const isCounted = commonPrefix !== keyMarker;
    if (isCounted && (await versionsOf(key)).length === 0) continue;
    source.skip(commonPrefix);
    if (!isCounted) continue;
    if (versions.length + commonPrefixes.length === maxKeys) return pageOf(true);
    commonPrefixes.push(commonPrefix);
    nextKeyMarker = commonPrefix;
    nextVersionIdMarker = '';
  }
  return pageOf(false);
}
