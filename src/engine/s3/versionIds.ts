import type { S3Call } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';

/** The version that a request names; undefined for the current one. What can't be a version id is `InvalidArgument`. */
export function versionOf({ request }: Pick<S3Call, 'request'>): string | undefined {
  const text = request.query.get('versionId');
  return text === null ? undefined : readVersionId(text);
}

export function readVersionId(text: string): string {
  if (text === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', text);
  // Those of AWS pass too: they are well-formed, and simply not there.
  if (!/^[\w.-]{1,1024}$/.test(text)) throw invalidArgument('Invalid version id specified', 'versionId', text);
  return text;
}

/** `x-amz-version-id`, which only buckets that were ever versioned answer with. */
export function versionHeader(
  { store }: Pick<S3Call, 'store'>,
  { bucket, versionId }: { bucket: string; versionId: string },
  name = 'x-amz-version-id',
): Record<string, string> {
  return store.buckets.settings(bucket).versioning === undefined ? {} : { [name]: versionId };
}

/** The version that a write made; a bucket whose versioning is suspended does not name its `null` version then. */
export function newVersionHeader(
  { store }: Pick<S3Call, 'store'>,
  { bucket, versionId }: { bucket: string; versionId: string },
): Record<string, string> {
  return store.buckets.settings(bucket).versioning === 'Enabled' ? { 'x-amz-version-id': versionId } : {};
}
