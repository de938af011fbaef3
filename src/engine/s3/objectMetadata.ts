import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../base/errors.js';
import type { ChecksumType, ObjectAttributes, RestoreRecord } from '../objectStore.js';
import type { DataLayout } from './dataLayout.js';

/** What is known of one state of an object beside its bytes. */
export interface ObjectEntry extends ObjectAttributes {
  /** Size and modification time of the file it belongs to: how an entry is told from that of an earlier or later state. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** `null` for what was written without versioning. */
  readonly versionId: string;
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: ChecksumType;
  /** Sizes of the parts of a multipart upload, else empty. */
  readonly partSizes: readonly number[];
  /** In base64 by algorithm, of the same parts; absent when they have none. */
  readonly partChecksums?: readonly Readonly<Record<string, string>>[];
  readonly restore?: RestoreRecord;
}

export interface DeleteMarkerEntry {
  readonly versionId: string;
  readonly modifiedMs: number;
  readonly isDeleteMarker: true;
}

export type VersionEntry = ObjectEntry | DeleteMarkerEntry;

export function isMarker(entry: VersionEntry): entry is DeleteMarkerEntry {
  return 'isDeleteMarker' in entry;
}

/** All that is known of a key. */
export interface KeyRecord {
  /** Of the plain file: its coming state and its present one. */
  readonly states: readonly ObjectEntry[];
  /** The versions that are not the plain file, the newest first; their bytes are in the folder of older versions. */
  readonly older: readonly VersionEntry[];
}

export const emptyRecord: KeyRecord = { states: [], older: [] };

interface MetadataFile extends KeyRecord {
  readonly version: 2;
  readonly key: string;
}

/**
 * The metadata files of a store. A file holds the entry of the object's coming state and that of its present one, and is written before
 * the object is renamed into place: whichever of the two is there after a crash finds its own entry. The files are a few hundred bytes
 * and are read and written at once: four trips to a thread each would take several times as long as the work itself.
 */
export class ObjectMetadata {
  readonly #layout: DataLayout;

  constructor(layout: DataLayout) {
    this.#layout = layout;
  }

  /** Empty when there is no file or a crash tore it. */
  read(bucket: string, key: string): KeyRecord {
    let text: string;
    try {
      text = readFileSync(this.#layout.objectMetadata(bucket, key), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return emptyRecord;
      throw error;
    }
    try {
      return readRecord(JSON.parse(text) as unknown, key) ?? emptyRecord;
    } catch {
      // Torn by a power cut: the object's bytes are there, its ETag is computed anew.
      return emptyRecord;
    }
  }

  write(bucket: string, key: string, record: KeyRecord): void {
    const path = this.#layout.objectMetadata(bucket, key);
    const draft = this.#layout.newScratchFile();
    const file: MetadataFile = { version: 2, key, ...record };
    try {
      // A key with history is flushed: its older versions are known from here only.
      writeFileSync(draft, JSON.stringify(file), { flush: record.older.length > 0 });
      try {
        renameSync(draft, path);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        mkdirSync(dirname(path), { recursive: true });
        renameSync(draft, path);
      }
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  remove(bucket: string, key: string): void {
    rmSync(this.#layout.objectMetadata(bucket, key), { force: true });
  }
}

/** Reads both forms: version 1 had one list of states, no versions, and the storage class among the headers. */
function readRecord(value: unknown, key: string): KeyRecord | undefined {
  const file = value as { version?: unknown; key?: unknown; states?: unknown; older?: unknown; entries?: unknown } | null;
  if (file?.key !== key) return undefined;
  if (file.version === 2 && Array.isArray(file.states) && Array.isArray(file.older)) {
    return { states: file.states as ObjectEntry[], older: file.older as VersionEntry[] };
  }
  if (file.version !== 1 || !Array.isArray(file.entries)) return undefined;
  const states = (file.entries as Omit<ObjectEntry, 'versionId'>[]).map((entry): ObjectEntry => {
    const { 'x-amz-storage-class': storageClass, ...systemMetadata } = entry.systemMetadata;
    return { ...entry, versionId: 'null', systemMetadata, ...(storageClass === undefined ? {} : { storageClass }) };
  });
  return { states, older: [] };
}
