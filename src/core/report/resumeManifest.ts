import { BatchError } from '../../base/errors.js';
import type { ManifestField } from '../job/jobTypes.js';
import { ByteWriter } from './byteWriter.js';
import { carriageReturn, ChunkJoiner, FieldSpans, lineFeed, noBytes, readRow, unfinished } from './rowBytes.js';
import { RowCounts, type RowSpans } from './rowCounts.js';

/**
 * Writes the rows of a manifest that no report speaks of: those that a job never came to. First every report goes through `reported`, then
 * the manifest through `push` and `end`. Rows keep their bytes, the line end included. A row that is in the manifest twice and was
 * reported once is written once.
 */
export class ResumeManifestWriter {
  readonly #reported = new RowCounts();
  readonly #out: ByteWriter;
  readonly #bucket: number;
  readonly #key: number;
  readonly #version: number;
  readonly #columns: number;
  readonly #spans = new FieldSpans();
  readonly #row = { bucketStart: 0, bucketEnd: 0, keyStart: 0, keyEnd: 0, versionStart: 0, versionEnd: 0 };
  readonly #joiner = new ChunkJoiner();
  #line = 0;
  #rows = 0;
  #manifestRows = 0;
  #isFirst = true;

  /** `fields`: the columns of the manifest; left out, they are Bucket, Key and, if there is a third, VersionId. */
  constructor(write: (piece: Uint8Array) => void, fields: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId']) {
    this.#out = new ByteWriter(write);
    this.#bucket = fields.indexOf('Bucket');
    this.#key = fields.indexOf('Key');
    this.#version = fields.indexOf('VersionId');
    this.#columns = Math.max(this.#bucket, this.#key) + 1;
    if (this.#bucket < 0 || this.#key < 0)
      throw new BatchError('BadFields', 'The columns of a manifest must name Bucket and Key.');
  }

  /** Rows that were written. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows of the manifest. */
  get manifestRows(): number {
    return this.#manifestRows;
  }

  /** A row of a report: it was attempted. */
  reported(row: RowSpans & { readonly bytes: Uint8Array }): void {
    this.#reported.add(row.bytes, row);
  }

  /** The next piece of the manifest. Throws `BadManifest` with the line of a row that can't be read. */
  push(chunk: Uint8Array): void {
    this.#read(this.#joiner.join(chunk), false);
  }

  end(): void {
    this.#read(this.#joiner.join(noBytes), true);
    this.#out.flush();
  }

  #read(bytes: Uint8Array, isLast: boolean): void {
    let start = 0;
    if (this.#isFirst && (bytes.length >= 3 || isLast)) {
      this.#isFirst = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3;
    } else if (this.#isFirst) {
      this.#joiner.keep(bytes, 0);
      return;
    }
    while (start < bytes.length) {
      const end = readRow(bytes, start, isLast, this.#spans);
      if (end === unfinished && !isLast) break;
      this.#line += 1;
      if (end < 0) throw unreadable(this.#line, 'its quotes are broken');
      const next = end + 1;
      const isBlank = end === start || (end === start + 1 && bytes[start] === carriageReturn);
      if (!isBlank) this.#take(bytes, start, Math.min(next, bytes.length));
      start = next;
    }
    this.#joiner.keep(bytes, Math.min(start, bytes.length));
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const spans = this.#spans;
    if (spans.count < this.#columns) throw unreadable(this.#line, 'it has too few columns');
    const row = this.#row;
    row.bucketStart = spans.start(this.#bucket);
    row.bucketEnd = spans.end(this.#bucket);
    row.keyStart = spans.start(this.#key);
    row.keyEnd = spans.end(this.#key);
    const hasVersion = this.#version >= 0 && this.#version < spans.count;
    row.versionStart = hasVersion ? spans.start(this.#version) : 0;
    row.versionEnd = hasVersion ? spans.end(this.#version) : 0;
    this.#manifestRows += 1;
    if (this.#reported.take(bytes, row)) return;
    this.#rows += 1;
    this.#out.add(bytes, start, end);
    if (bytes[end - 1] !== lineFeed) this.#out.add(new Uint8Array([lineFeed]));
  }
}

function unreadable(line: number, reason: string): BatchError {
  return new BatchError('BadManifest', `Row ${line} of the manifest can't be read: ${reason}.`, {
    hint: 'Check the manifest with s3batch lint.',
  });
}
