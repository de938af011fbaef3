import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const bucketName: RowRule = {
  id: 'bucket-name',
  severity: 'error',
  otherSeverity: 'warning',
  description: 'The bucket column holds the name of a bucket as the naming rules allow it.',
  docUrl: docPages.bucketNames,
  isFixedByFixAll: false,
  check(view) {
    const { bucket } = view;
    if (bucket === undefined || view.bucketUri !== undefined) return undefined;
    const name = bucket.value;
    if (isBucketName(name)) return undefined;
    if (name === '') return finding(bucketName, bucket, 'The bucket name is missing.');
    if (isLegacyBucketName(name)) {
      const message = 'Only buckets made before March 2018 in US East (N. Virginia) can have such a name.';
      return finding(bucketName, bucket, message, { severity: 'warning' });
    }
    return finding(bucketName, bucket, `This is not a possible bucket name: ${reason(name)}.`);
  },
};

/** The structure of today's names: 3-63 of `a-z 0-9 . -`, beginning and ending with a letter or digit, no `..`, no IPv4 address. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/.test(name) && !isIpAddress(name);
}

/** Older buckets of US East (N. Virginia) may also have upper case, underscores and up to 255 characters. */
export function isLegacyBucketName(name: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?!\.)){1,253}[A-Za-z0-9_]$/.test(name) && !isIpAddress(name);
}

function isIpAddress(name: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
}

function reason(name: string): string {
  if (name.length < 3) return 'it is shorter than 3 characters';
  if (name.length > 255) return 'it is longer than 63 characters';
  if (/[^A-Za-z0-9._-]/.test(name)) return 'names hold letters, digits, dots and hyphens';
  if (isIpAddress(name)) return 'it is an IP address';
  if (name.includes('..')) return 'it has two dots in a row';
  return 'names begin and end with a letter or digit';
}
