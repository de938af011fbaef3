import { lstatSync, utimesSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Clock } from '../../../base/clock.js';
import type { BucketSettings, ChecksumType, ObjectAttributes, Precondition, StoredInfo } from '../../objectStore.js';
import { checkAclAllowed } from '../accessControl.js';
import type { BucketStore } from '../bucketStore.js';
import type { ChecksumAlgorithm } from '../checksum.js';
import type { DataLayout } from '../dataLayout.js';
import { defined } from '../defined.js';
import { diskError } from '../diskError.js';
import { stateOf } from '../fileState.js';
import type { KeyedLock } from '../keyedLock.js';
import { checkLockEnabled, checkRetainUntil, defaultRetentionAt } from '../lockRules.js';
import type { ObjectEntry } from '../objectMetadata.js';
import { type ReceivedFile, receiveFile } from '../receiveFile.js';
import { replaceFile } from '../replaceFile.js';
import { checkTags } from '../tagRules.js';
import { type ChangeNotes, changeState, changeStateOf } from './changeNotes.js';
import { type KeyStates, newVersionId } from './keyStates.js';
import { checkKey } from './objectKey.js';
import { currentInfo, infoOf } from './storedInfo.js';
import type { StoreRooms } from './storeRooms.js';

export interface PutOptions {
  readonly attributes: ObjectAttributes;
  readonly algorithms?: readonly ChecksumAlgorithm[];
  /** Throws when the body is not what the client said; runs before anything is visible. */
  readonly verify?: (received: ReceivedFile) => void;
  /** Where the bytes come from, when this is a copy. */
  readonly copiedFrom?: { readonly bucket: string; readonly key: string };
  /** Of an object that was fetched from a real bucket: it keeps its id in a versioned bucket. */
  readonly versionId?: string | undefined;
  readonly precondition?: Precondition | undefined;
}

/** A finished file on its way into the store, with the entry it will have. */
export interface Commit {
  readonly path: string;
  readonly etag: string;
  readonly attributes: ObjectAttributes;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: ChecksumType;
  readonly partSizes: readonly number[];
  readonly partChecksums?: readonly Readonly<Record<string, string>>[] | undefined;
  readonly precondition: Precondition | undefined;
  readonly copiedFrom?: { readonly bucket: string; readonly key: string } | undefined;
  readonly versionId?: string | undefined;
}

/** Receives objects and moves them to their keys, where they appear whole or not at all. */
export class ObjectWriter {
  readonly #layout: DataLayout;
  readonly #clock: Clock;
  readonly #buckets: BucketStore;
  readonly #keys: KeyStates;
  readonly #locks: KeyedLock;
  readonly #notes: ChangeNotes;

  constructor(options: StoreRooms) {
    this.#layout = options.layout;
    this.#clock = options.clock;
    this.#buckets = options.buckets;
    this.#keys = options.keys;
    this.#locks = options.locks;
    this.#notes = options.notes;
  }

  async put(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredInfo> {
    await this.#buckets.require(bucket);
    checkKey(key);
    this.checkAttributes(this.#buckets.settings(bucket), options.attributes);
    const received = await receiveFile(this.#layout, body, options.algorithms ?? []);
    try {
      options.verify?.(received);
    } catch (error) {
      await rm(received.path, { force: true });
      throw error;
    }
    return this.commit(bucket, key, {
      path: received.path,
      etag: received.md5.toString('hex'),
      attributes: options.attributes,
      checksums: Object.fromEntries([...received.checksums].map(([name, value]) => [name, value.toString('base64')])),
      checksumType: 'FULL_OBJECT',
      partSizes: [],
      precondition: options.precondition,
      copiedFrom: options.copiedFrom,
      versionId: options.versionId,
    });
  }

  /** Throws when the bucket does not take an object with these. */
  checkAttributes(settings: BucketSettings, attributes: ObjectAttributes): void {
    checkTags(attributes.tags ?? []);
    if (attributes.acl !== undefined) checkAclAllowed(settings, attributes.acl);
    if (attributes.retention !== undefined || attributes.hasLegalHold === true) checkLockEnabled(settings);
    checkRetainUntil(attributes.retention, this.#clock.now());
  }

  /** Moves a finished scratch file to its key. The file is gone afterwards, whatever comes of it. */
  async commit(bucket: string, key: string, commit: Commit): Promise<StoredInfo> {
    try {
      return await this.#locks.run(bucket, () => this.#commitLocked(bucket, key, commit));
    } catch (error) {
      await rm(commit.path, { force: true });
      throw diskError(error);
    }
  }

  async #commitLocked(bucket: string, key: string, commit: Commit): Promise<StoredInfo> {
    const folder = await this.#buckets.require(bucket);
    const settings = this.#buckets.settings(bucket);
    this.checkAttributes(settings, commit.attributes);
    const isVersioned = settings.versioning !== undefined;
    const needsEntry = isVersioned || commit.precondition !== undefined || this.#notes.isRecording;
    const view = await this.#keys.view(bucket, key, folder, needsEntry);
    commit.precondition?.(currentInfo(bucket, key, view));
    const versionId = settings.versioning === 'Enabled' ? (commit.versionId ?? newVersionId()) : 'null';
    // Never the time of a state before, so that each state finds its own entry.
    const modified = this.#keys.laterThan(view) / 1000;
    utimesSync(commit.path, modified, modified);
    const entry: ObjectEntry = {
      ...this.#withDefaults(settings, commit.attributes),
      ...stateOf(lstatSync(commit.path)),
      versionId,
      etag: commit.etag,
      checksums: commit.checksums,
      checksumType: commit.checksumType,
      partSizes: commit.partSizes,
      ...defined('partChecksums', commit.partChecksums),
    };
    const source = commit.copiedFrom;
    const change = { bucket, key, before: changeStateOf(view), after: changeState(entry) };
    await this.#notes.make(
      { ...change, ...(source === undefined ? { kind: 'put' } : { kind: 'copy', source }) },
      view.file,
      async () => {
        const keepsPresent = isVersioned && view.present?.versionId !== versionId;
        const older = keepsPresent ? view.versions : view.versions.filter((version) => version !== view.present);
        if (keepsPresent) await this.#keys.keepBytes(bucket, key, view);
        const states = view.present === undefined ? [entry] : [entry, view.present];
        await this.#keys.writeRecord(bucket, key, view.record, { states, older });
        await replaceFile(commit.path, view.file ?? (await folder.place(key)));
        // The `null` version before goes only when the new one is there.
        await this.#keys.dropOlder(bucket, key, { states: [entry], older }, versionId);
      },
    );
    return infoOf(bucket, key, entry, true);
  }

  #withDefaults(settings: BucketSettings, attributes: ObjectAttributes): ObjectAttributes {
    const encryption = attributes.encryption ?? settings.encryption;
    const rule = settings.objectLock?.defaultRetention;
    const retention = attributes.retention ?? (rule === undefined ? undefined : defaultRetentionAt(rule, this.#clock.now()));
    return {
      ...attributes,
      ...(encryption === undefined ? {} : { encryption }),
      ...(retention === undefined ? {} : { retention }),
    };
  }
}
