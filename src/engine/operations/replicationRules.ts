import type { ReplicationConfiguration, ReplicationRule, StoredInfo } from '../objectStore.js';

/**
 * The rules that cover an object, one a destination: that of the highest priority. None for what batch replication does not take: objects
 * in S3 Glacier, and those under keys of the customer. Source: S3 API Reference, ReplicationRule; S3 User Guide, s3-batch-replication-batch.
 */
export function rulesFor({ rules }: ReplicationConfiguration, info: StoredInfo): ReplicationRule[] {
  if (['GLACIER', 'DEEP_ARCHIVE'].includes(info.storageClass) || info.encryption.algorithm === 'customer') return [];
  const isKms = info.encryption.algorithm !== 'AES256';
  const byBucket = new Map<string, ReplicationRule>();
  for (const rule of rules.toSorted((left, right) => left.priority - right.priority)) {
    const isCovered =
      rule.isEnabled &&
      info.key.startsWith(rule.prefix) &&
      (!isKms || rule.includesKmsObjects) &&
      rule.tags.every((wanted) => info.tags.some((tag) => tag.key === wanted.key && tag.value === wanted.value));
    if (isCovered) byBucket.set(rule.bucket, rule);
  }
  return [...byBucket.values()];
}
