import { parseBucketArn } from '../job/arn.js';
import type { JobOperation } from '../job/jobTypes.js';

/** Where a Copy job puts its objects. */
export interface CopyPlace {
  readonly bucket: string;
  /** TargetKeyPrefix. */
  readonly prefix: string | undefined;
}

/** undefined for other operations. */
export function copyPlaceOf(operation: JobOperation): CopyPlace | undefined {
  const parameters = operation['S3PutObjectCopy'] as { TargetResource?: string; TargetKeyPrefix?: string } | undefined;
  const bucket = parseBucketArn(parameters?.TargetResource ?? '')?.bucket;
  return bucket === undefined ? undefined : { bucket, prefix: parameters?.TargetKeyPrefix };
}

/** The key of a copy: the source's is always kept whole. Which joint stands between is not documented: a setting of the engine. */
export function copiedKey(prefix: string | undefined, key: string, join: 'slash' | 'none' = 'slash'): string {
  if (prefix === undefined) return key;
  return prefix.endsWith('/') || join === 'none' ? prefix + key : `${prefix}/${key}`;
}
