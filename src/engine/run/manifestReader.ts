import { closeSync, openSync, readSync } from 'node:fs';
import { splitRow } from '../../core/manifest/rowFields.js';
import type { ManifestColumns, ManifestLayout } from './runPlan.js';

/** One row as the manifest writes it. */
export interface ManifestRow {
  readonly row: number;
  readonly bucket: string;
  /** Not decoded: reports echo it. */
  readonly keyField: string;
  /** undefined without a version column. */
  readonly versionField: string | undefined;
  /** Where the row's own bytes are the first columns of its report row; absent when those have to be put together. */
  readonly echo?: RowBytes | undefined;
}

/** Bytes of a row, without its line end. Nobody changes them. */
export interface RowBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Reads a checked manifest by chunks, synchronously: a lane has nothing else to do meanwhile, and a pread from the page cache is fast. */
export class ManifestReader {
  readonly #fd: number;
  readonly #layout: ManifestLayout;
  readonly #offsets: Float64Array;

  constructor(file: string, layout: ManifestLayout, chunkOffsets: Float64Array) {
    this.#fd = openSync(file, 'r');
    this.#layout = layout;
    this.#offsets = chunkOffsets;
  }

  /** The rows of a chunk from `ordinal` on. */
  openChunk(chunk: number, ordinal = 0): ChunkCursor {
    const start = this.#offsets[chunk] ?? 0;
    const end = this.#offsets[chunk + 1] ?? start;
    const length = end - start;
    // One of its own: the rows of the chunk refer to it.
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.#fd, buffer, filled, length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    const cursor = new ChunkCursor(buffer.subarray(0, filled), chunk * this.#layout.rowsPerChunk, this.#layout.columns);
    for (let skipped = 0; skipped < ordinal; skipped += 1) cursor.skip();
    return cursor;
  }

  /** One row by its number; undefined when the manifest has no such row. */
  readRow(row: number): ManifestRow | undefined {
    const chunk = Math.floor(row / this.#layout.rowsPerChunk);
    return this.openChunk(chunk, row - chunk * this.#layout.rowsPerChunk).next();
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export class ChunkCursor {
  readonly #bytes: Uint8Array;
  readonly #text: string;
  readonly #columns: ManifestColumns;
  readonly #firstRow: number;
  readonly #hasQuotes: boolean;
  readonly #isEchoed: boolean;
  #ordinal = 0;
  #at = 0;
  /** That of the row before: most rows of a chunk have the same, which then is one string. */
  #bucket = '';

  constructor(bytes: Buffer, firstRow: number, columns: ManifestColumns) {
    const text = bytes.toString('utf8');
    this.#bytes = bytes;
    this.#text = text;
    this.#firstRow = firstRow;
    this.#columns = columns;
    this.#hasQuotes = text.includes('"');
    // Text and bytes have the same offsets only when every character is one byte.
    this.#isEchoed = hasReportOrder(columns) && text.length === bytes.length && !this.#hasQuotes && !text.includes('\r');
  }

  /** Position of the next row in the chunk. */
  get ordinal(): number {
    return this.#ordinal;
  }

  get row(): number {
    return this.#firstRow + this.#ordinal;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(): void {
    const found = this.#text.indexOf('\n', this.#at);
    this.#at = found < 0 ? this.#text.length : found + 1;
    this.#ordinal += 1;
  }

  next(): ManifestRow | undefined {
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return undefined;
    const row = this.row;
    this.skip();
    let end = this.#at;
    if (text.charCodeAt(end - 1) === 0x0a) end -= 1;
    if (end > start && text.charCodeAt(end - 1) === 0x0d) end -= 1;
    const { bucket, key, versionId } = this.#columns;
    if (this.#isEchoed) {
      const keyStart = this.#readBucket(start);
      const keyEnd = versionId === undefined ? end : text.indexOf(',', keyStart);
      const versionField = versionId === undefined ? undefined : text.slice(keyEnd + 1, end);
      return {
        row,
        bucket: this.#bucket,
        keyField: text.slice(keyStart, keyEnd),
        versionField,
        // The report writes something else for an empty version.
        echo: versionField === '' ? undefined : { bytes: this.#bytes, start, end },
      };
    }
    const line = text.slice(start, end);
    if (this.#hasQuotes && line.includes('"')) {
      const { fields } = splitRow(line);
      return {
        row,
        bucket: fields[bucket]?.value ?? '',
        keyField: fields[key]?.value ?? '',
        versionField: versionId === undefined ? undefined : (fields[versionId]?.value ?? ''),
      };
    }
    return {
      row,
      bucket: plainField(line, bucket),
      keyField: plainField(line, key),
      versionField: versionId === undefined ? undefined : plainField(line, versionId),
    };
  }

  /** The offset behind the first field and its comma. */
  #readBucket(start: number): number {
    const before = this.#bucket;
    const end = start + before.length;
    if (before !== '' && this.#text.charCodeAt(end) === 0x2c && this.#text.startsWith(before, start)) return end + 1;
    const comma = this.#text.indexOf(',', start);
    this.#bucket = this.#text.slice(start, comma);
    return comma + 1;
  }
}

/** The report begins with bucket, key and version, in this order. */
function hasReportOrder({ count, bucket, key, versionId }: ManifestColumns): boolean {
  return bucket === 0 && key === 1 && (versionId === undefined ? count === 2 : versionId === 2 && count === 3);
}

function plainField(line: string, column: number): string {
  let start = 0;
  for (let skipped = 0; skipped < column; skipped += 1) {
    const found = line.indexOf(',', start);
    if (found < 0) return '';
    start = found + 1;
  }
  const end = line.indexOf(',', start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
}
