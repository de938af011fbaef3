import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../base/errors.js';
import type { DataLayout } from './dataLayout.js';

/** What is known of one state of an object beside its bytes. */
export interface ObjectEntry {
  /** Size and modification time of the file it belongs to: how an entry is told from that of an earlier or later state. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly etag: string;
  readonly contentType: string;
  readonly systemMetadata: Readonly<Record<string, string>>;
  readonly userMetadata: Readonly<Record<string, string>>;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: 'COMPOSITE' | 'FULL_OBJECT';
  /** Sizes of the parts of a multipart upload, else empty. */
  readonly partSizes: readonly number[];
}

interface MetadataFile {
  readonly version: 1;
  readonly key: string;
  readonly entries: readonly ObjectEntry[];
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

  /** All entries, the newest first; none when there is no file or a crash tore it. */
  read(bucket: string, key: string): readonly ObjectEntry[] {
    let text: string;
    try {
      text = readFileSync(this.#layout.objectMetadata(bucket, key), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
    try {
      const file = JSON.parse(text) as Partial<MetadataFile> | null;
      if (file?.version === 1 && file.key === key && Array.isArray(file.entries)) return file.entries as readonly ObjectEntry[];
    } catch {
      // Torn by a power cut: the object's bytes are there, its ETag is computed anew.
    }
    return [];
  }

  write(bucket: string, key: string, entries: readonly ObjectEntry[]): void {
    const path = this.#layout.objectMetadata(bucket, key);
    const draft = this.#layout.newScratchFile();
    const file: MetadataFile = { version: 1, key, entries };
    try {
      writeFileSync(draft, JSON.stringify(file));
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
