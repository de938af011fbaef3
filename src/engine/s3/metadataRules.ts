import { isUtf8 } from 'node:buffer';
import { ServiceError } from '../serviceError.js';

/** What S3 takes as an object's own metadata, and how it gives it back. Source: S3 User Guide, UsingMetadata. */

export const metadataPrefix = 'x-amz-meta-';
/** 2 KB of names and values, in UTF-8. */
const maxMetadataBytes = 2048;

type UserMetadata = Readonly<Record<string, string>>;

/** Throws `MetadataTooLarge`. */
export function checkUserMetadata(metadata: UserMetadata): void {
  const bytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= maxMetadataBytes) return;
  throw new ServiceError(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: String(bytes),
    MaxSizeAllowed: String(maxMetadataBytes),
  });
}

/** Throws `InvalidRedirectLocation` for what is neither a path nor a URL. Source: S3 API Reference, PutObject, x-amz-website-redirect-location. */
export function checkRedirectLocation(location: string | undefined): void {
  if (location === undefined || /^(?:\/|https?:\/\/)/.test(location)) return;
  throw new ServiceError(
    400,
    'InvalidRedirectLocation',
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
  );
}

/** The text of a header's value: Node reads bytes as Latin-1, clients send UTF-8. */
export function metadataText(value: string): string {
  if (/^[\t\u0020-\u007e]*$/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/**
 * As headers of an answer: what is not printable ASCII in the form of RFC 2047; names that no header can have, which other ways than
 * HTTP can give, are only counted.
 */
export function metadataHeaders(metadata: UserMetadata): Record<string, string> {
  const headers: Record<string, string> = {};
  let missing = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers[metadataPrefix + name] = encodedWord(value);
    else missing += 1;
  }
  return missing === 0 ? headers : { ...headers, 'x-amz-missing-meta': String(missing) };
}

function encodedWord(value: string): string {
  return /^[\t\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}
