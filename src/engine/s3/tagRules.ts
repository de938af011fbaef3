import type { Tag } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';

/** Source: S3 User Guide, object-tagging: ten tags, keys of 128 and values of 256 characters. */
const maxTags = 10;
const maxKeyLength = 128;
const maxValueLength = 256;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws `InvalidTag`, or `BadRequest` for more than ten. */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length > maxTags) throw new ServiceError(400, 'BadRequest', 'Object tags cannot be greater than 10');
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key === '' || key.length > maxKeyLength || !allowed.test(key))
      throw invalidTag('The TagKey you have provided is invalid', key);
    if (value.length > maxValueLength || !allowed.test(value))
      throw invalidTag('The TagValue you have provided is invalid', key, value);
    if (key.toLowerCase().startsWith('aws:')) throw invalidTag('Your TagKey cannot be prefixed with aws:', key);
    if (keys.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key);
    keys.add(key);
  }
}

function invalidTag(message: string, key: string, value?: string): ServiceError {
  return new ServiceError(400, 'InvalidTag', message, { TagKey: key, ...(value === undefined ? {} : { TagValue: value }) });
}
