import { BatchError } from '../../base/errors.js';
import { decodeKey, encodeKey } from './keyEncoding.js';

/** One row of a manifest to be written. */
export interface ManifestEntry {
  readonly bucket: string;
  /** Raw, as S3 lists it. */
  readonly key: string;
  /** Left out in manifests without versions; the string `null` for objects without one. */
  readonly versionId?: string;
}

/** One line with its line end, canonically encoded: no field of it ever needs quotes. */
export function formatManifestRow(entry: ManifestEntry): string {
  const row = `${entry.bucket},${encodeKey(entry.key)}`;
  return `${row}${entry.versionId === undefined ? '' : `,${entry.versionId}`}\n`;
}

/** What a listing says of one object: its raw key, and its version if versions were listed. */
export interface ListedObject {
  readonly key: string;
  readonly versionId?: string;
}

/**
 * Reads the JSON of a listing: a response of `list-objects-v2` (`Contents`) or `list-object-versions` (`Versions`; delete markers are
 * left out), or what `--query` makes of one: an array of keys or of objects with a `Key`. Keys of responses with `EncodingType` `url`
 * are decoded. Throws `InvalidListing` when the value is none of these.
 */
export function readListing(value: unknown): ListedObject[] {
  if (Array.isArray(value)) return value.map((item: unknown) => listedObject(item, false, false));
  if (typeof value !== 'object' || value === null) throw invalidListing('it holds no list of objects');
  const response: Record<string, unknown> = { ...value };
  const isEncoded = response['EncodingType'] === 'url';
  if (Array.isArray(response['Versions']))
    return response['Versions'].map((item: unknown) => listedObject(item, isEncoded, true));
  if (Array.isArray(response['Contents']))
    return response['Contents'].map((item: unknown) => listedObject(item, isEncoded, false));
  // A listing of nothing has no Contents at all, but still says how many keys it has.
  if (response['KeyCount'] === 0 || 'Prefix' in response || Object.keys(response).every((name) => name === 'RequestCharged'))
    return [];
  throw invalidListing('it has neither Contents nor Versions');
}

function listedObject(item: unknown, isEncoded: boolean, isVersioned: boolean): ListedObject {
  const members: Record<string, unknown> = typeof item === 'object' && item !== null ? { ...item } : {};
  const [onlyItem] = Array.isArray(item) && item.length === 1 ? (item as unknown[]) : [item];
  const written = typeof onlyItem === 'string' ? onlyItem : members['Key'];
  if (typeof written !== 'string') throw invalidListing('an object of it has no Key');
  const key = isEncoded ? decodeKey(written) : written;
  if (key === undefined) throw invalidListing(`the key "${written}" is not URL-encoded`);
  if (!isVersioned) return { key };
  const versionId = members['VersionId'];
  return { key, versionId: typeof versionId === 'string' && versionId !== '' ? versionId : 'null' };
}

function invalidListing(reason: string): BatchError {
  return new BatchError('InvalidListing', `This JSON is not a listing of objects: ${reason}.`, {
    hint: 'Give the output of "aws s3api list-objects-v2", or keys as lines.',
  });
}
