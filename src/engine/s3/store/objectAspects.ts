import type { Clock } from '../../../base/clock.js';
import type {
  AccessControlList,
  BucketSettings,
  ObjectAddress,
  ObjectAttributes,
  ObjectEncryption,
  ReplicationStatus,
  RestoreRequest,
  Retention,
  StoredInfo,
  Tag,
} from '../../objectStore.js';
import { checkAclAllowed } from '../accessControl.js';
import type { BucketStore } from '../bucketStore.js';
import { defined } from '../defined.js';
import { diskError } from '../diskError.js';
import type { KeyedLock } from '../keyedLock.js';
import { isSameVersion } from '../keyView.js';
import { checkLockEnabled, checkRetentionChange } from '../lockRules.js';
import { isMarker, type ObjectEntry, type VersionEntry } from '../objectMetadata.js';
import { requestRestore } from '../restoreRules.js';
import { markerNotAllowed } from '../s3Errors.js';
import { checkTags } from '../tagRules.js';
import { type AspectKind, type ChangeNotes, changeState } from './changeNotes.js';
import type { KeyStates } from './keyStates.js';
import { checkKey } from './objectKey.js';
import { infoOf, requireVersion, versionInfoOf } from './storedInfo.js';
import type { StoreRooms } from './storeRooms.js';

/** Changes what is known of a version without touching its bytes: tags, ACL, lock, restore, encryption, replication. */
export class ObjectAspects {
  readonly #clock: Clock;
  readonly #buckets: BucketStore;
  readonly #keys: KeyStates;
  readonly #locks: KeyedLock;
  readonly #notes: ChangeNotes;
  readonly #restoreDelayMs: number;

  constructor(options: StoreRooms, restoreDelayMs: number) {
    this.#clock = options.clock;
    this.#buckets = options.buckets;
    this.#keys = options.keys;
    this.#locks = options.locks;
    this.#notes = options.notes;
    this.#restoreDelayMs = restoreDelayMs;
  }

  async putTags(address: ObjectAddress, tags: readonly Tag[]): Promise<StoredInfo> {
    checkTags(tags);
    return this.#change('tags', address, ({ tags: _before, ...entry }) => ({ ...entry, ...(tags.length === 0 ? {} : { tags }) }));
  }

  async putAcl(address: ObjectAddress, acl: AccessControlList): Promise<StoredInfo> {
    return this.#change('acl', address, (entry, settings) => {
      checkAclAllowed(settings, acl);
      return { ...entry, acl };
    });
  }

  async putRetention(address: ObjectAddress, retention: Retention | undefined, bypassesGovernance: boolean): Promise<StoredInfo> {
    return this.#change('retention', address, ({ retention: before, ...entry }, settings) => {
      checkLockEnabled(settings);
      checkRetentionChange(before, retention, this.#clock.now(), bypassesGovernance);
      return { ...entry, ...defined('retention', retention) };
    });
  }

  async putLegalHold(address: ObjectAddress, isOn: boolean): Promise<StoredInfo> {
    return this.#change('legalHold', address, (entry, settings) => {
      checkLockEnabled(settings);
      return { ...entry, hasLegalHold: isOn };
    });
  }

  async restore(address: ObjectAddress, request: RestoreRequest): Promise<'accepted' | 'extended'> {
    let outcome: 'accepted' | 'extended' = 'accepted';
    await this.#change('restore', address, (entry) => {
      const object = { storageClass: entry.storageClass ?? 'STANDARD', restore: entry.restore };
      const requested = requestRestore(object, request, this.#clock.now(), this.#restoreDelayMs);
      ({ outcome } = requested);
      return { ...entry, restore: requested.record };
    });
    return outcome;
  }

  async putEncryption(
    address: ObjectAddress,
    encryption: ObjectEncryption,
    check?: (current: Partial<ObjectAttributes>) => void,
  ): Promise<StoredInfo> {
    return this.#change('encryption', address, (entry) => {
      check?.(entry);
      return { ...entry, encryption };
    });
  }

  async putReplicationStatus(address: ObjectAddress, status: ReplicationStatus | undefined): Promise<StoredInfo> {
    return this.#change('replicationStatus', address, ({ replicationStatus: _before, ...entry }) => ({
      ...entry,
      ...defined('replicationStatus', status),
    }));
  }

  /** Rewrites the entry of one version, atomically. */
  async #change(
    kind: AspectKind,
    { bucket, key, versionId }: ObjectAddress,
    change: (entry: ObjectEntry, settings: BucketSettings) => ObjectEntry,
  ): Promise<StoredInfo> {
    checkKey(key);
    try {
      return await this.#locks.run(bucket, async () => {
        const folder = await this.#buckets.require(bucket);
        const { record, versions } = await this.#keys.view(bucket, key, folder, true);
        const [current] = versions;
        // Reads of a deleted object find no key; changes are not allowed, as with the delete marker's own version.
        if (current !== undefined && isMarker(current) && !versionId)
          throw markerNotAllowed(versionInfoOf(bucket, key, current, true));
        const target = requireVersion(bucket, key, versions, versionId || undefined);
        const changed = change(target, this.#buckets.settings(bucket));
        const swap = <T extends VersionEntry>(entry: T): T | ObjectEntry =>
          !isMarker(entry) && isSameVersion(entry, target) ? changed : entry;
        const states = record.states.map((entry) => swap(entry));
        const older = record.older.map((entry) => swap(entry));
        const isKnown = states.includes(changed) || older.includes(changed);
        const member = kind === 'legalHold' ? 'hasLegalHold' : kind;
        const note = { kind, bucket, key, before: changeState(target), after: changeState(changed) };
        const values = { was: target[member] ?? null, is: changed[member] ?? null };
        await this.#notes.make({ ...note, ...(versionId ? { versionId } : {}), ...values }, undefined, async () =>
          this.#keys.metadata.write(bucket, key, { states: isKnown ? states : [changed], older }),
        );
        return infoOf(bucket, key, changed, target === versions[0]);
      });
    } catch (error) {
      throw diskError(error);
    }
  }
}
