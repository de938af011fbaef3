import type { KeySource, WalkedKey } from './keyWalk.js';

export interface PageRequest {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** The key or common prefix that the page before ended with, or where the client wants to start; empty for none. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface KeyPage {
  readonly keys: readonly WalkedKey[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Last key or common prefix of the page; what the next page comes after. */
  readonly last: string;
}

/**
 * One page of a listing. Keys with the delimiter behind the prefix are rolled up into a common prefix that counts as one, and a common
 * prefix that a page ended with is not listed again. Source: S3 API Reference, ListObjectsV2.
 */
export async function pageKeys(source: KeySource, request: PageRequest): Promise<KeyPage> {
  const keys: WalkedKey[] = [];
  const commonPrefixes: string[] = [];
  const { prefix, delimiter, after, maxKeys } = request;
  let last = '';
  if (maxKeys === 0) return { keys, commonPrefixes, isTruncated: false, last };
  for await (const walked of source.keys()) {
    const at = delimiter === '' ? -1 : walked.key.indexOf(delimiter, prefix.length);
    const commonPrefix = at < 0 ? undefined : walked.key.slice(0, at + delimiter.length);
    if (commonPrefix !== undefined) {
      source.skip(commonPrefix);
      if (commonPrefix === after) continue;
    }
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, isTruncated: true, last };
    if (commonPrefix === undefined) keys.push(walked);
    else commonPrefixes.push(commonPrefix);
    last = commonPrefix ?? walked.key;
  }
  return { keys, commonPrefixes, isTruncated: false, last };
}
