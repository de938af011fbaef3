import { BatchError } from '../../../base/errors.js';
import { parseBucketArn } from '../../job/arn.js';
import { isRecord } from '../../operations/validateShape.js';
import { fieldText } from '../../report/rowBytes.js';
import { decodeKey } from '../keyEncoding.js';
import { formatManifestRow } from '../writeManifest.js';
import { badRow, RowScanner, type ScannedRow } from './rowScanner.js';

/** One data file of an inventory. */
export interface InventoryPart {
  readonly key: string;
  /** Packed, as it lies in the bucket; undefined when the manifest.json does not say. */
  readonly sizeBytes: number | undefined;
  /** Lower-case hex over the packed bytes; undefined when the manifest.json does not say. */
  readonly md5: string | undefined;
}

/** The manifest.json of S3 Inventory (S3 User Guide, storage-inventory-location). */
export interface Inventory {
  readonly sourceBucket: string;
  /** Name of the bucket that holds the data files; undefined when the manifest.json does not say. */
  readonly destinationBucket: string | undefined;
  /** Names of the columns, in their order. */
  readonly columns: readonly string[];
  readonly parts: readonly InventoryPart[];
}

/** Reads the manifest.json of an inventory. Throws `BadInventory` that says what is wrong, and what to do about ORC and Parquet. */
export function parseInventory(text: string): Inventory {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BatchError('BadInventory', 'The manifest.json of the inventory is not JSON.', { cause: error });
  }
  if (!isRecord(value) || !Array.isArray(value['files']) || typeof value['fileSchema'] !== 'string') {
    throw new BatchError(
      'BadInventory',
      'This is not the manifest.json of an S3 Inventory: it has no "fileSchema" and "files".',
      {
        hint: 'Choose the manifest.json in a folder such as 2026-01-31T01-00Z of the inventory.',
      },
    );
  }
  const format = value['fileFormat'];
  if (format !== undefined && format !== 'CSV') {
    throw new BatchError(
      'BadInventory',
      `The inventory is in the format ${String(format)}; S3 Batch Operations reads CSV only.`,
      {
        hint: 'Set the output format of the inventory configuration to CSV.',
      },
    );
  }
  const columns = value['fileSchema'].split(',').map((name) => name.trim());
  for (const name of ['Bucket', 'Key']) {
    if (!columns.includes(name)) {
      throw new BatchError('BadInventory', `The inventory has no column ${name}: its columns are ${columns.join(', ')}.`);
    }
  }
  const { sourceBucket: source, destinationBucket: destination } = value;
  return {
    sourceBucket: typeof source === 'string' ? source : '',
    destinationBucket: typeof destination === 'string' ? (parseBucketArn(destination)?.bucket ?? destination) : undefined,
    columns,
    parts: value['files'].map(readPart),
  };
}

function readPart(file: unknown, index: number): InventoryPart {
  if (!isRecord(file) || typeof file['key'] !== 'string' || file['key'] === '') {
    throw new BatchError('BadInventory', `File ${index + 1} in the manifest.json of the inventory has no key.`);
  }
  const { key, size, MD5checksum: md5 } = file;
  return {
    key,
    sizeBytes: typeof size === 'number' ? size : undefined,
    md5: typeof md5 === 'string' && md5 !== '' ? md5.toLowerCase() : undefined,
  };
}

export interface InventoryOptions {
  readonly columns: readonly string[];
  /** Leave out all versions but the latest of each key. */
  readonly isCurrentOnly?: boolean | undefined;
}

/** What was found while an inventory was converted. */
export interface InventoryCounts {
  readonly rows: number;
  /** Left out: there is no object to work on. */
  readonly deleteMarkers: number;
  /** Left out by `isCurrentOnly`. */
  readonly noncurrent: number;
  /** Empty version ids, written as `null`: a task with an empty one fails (S3 User Guide, inventory-configure-bops). */
  readonly nullVersions: number;
}

/**
 * Converts the rows of an inventory's data files to rows of a manifest, the keys decoded form-style and encoded canonically. Versions
 * are kept when the inventory has them. Throws `BadInventory` or, for a row that can't be read, `BadManifest`.
 */
export class InventoryConverter {
  readonly #onRow: (row: string) => void;
  readonly #count: number;
  readonly #bucket: number;
  readonly #key: number;
  readonly #version: number;
  readonly #deleteMarker: number;
  /** -1 when it does not matter. */
  readonly #latest: number;
  readonly #counts = { rows: 0, deleteMarkers: 0, noncurrent: 0, nullVersions: 0 };

  /** `onRow` gets each row with its line end. */
  constructor(onRow: (row: string) => void, { columns, isCurrentOnly }: InventoryOptions) {
    this.#onRow = onRow;
    this.#count = columns.length;
    this.#bucket = columns.indexOf('Bucket');
    this.#key = columns.indexOf('Key');
    this.#version = columns.indexOf('VersionId');
    this.#deleteMarker = columns.indexOf('IsDeleteMarker');
    this.#latest = isCurrentOnly === true ? columns.indexOf('IsLatest') : -1;
    if (isCurrentOnly === true && this.#version >= 0 && this.#latest < 0) {
      throw new BatchError(
        'BadInventory',
        'The inventory has versions but no column IsLatest that says which is the current one.',
      );
    }
  }

  get counts(): InventoryCounts {
    return this.#counts;
  }

  /** Columns of what is written, for Manifest.Spec.Fields. */
  get fields(): readonly ('Bucket' | 'Key' | 'VersionId')[] {
    return this.#version < 0 ? ['Bucket', 'Key'] : ['Bucket', 'Key', 'VersionId'];
  }

  /** A reader of one data file, unpacked; `name` is what errors call it. */
  part(name: string): { push(chunk: Uint8Array): void; end(): void } {
    return new RowScanner((row) => this.#take(row, name), { name });
  }

  #take(row: ScannedRow, name: string): void {
    const { bytes, spans } = row;
    if (row.start === row.end) return;
    if (spans.count !== this.#count) {
      throw badRow(name, row.line, `it has ${spans.count} fields, the fileSchema of the inventory has ${this.#count}`);
    }
    const field = (index: number): string => (index < 0 ? '' : fieldText(bytes, spans.start(index), spans.end(index)));
    if (isTrue(field(this.#deleteMarker))) {
      this.#counts.deleteMarkers += 1;
      return;
    }
    if (this.#latest >= 0 && !isTrue(field(this.#latest))) {
      this.#counts.noncurrent += 1;
      return;
    }
    const written = field(this.#key);
    const key = decodeKey(written);
    if (key === undefined || key === '' || written.includes('\uFFFD')) {
      throw badRow(name, row.line, `the key '${written}' is not a URL-encoded key`);
    }
    const bucket = field(this.#bucket);
    const version = field(this.#version);
    if (this.#version >= 0 && version === '') this.#counts.nullVersions += 1;
    const versionId = this.#version < 0 ? {} : { versionId: version === '' ? 'null' : version };
    this.#counts.rows += 1;
    this.#onRow(formatManifestRow({ bucket, key, ...versionId }));
  }
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true';
}
