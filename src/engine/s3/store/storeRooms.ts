import type { Clock } from '../../../base/clock.js';
import type { BucketStore } from '../bucketStore.js';
import type { DataLayout } from '../dataLayout.js';
import type { KeyedLock } from '../keyedLock.js';
import type { ChangeNotes } from './changeNotes.js';
import type { KeyStates } from './keyStates.js';

/** What the rooms of a store share: the one disk, the one lock of each bucket, the one record of changes. */
export interface StoreRooms {
  readonly layout: DataLayout;
  readonly clock: Clock;
  readonly buckets: BucketStore;
  readonly keys: KeyStates;
  /** One change of a bucket at a time: of the steps that decide and make it visible, not of the transfer of bytes. */
  readonly locks: KeyedLock;
  readonly notes: ChangeNotes;
}
