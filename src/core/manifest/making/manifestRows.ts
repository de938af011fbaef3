import { BatchError } from '../../../base/errors.js';
import type { ManifestField } from '../../job/jobTypes.js';
import { fieldText } from '../../report/rowBytes.js';
import { decodeKey } from '../keyEncoding.js';
import { declaredLayout, layoutOfFirstRow, type ManifestLayout } from '../manifestLayout.js';
import { isColumnName } from '../rules/headerRow.js';
import { badRow, RowScanner, type ScannedRow } from './rowScanner.js';

/** One row of a manifest as bytes; reused for the next one. Offsets are in `bytes`, those of fields with their quotes. */
export interface ManifestRow {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** With the line end. */
  readonly next: number;
  readonly bucketStart: number;
  readonly bucketEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Both 0 in a manifest without versions. */
  readonly versionStart: number;
  readonly versionEnd: number;
  /** 1-based. */
  readonly line: number;
}

export interface ManifestRowsOptions {
  /** What errors call the file. */
  readonly name: string;
  /** Columns; left out, they are Bucket, Key and, if there is a third, VersionId. */
  readonly fields?: readonly ManifestField[] | undefined;
  /** A manifest read before this one, whose columns this one must have. */
  readonly like?: { readonly name: string; readonly columnCount: number } | undefined;
}

/**
 * Reads the rows of a manifest that comes in chunks. Blank lines, a byte order mark and header rows are left out, because they are no
 * objects. Throws `BadManifest` for a row that can't be read or has not the columns of the first, `DifferentColumns` when the file has
 * not the columns of `like`.
 */
export class ManifestRows {
  readonly #onRow: (row: ManifestRow) => void;
  readonly #options: ManifestRowsOptions;
  readonly #scanner: RowScanner;
  readonly #row = {
    bytes: new Uint8Array(0) as Uint8Array,
    start: 0,
    next: 0,
    bucketStart: 0,
    bucketEnd: 0,
    keyStart: 0,
    keyEnd: 0,
    versionStart: 0,
    versionEnd: 0,
    line: 0,
  };
  #layout: ManifestLayout | undefined;
  #rows = 0;
  #headerRows = 0;

  constructor(onRow: (row: ManifestRow) => void, options: ManifestRowsOptions) {
    this.#onRow = onRow;
    this.#options = options;
    this.#scanner = new RowScanner((row) => this.#take(row), options);
  }

  /** Rows so far, header rows not counted. */
  get rows(): number {
    return this.#rows;
  }

  get headerRows(): number {
    return this.#headerRows;
  }

  /** Undefined while there is no row. */
  get columnCount(): number | undefined {
    return this.#layout?.columnCount;
  }

  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
  }

  end(): void {
    this.#scanner.end();
  }

  #take(scanned: ScannedRow): void {
    const { bytes, start, end, spans } = scanned;
    if (isBlank(bytes, start, end)) return;
    if (this.#layout === undefined) {
      if (isHeader(scanned)) {
        this.#headerRows += 1;
        return;
      }
      this.#layout = this.#layoutOf(scanned);
    }
    const layout = this.#layout;
    if (spans.count !== layout.columnCount) {
      const expected = this.#options.fields === undefined ? 'the first row has' : 'there should be';
      throw badRow(this.#options.name, scanned.line, `it has ${columns(spans.count)}, ${expected} ${layout.columnCount ?? 0}`);
    }
    const row = this.#row;
    row.bytes = bytes;
    row.start = start;
    row.next = scanned.next;
    row.line = scanned.line;
    row.bucketStart = spans.start(layout.bucket);
    row.bucketEnd = spans.end(layout.bucket);
    row.keyStart = spans.start(layout.key);
    row.keyEnd = spans.end(layout.key);
    if (layout.versionId >= 0) {
      row.versionStart = spans.start(layout.versionId);
      row.versionEnd = spans.end(layout.versionId);
    }
    this.#rows += 1;
    this.#onRow(row);
  }

  #layoutOf({ spans, line }: ScannedRow): ManifestLayout {
    const { fields, like, name } = this.#options;
    if (fields === undefined && spans.count < 2) {
      throw badRow(name, line, 'it has one column, and a row needs a bucket and a key');
    }
    const layout = fields === undefined ? layoutOfFirstRow(spans.count) : declaredLayout(fields);
    if (like !== undefined && like.columnCount !== spans.count) {
      throw new BatchError('DifferentColumns', `${name} has ${columns(spans.count)}, ${like.name} has ${like.columnCount}.`, {
        hint: 'Rows with and without a version are never the same: give both manifests the same columns first.',
      });
    }
    return layout;
  }
}

/** The raw key of a row. A field that can't be decoded is taken as it is written. */
export function keyOfRow(row: ManifestRow): string {
  const field = fieldText(row.bytes, row.keyStart, row.keyEnd);
  return decodeKey(field) ?? field;
}

export function bucketOfRow(row: ManifestRow): string {
  return fieldText(row.bytes, row.bucketStart, row.bucketEnd);
}

/** A line of nothing but spaces and tabs. */
function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0x20 && bytes[at] !== 0x09) return false;
  return true;
}

/** True when every field is the name of a column, as the rule `header-row` sees it. */
function isHeader({ bytes, spans }: ScannedRow): boolean {
  for (let index = 0; index < spans.count; index += 1) {
    if (!isColumnName(fieldText(bytes, spans.start(index), spans.end(index)))) return false;
  }
  return true;
}

function columns(number: number): string {
  return number === 1 ? '1 column' : `${number} columns`;
}
