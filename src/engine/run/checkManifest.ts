import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { throwIfAborted } from '../../base/async.js';
import type { JobFailure, ManifestField } from '../../core/job/jobTypes.js';
import { decodeKey } from '../../core/manifest/keyEncoding.js';
import { splitRow } from '../../core/manifest/rowFields.js';
import type { ManifestColumns, ManifestLayout } from './runPlan.js';

/** Literal reasons of the service. Source: S3 User Guide, troubleshooting-batch-operations; which one a mistake gets is emulated. */
const reasons = {
  content: 'Invalid Manifest Content',
  format: 'Manifest file is not properly formatted',
  key: 'Invalid object key format',
  version: 'Invalid version ID format',
  tooManyRows: 'The S3 Batch Operations job failed because it contains more keys than the maximum allowed in a single job',
} as const;

export type ManifestCheck =
  | { readonly kind: 'ok'; readonly layout: ManifestLayout; readonly chunks: Float64Array }
  /** `line` is 1-based; undefined when the fault is not in one row. For the log: the service's reasons name no row. */
  | { readonly kind: 'failed'; readonly failure: JobFailure; readonly line: number | undefined };

const maxKeyBytes = 1024;
const maxBucketBytes = 255;
const maxVersionBytes = 1024;
/** Row numbers are 32-bit words in the task log. */
const maxRows = 0xffff_ffff;
/** A row that is longer than this is none: it keeps a hostile file from filling the memory. */
const maxRowBytes = 1024 * 1024;
const blockBytes = 1024 * 1024;

/** What the fast path makes of a byte. Anything but `plain` needs a look. */
const plain = 0;
const comma = 1;
const lineFeed = 2;
const percent = 3;
const quote = 4;
const classes = new Uint8Array(256);
classes[0x2c] = comma;
classes[0x0a] = lineFeed;
classes[0x25] = percent;
classes[0x22] = quote;

export function columnsOf(fields: readonly ManifestField[]): ManifestColumns {
  const versionId = fields.indexOf('VersionId');
  return {
    count: fields.length,
    bucket: fields.indexOf('Bucket'),
    key: fields.indexOf('Key'),
    versionId: versionId < 0 ? undefined : versionId,
  };
}

/** Small manifests are handed out row by row, so that lanes share the work evenly; large ones in blocks of some 40 KB. */
export function rowsPerChunkFor(sizeBytes: number): number {
  if (sizeBytes < 64 * 1024) return 1;
  if (sizeBytes < 1024 * 1024) return 8;
  return sizeBytes < 16 * 1024 * 1024 ? 64 : 512;
}

/**
 * Reads a pinned CSV manifest whole, row by row: columns against the job's Fields, UTF-8, no byte-order mark, keys that decode. Clean
 * rows cost one table look-up a byte; only suspicious ones are split and decoded. Yields to the event loop every megabyte.
 */
export async function checkManifest(
  file: string,
  fields: readonly ManifestField[],
  signal?: AbortSignal,
): Promise<ManifestCheck> {
  const columns = columnsOf(fields);
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const rowsPerChunk = rowsPerChunkFor(size);
    const chunks: number[] = [];
    let buffer = Buffer.allocUnsafe(blockBytes);
    let filled = 0;
    /** Offset in the file of the buffer's first byte. */
    let base = 0;
    let rows = 0;
    let isEnd = false;
    while (!isEnd) {
      throwIfAborted(signal);
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, base + filled);
      filled += bytesRead;
      isEnd = bytesRead === 0;
      if (base === 0 && rows === 0 && filled >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
        return failed(reasons.content, 1);
      }
      const lastLineFeed = buffer.subarray(0, filled).lastIndexOf(0x0a);
      const end = isEnd ? filled : lastLineFeed + 1;
      if (end > 0 && !isUtf8(buffer.subarray(0, end))) return failed(reasons.content, rows + 1 + badUtf8Line(buffer, end));
      let start = 0;
      while (start < end) {
        if (rows % rowsPerChunk === 0) chunks.push(base + start);
        const check = checkRow(buffer, start, end, columns);
        if (check.reason !== undefined) return failed(check.reason, rows + 1);
        rows += 1;
        if (rows > maxRows) return failed(reasons.tooManyRows, undefined);
        start = check.next;
      }
      buffer.copyWithin(0, end, filled);
      base += end;
      filled -= end;
      if (filled === buffer.length) {
        if (filled >= maxRowBytes * 2) return failed(reasons.format, rows + 1);
        const larger = Buffer.allocUnsafe(buffer.length * 2);
        buffer.copy(larger, 0, 0, filled);
        buffer = larger;
      }
    }
    if (rows === 0) return failed(reasons.format, undefined);
    chunks.push(base);
    return { kind: 'ok', layout: { rows, rowsPerChunk, columns }, chunks: Float64Array.from(chunks) };
  } finally {
    await handle.close();
  }
}

