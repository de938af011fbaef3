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
}

/** Reads a checked manifest by chunks, synchronously: a lane has nothing else to do meanwhile, and a pread from the page cache is fast. */
export class ManifestReader {
  readonly #fd: number;
  readonly #layout: ManifestLayout;
  readonly #offsets: Float64Array;
  #buffer = Buffer.allocUnsafe(64 * 1024);

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
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafe(length * 2);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.#fd, this.#buffer, filled, length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    const cursor = new ChunkCursor(
      this.#buffer.toString('utf8', 0, filled),
      chunk * this.#layout.rowsPerChunk,
      this.#layout.columns,
    );
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
  readonly #text: string;
  readonly #columns: ManifestColumns;
  readonly #firstRow: number;
  readonly #hasQuotes: boolean;
  #ordinal = 0;
  #at = 0;

  constructor(text: string, firstRow: number, columns: ManifestColumns) {
    this.#text = text;
    this.#firstRow = firstRow;
    this.#columns = columns;
    this.#hasQuotes = text.includes('"');
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
    const line = text.slice(start, end);
    const { bucket, key, versionId } = this.#columns;
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
