import type { BucketSettings, DefaultRetention, Retention } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';

/** Rules of object lock. Source: S3 User Guide, object-lock and object-lock-managing. */

const dayMs = 24 * 3600 * 1000;

interface Locked {
  readonly retention?: Retention | undefined;
  readonly hasLegalHold?: boolean | undefined;
}

export function checkLockEnabled(settings: BucketSettings): void {
  if (settings.objectLock === undefined) throw invalidRequest('Bucket is missing Object Lock Configuration');
}

/** Throws `AccessDenied` when the version must stay. */
export function checkRemovable(version: Locked, nowMs: number, bypassesGovernance: boolean): void {
  if (version.hasLegalHold === true) throw lockedByHold();
  const { retention } = version;
  if (retention === undefined || retention.retainUntilMs <= nowMs) return;
  if (retention.mode === 'COMPLIANCE' || !bypassesGovernance) throw lockedByHold();
}

/** Whether a retention may take the place of another. Throws `AccessDenied`, or `InvalidArgument` for a date that is past. */
export function checkRetentionChange(
  before: Retention | undefined,
  after: Retention | undefined,
  nowMs: number,
  bypassesGovernance: boolean,
): void {
  checkRetainUntil(after, nowMs);
  if (before === undefined || before.retainUntilMs <= nowMs) return;
  const isStronger =
    after !== undefined &&
    after.retainUntilMs >= before.retainUntilMs &&
    (after.mode === before.mode || after.mode === 'COMPLIANCE');
  if (isStronger) return;
  if (before.mode === 'COMPLIANCE' || !bypassesGovernance) throw lockedByHold();
}

export function checkRetainUntil(retention: Retention | undefined, nowMs: number): void {
  if (retention === undefined || retention.retainUntilMs > nowMs) return;
  throw invalidArgument(
    'The retain until date must be in the future!',
    'x-amz-object-lock-retain-until-date',
    new Date(retention.retainUntilMs).toISOString(),
  );
}

/** What a new object gets from the bucket. Years are calendar years, days 24 hours. */
export function defaultRetentionAt(rule: DefaultRetention, nowMs: number): Retention {
  if (rule.unit === 'Days') return { mode: rule.mode, retainUntilMs: nowMs + rule.amount * dayMs };
  const until = new Date(nowMs);
  until.setUTCFullYear(until.getUTCFullYear() + rule.amount);
  return { mode: rule.mode, retainUntilMs: until.getTime() };
}

function lockedByHold(): ServiceError {
  return new ServiceError(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
}