function failed(reason: string, line: number | undefined): ManifestCheck {
  return { kind: 'failed', failure: { FailureCode: 'InvalidManifestContent', FailureReason: reason }, line };
}

interface RowCheck {
  next: number;
  reason: string | undefined;
}

/** One object for all rows: a manifest has millions. */
const rowCheck: RowCheck = { next: 0, reason: undefined };

function checkRow(buffer: Buffer, start: number, end: number, columns: ManifestColumns): RowCheck {
  let at = start;
  let column = 0;
  let fieldStart = start;
  let isSuspicious = false;
  for (; at < end; at += 1) {
    const kind = classes[buffer[at] as number];
    if (kind === plain) continue;
    if (kind === lineFeed) break;
    if (kind === comma) {
      if (isFieldSuspicious(columns, column, at - fieldStart)) isSuspicious = true;
      column += 1;
      fieldStart = at + 1;
    } else if (kind === quote || !isAsciiEscape(buffer, at, end)) isSuspicious = true;
  }
  rowCheck.next = Math.min(at + 1, end);
  let rowEnd = at;
  if (rowEnd > start && buffer[rowEnd - 1] === 0x0d) rowEnd -= 1;
  if (isFieldSuspicious(columns, column, rowEnd - fieldStart)) isSuspicious = true;
  if (isSuspicious) rowCheck.reason = checkFields(buffer.toString('utf8', start, rowEnd), columns);
  else rowCheck.reason = column + 1 === columns.count && rowEnd > start ? undefined : reasons.format;
  return rowCheck;
}

function isFieldSuspicious(columns: ManifestColumns, column: number, length: number): boolean {
  if (column === columns.key) return length === 0 || length > maxKeyBytes;
  if (column === columns.bucket) return length === 0 || length > maxBucketBytes;
  return column === columns.versionId && length > maxVersionBytes;
}

/** `%` and two hex digits that stand for an ASCII character. Others are decoded to be sure. */
function isAsciiEscape(buffer: Buffer, at: number, end: number): boolean {
  if (at + 2 >= end) return false;
  const high = buffer[at + 1] as number;
  const low = (buffer[at + 2] as number) | 0x20;
  return high >= 0x30 && high <= 0x37 && ((low >= 0x30 && low <= 0x39) || (low >= 0x61 && low <= 0x66));
}

function checkFields(line: string, columns: ManifestColumns): string | undefined {
  const row = splitRow(line);
  if (row.error !== undefined || row.fields.length !== columns.count) return reasons.format;
  const bucket = row.fields[columns.bucket]?.value ?? '';
  if (bucket === '' || Buffer.byteLength(bucket) > maxBucketBytes) return reasons.content;
  const field = row.fields[columns.key]?.value ?? '';
  const key = decodeKey(field);
  // The field as written is limited too: longer ones would not fit the event.
  if (key === undefined || key === '' || Buffer.byteLength(key) > maxKeyBytes || Buffer.byteLength(field) > maxKeyBytes * 3) {
    return reasons.key;
  }
  const version = columns.versionId === undefined ? '' : (row.fields[columns.versionId]?.value ?? '');
  return Buffer.byteLength(version) > maxVersionBytes ? reasons.version : undefined;
}

/** 0-based line of the first bytes that are not UTF-8. */
function badUtf8Line(buffer: Buffer, end: number): number {
  let line = 0;
  let start = 0;
  while (start < end) {
    const found = buffer.indexOf(0x0a, start);
    const next = found < 0 || found >= end ? end : found + 1;
    if (!isUtf8(buffer.subarray(start, next))) return line;
    line += 1;
    start = next;
  }
  return line;
}
