import type { FieldView } from '../rowView.js';
import { docPages } from './docPages.js';
import { type Finding, finding, type RuleInfo } from './rule.js';

export const mixedBuckets: RuleInfo = {
  id: 'mixed-buckets',
  severity: 'warning',
  otherSeverity: 'error',
  description: 'Objects of several buckets in one manifest; some operations allow one bucket only.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
};

/** Asked of the first row of each further bucket. */
export function findMixedBuckets(bucket: FieldView, firstBucket: string, isOneBucketOnly: boolean): Finding {
  if (isOneBucketOnly) {
    const message = `The first row's bucket is "${firstBucket}". All objects of this operation must be in one bucket.`;
    return finding(mixedBuckets, bucket, message, { severity: 'error' });
  }
  return finding(mixedBuckets, bucket, `The first row's bucket is "${firstBucket}". Are two manifests mixed here?`);
}
