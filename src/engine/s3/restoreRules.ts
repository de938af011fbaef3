import type { RestoreRecord, RestoreRequest, RestoreTier } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml } from '../xml/parseXml.js';
import { invalidArgument } from './s3Errors.js';

/** Rules of archived objects. Source: S3 API Reference, RestoreObject; User Guide, restoring-objects. */

/** Classes whose objects are read only after a restore. */
const archiveClasses: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Source: S3 API Reference, PutObject, x-amz-storage-class, without the classes of other services (SNOW, OUTPOSTS, FSX …). */
export const storageClasses: readonly string[] = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

const dayMs = 24 * 3600 * 1000;

export type RestoreState =
  { readonly kind: 'none' } | { readonly kind: 'ongoing' } | { readonly kind: 'restored'; readonly expiresMs: number };

export function restoreState(record: RestoreRecord | undefined, nowMs: number): RestoreState {
  if (record === undefined || nowMs >= record.expiresMs) return { kind: 'none' };
  return nowMs < record.readyMs ? { kind: 'ongoing' } : { kind: 'restored', expiresMs: record.expiresMs };
}

export function isArchived(storageClass: string): boolean {
  return archiveClasses.has(storageClass);
}

/** Throws `InvalidObjectState` when the bytes can't be read now. */
export function checkReadable(object: { storageClass: string; restore: RestoreRecord | undefined }, nowMs: number): void {
  if (!isArchived(object.storageClass) || restoreState(object.restore, nowMs).kind === 'restored') return;
  throw new ServiceError(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
    StorageClass: object.storageClass,
  });
}

const tierRank: Readonly<Record<RestoreTier, number>> = { Bulk: 0, Standard: 1, Expedited: 2 };

/**
 * What comes of a restore request. A copy that is there stays for the new number of days; one under way may be sped up by a faster
 * tier and the same days. `delayMs`: how long the service takes, undocumented and emulated.
 */
export function requestRestore(
  object: { storageClass: string; restore: RestoreRecord | undefined },
  request: RestoreRequest,
  nowMs: number,
  delayMs: number,
): { outcome: 'accepted' | 'extended'; record: RestoreRecord } {
  if (!isArchived(object.storageClass)) {
    throw new ServiceError(403, 'InvalidObjectState', "Restore is not allowed for the object's current storage class", {
      StorageClass: object.storageClass,
    });
  }
  const { days, tier = 'Standard' } = request;
  if (days === undefined) throw malformedXml();
  if (days < 1) throw invalidArgument('Restoration days should be at least 1', 'Days', String(days));
  if (tier === 'Expedited' && object.storageClass === 'DEEP_ARCHIVE') {
    throw invalidArgument('Retrieval option is not supported by this storage class', 'Tier', tier);
  }
  const state = restoreState(object.restore, nowMs);
  if (state.kind === 'restored' && object.restore !== undefined) {
    return { outcome: 'extended', record: { ...object.restore, days, expiresMs: expiry(nowMs, days) } };
  }
  if (state.kind === 'ongoing' && object.restore !== undefined) {
    const isFaster = tierRank[tier] > tierRank[object.restore.tier] && days === object.restore.days;
    if (!isFaster) throw new ServiceError(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
  }
  const readyMs = nowMs + delayMs;
  return { outcome: 'accepted', record: { requestedMs: nowMs, readyMs, expiresMs: expiry(readyMs, days), days, tier } };
}

/** Source: S3 User Guide, restoring-objects: the days are counted from the copy's completion and rounded up to midnight UTC. */
function expiry(fromMs: number, days: number): number {
  return Math.ceil((fromMs + days * dayMs) / dayMs) * dayMs;
}

/** The value of `x-amz-restore`; undefined when the object has none. */
export function restoreHeader(record: RestoreRecord | undefined, nowMs: number): string | undefined {
  const state = restoreState(record, nowMs);
  if (state.kind === 'none') return undefined;
  if (state.kind === 'ongoing') return 'ongoing-request="true"';
  return `ongoing-request="false", expiry-date="${new Date(state.expiresMs).toUTCString()}"`;
}
