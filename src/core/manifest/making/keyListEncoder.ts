import { BatchError } from '../../../base/errors.js';
import { ChunkJoiner, fieldText, noBytes } from '../../report/rowBytes.js';
import { ByteLineReader } from '../byteLines.js';
import { decodeKey, hasLoneSurrogate, utf8Length } from '../keyEncoding.js';
import type { ManifestLine } from '../manifestLine.js';
import { isBucketName, isLegacyBucketName } from '../rules/bucketName.js';
import { isColumnName, plainColumnName } from '../rules/headerRow.js';
import { maxRowLength } from '../rowView.js';
import { parseS3Uri } from '../s3Uri.js';
import { decodeUtf8 } from '../utf8.js';
import { formatManifestRow, type ListedObject, readListing } from '../writeManifest.js';
import { badRow, RowScanner, type ScannedRow } from './rowScanner.js';

/** What a list of keys looks like: a key a line, an `s3://bucket/key` a line, CSV with a header row, or the JSON of a listing. */
export const keyListKinds = ['lines', 'uris', 'csv', 'json'] as const;
export type KeyListKind = (typeof keyListKinds)[number];

export interface KeyListOptions {
  /** What errors call the list. */
  readonly name: string;
  /** Left out, it is found out from the first line; what can't be told apart from keys is keys. */
  readonly kind?: KeyListKind | undefined;
  /** Needed for lists that do not name buckets; a list that does must not name another. */
  readonly bucket?: string | undefined;
  /** The keys are URL-encoded already, as in tables of S3 Inventory; only their encoding is made canonical. */
  readonly isEncoded?: boolean | undefined;
  /** For lines and URIs: what follows the last tab of a line is the version; a line without one gets `null`. */
  readonly hasVersions?: boolean | undefined;
  /** JSON is parsed at once, for which it must be one string: 500 MB unless said, a little less than a string can hold. */
  readonly maxJsonBytes?: number | undefined;
}

const defaultMaxJsonBytes = 500 * 1024 * 1024;

/** What is known of a list when all of it was read. */
export interface KeyListResult {
  readonly kind: KeyListKind;
  readonly rows: number;
  /** Keys over 1,024 bytes, which no object can have, and the number (from 1) of the first; 0 when there is none. */
  readonly overlong: number;
  readonly firstOverlong: number;
  /** Rows of delete markers, which are no objects to work on: left out. */
  readonly deleteMarkers: number;
  /** Keys that look URL-encoded although they were taken as raw. */
  readonly encodedLooking: number;
}

/**
 * Turns a list of keys that comes in chunks into the rows of a manifest, canonically encoded. Only JSON is held whole. Throws
 * `InvalidListing`, `BadManifest` (with the line), `InvalidKey`, `NoBucket` or `OtherBucket`.
 */
export class KeyListEncoder {
  readonly #options: KeyListOptions;
  readonly #onRow: (row: string) => void;
  #kind: KeyListKind | undefined;
  /** Bytes of a list whose kind is not known yet, or of JSON. */
  #held: Uint8Array[] = [];
  #heldLength = 0;
  #reader: { push(chunk: Uint8Array): void; end(): void } | undefined;
  #line = 0;
  #columns: CsvColumns | undefined;
  #rows = 0;
  #overlong = 0;
  #firstOverlong = 0;
  #deleteMarkers = 0;
  #encodedLooking = 0;

  /** `onRow` gets each row with its line end. */
  constructor(onRow: (row: string) => void, options: KeyListOptions) {
    this.#onRow = onRow;
    this.#options = options;
    if (options.bucket !== undefined && !isPossibleBucket(options.bucket)) {
      throw new BatchError('InvalidBucketName', `'${options.bucket}' is not a possible bucket name.`);
    }
    if (options.kind !== undefined) this.#begin(options.kind);
  }

  push(chunk: Uint8Array): void {
    if (this.#reader !== undefined) this.#reader.push(chunk);
    else {
      this.#held.push(new Uint8Array(chunk));
      this.#heldLength += chunk.length;
      if (this.#kind === undefined) this.#findKind(false);
      if (this.#kind === 'json') this.#refuseLargeJson();
    }
  }

  end(): KeyListResult {
    if (this.#kind === undefined) this.#findKind(true);
    if (this.#kind === 'json') this.#readJson();
    this.#reader?.end();
    if (this.#options.bucket === undefined && this.#kind !== 'csv' && this.#kind !== 'uris') throw noBucket();
    return {
      kind: this.#kind ?? 'lines',
      rows: this.#rows,
      overlong: this.#overlong,
      firstOverlong: this.#firstOverlong,
      deleteMarkers: this.#deleteMarkers,
      encodedLooking: this.#encodedLooking,
    };
  }

  #refuseLargeJson(): void {
    const most = this.#options.maxJsonBytes ?? defaultMaxJsonBytes;
    if (this.#heldLength <= most) return;
    const megabytes = Math.floor(most / 1024 / 1024).toLocaleString('en');
    throw new BatchError('InvalidListing', `${this.#options.name} is JSON of more than ${megabytes} MB.`, {
      hint: `Of lines there may be any number: with "--query 'Contents[].[Key]' --output text", "aws s3api list-objects-v2" writes a key a line.`,
    });
  }

  #findKind(isLast: boolean): void {
    const bytes = this.#heldBytes();
    const first = firstLine(bytes, isLast);
    if (first === undefined) return;
    const kind = kindOf(first);
    if (kind === 'lines' && listedLine.test(first)) {
      throw new BatchError(
        'InvalidListing',
        `${this.#options.name} looks like the output of "aws s3 ls", which may show keys in part.`,
        {
          hint: `Use the output of "aws s3api list-objects-v2". If its lines are keys all the same, use '--input lines'.`,
        },
      );
    }
    this.#begin(kind);
    if (kind === 'json') return;
    this.#held = [];
    this.#reader?.push(bytes);
  }

  #heldBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#held.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of this.#held) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.#held = [bytes];
    return bytes;
  }

  #begin(kind: KeyListKind): void {
    this.#kind = kind;
    const { name } = this.#options;
    if (kind === 'json') return;
    if (kind === 'csv') {
      this.#reader = new SeparatedRows((row) => this.#addCsvRow(row), name);
      return;
    }
    const onLine = kind === 'uris' ? this.#addUri : this.#addLine;
    this.#reader = new ByteLineReader((line) => onLine.call(this, line), { longLines: 'reject' });
  }

  #readJson(): void {
    const bytes = this.#heldBytes();
    const text = decodeUtf8(bytes)?.replace(/^\uFEFF/, '');
    let value: unknown;
    try {
      if (text === undefined) throw new SyntaxError('it is not UTF-8');
      value = JSON.parse(text);
    } catch (error) {
      if (this.#options.kind === 'json') {
        throw new BatchError('InvalidListing', `${this.#options.name} is not JSON.`, { cause: error });
      }
      if (text !== undefined && jsonBeginning.test(text)) {
        throw new BatchError('InvalidListing', `${this.#options.name} begins like JSON, but is not one whole JSON value.`, {
          hint: "If its lines are keys all the same, use '--input lines'.",
          cause: error,
        });
      }
      // Keys may begin with a brace too.
      this.#begin('lines');
      this.#reader?.push(bytes);
      return;
    }
    this.#held = [];
    for (const object of readListing(value)) this.#add(this.#needBucket(), object);
  }

  #addLine(line: ManifestLine): void {
    this.#line += 1;
    if (line.text === '') return;
    const { text, versionId } = this.#splitVersion(line.text);
    this.#add(this.#needBucket(), this.#object(text, versionId));
  }

  #addUri(line: ManifestLine): void {
    this.#line += 1;
    if (line.text.trim() === '') return;
    const { text, versionId } = this.#splitVersion(line.text);
    const uri = parseS3Uri(text);
    if (uri === undefined) throw this.#badLine('it is not an s3:// URI as the others are');
    if (uri.key === undefined) throw this.#badLine('the URI names no key');
    this.#add(this.#checkBucket(uri.bucket), this.#object(uri.key, versionId));
  }

  #addCsvRow(row: ScannedRow): void {
    this.#line = row.line;
    if (row.spans.count === 1 && row.start === row.end) return;
    if (this.#columns === undefined) {
      this.#columns = csvColumns(fieldsOf(row), this.#options.name);
      return;
    }
    const columns = this.#columns;
    if (row.spans.count !== columns.count) {
      throw this.#badLine(`it has ${row.spans.count} fields, the header row has ${columns.count}`);
    }
    const fields = fieldsOf(row);
    if (fields[columns.deleteMarker]?.trim().toLowerCase() === 'true') {
      this.#deleteMarkers += 1;
      return;
    }
    const bucket = columns.bucket < 0 ? this.#needBucket() : this.#checkBucket(fields[columns.bucket] ?? '');
    const version = fields[columns.version];
    this.#add(bucket, this.#object(fields[columns.key] ?? '', version === '' ? 'null' : version));
  }

  #splitVersion(line: string): { text: string; versionId: string | undefined } {
    if (this.#options.hasVersions !== true) return { text: line, versionId: undefined };
    const tab = line.lastIndexOf('\t');
    if (tab < 0) return { text: line, versionId: 'null' };
    const version = line.slice(tab + 1).trim();
    return { text: line.slice(0, tab), versionId: version === '' ? 'null' : version };
  }

  #object(written: string, versionId: string | undefined): ListedObject {
    if (written === '') throw this.#badLine('the key is empty');
    if (versionId !== undefined && /[",\s]/.test(versionId)) {
      throw this.#badLine(`'${versionId}' is no version id`);
    }
    const version = versionId === undefined ? {} : { versionId };
    if (this.#options.isEncoded !== true) {
      if (/%[0-9A-Fa-f]{2}/.test(written) && decodeKey(written) !== undefined) this.#encodedLooking += 1;
      return { key: written, ...version };
    }
    const key = decodeKey(written);
    if (key === undefined) throw this.#badLine('the key is not URL-encoded');
    return { key, ...version };
  }

  #add(bucket: string, object: ListedObject): void {
    this.#rows += 1;
    if (hasLoneSurrogate(object.key) || object.key.includes('\uFFFD')) this.#checkUnicode(object.key);
    if (utf8Length(object.key) > 1024) {
      this.#overlong += 1;
      if (this.#firstOverlong === 0) this.#firstOverlong = this.#rows;
    }
    this.#onRow(formatManifestRow({ bucket, ...object }));
  }

  /** A list of keys is no manifest: to lint it helps nobody. */
  #badLine(reason: string): BatchError {
    return badRow(this.#options.name, this.#line, reason, {});
  }

  /** The CSV reader shows bytes that are not UTF-8 as U+FFFD, which could also be a character of the key. */
  #checkUnicode(key: string): void {
    if (!hasLoneSurrogate(key) && this.#kind !== 'csv') return;
    throw new BatchError('InvalidKey', `Key number ${this.#rows} is not valid UTF-8; every S3 key is.`, {
      hint: 'Save the list of keys as UTF-8.',
    });
  }

  #needBucket(): string {
    if (this.#options.bucket === undefined) throw noBucket();
    return this.#options.bucket;
  }

  #checkBucket(bucket: string): string {
    const wanted = this.#options.bucket;
    if (wanted === bucket) return bucket;
    if (!isPossibleBucket(bucket)) {
      throw this.#badLine(`'${bucket}' is not a possible bucket name`);
    }
    if (wanted === undefined) return bucket;
    throw new BatchError(
      'OtherBucket',
      `Line ${this.#line} of ${this.#options.name} names the bucket ${bucket}, not ${wanted}.`,
      {
        hint: 'Leave the bucket out to take those of the list.',
      },
    );
  }
}

export interface DetectedKeyList {
  readonly kind: KeyListKind;
  /** The list names the buckets of its keys itself. */
  readonly namesBuckets: boolean;
  /** It is of lines, but of those of `aws s3 ls`, which are no keys. */
  readonly isListingForPeople: boolean;
}

/** What the beginning of a list of keys shows. */
export function detectKeyList(beginning: Uint8Array): DetectedKeyList {
  const first = firstLine(beginning, true) ?? '';
  const kind = kindOf(first);
  const hasBucketColumn = knownColumns(first, separatorOf(first)).some((name) => columnNames.bucket.includes(name));
  return {
    kind,
    namesBuckets: kind === 'uris' || (kind === 'csv' && hasBucketColumn),
    isListingForPeople: kind === 'lines' && listedLine.test(first),
  };
}

/** Reads rows of CSV once the header row has shown what separates its fields. */
class SeparatedRows {
  readonly #onRow: (row: ScannedRow) => void;
  readonly #name: string;
  readonly #joiner = new ChunkJoiner();
  #scanner: RowScanner | undefined;

  constructor(onRow: (row: ScannedRow) => void, name: string) {
    this.#onRow = onRow;
    this.#name = name;
  }

  push(chunk: Uint8Array): void {
    if (this.#scanner !== undefined) {
      this.#scanner.push(chunk);
      return;
    }
    this.#find(this.#joiner.join(chunk), false);
  }

  end(): void {
    if (this.#scanner === undefined) this.#find(this.#joiner.join(noBytes), true);
    this.#scanner?.end();
  }

  #find(bytes: Uint8Array, isLast: boolean): void {
    const first = firstLine(bytes, isLast);
    if (first === undefined) {
      this.#joiner.keep(bytes, 0);
      return;
    }
    this.#scanner = new RowScanner(this.#onRow, { name: this.#name, separator: separatorOf(first).charCodeAt(0) });
    this.#scanner.push(bytes);
  }
}

interface CsvColumns {
  readonly count: number;
  /** -1 when there is none; the key always is. */
  readonly bucket: number;
  readonly key: number;
  readonly version: number;
  readonly deleteMarker: number;
}

const columnNames: Readonly<Record<'bucket' | 'key' | 'version' | 'deleteMarker', readonly string[]>> = {
  bucket: ['bucket', 'bucketname', 's3bucket'],
  key: ['key', 'keyname', 'objectkey', 's3key'],
  version: ['versionid', 'version', 'objectversionid'],
  deleteMarker: ['isdeletemarker'],
};

function csvColumns(header: readonly string[], name: string): CsvColumns {
  const names = header.map(plainColumnName);
  const find = (wanted: readonly string[]): number => names.findIndex((column) => wanted.includes(column));
  const key = find(columnNames.key);
  if (key < 0) {
    throw new BatchError('NoKeyColumn', `${name} has no column for the key: its header row is ${header.join(', ')}.`, {
      hint: 'Name one column Key, and those of bucket and version, if there are any, Bucket and VersionId.',
    });
  }
  return {
    count: header.length,
    bucket: find(columnNames.bucket),
    key,
    version: find(columnNames.version),
    deleteMarker: find(columnNames.deleteMarker),
  };
}

function fieldsOf({ bytes, spans }: ScannedRow): string[] {
  return Array.from({ length: spans.count }, (_, index) => fieldText(bytes, spans.start(index), spans.end(index)));
}

const separators = [',', ';', '\t'];

/** What separates the columns of a header row: Excel writes semicolons where a comma is the decimal sign. */
function separatorOf(header: string): string {
  const counts = separators.map((separator) => knownColumns(header, separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

function knownColumns(header: string, separator: string): string[] {
  const names = header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  return names.filter(isColumnName).map(plainColumnName);
}

/** The first line that is not blank, without a byte order mark; undefined when it has not come yet. Empty when there is none. */
function firstLine(bytes: Uint8Array, isLast: boolean): string | undefined {
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[start] ?? 0)) start += 1;
  let end = start;
  while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end += 1;
  if (end === bytes.length && !isLast && end - start <= maxRowLength) return undefined;
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/** A brace or bracket, and behind it what may follow in JSON only by chance in a key. */
const jsonBeginning = /^\s*(?:\{\s*["}]|\[\s*["{[\]])/;

/** A line of `aws s3 ls`, with or without its options; the blanks that it may begin with are gone. */
const listedLine = /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+ (?:[KMGTPE]iB |Bytes )?\S|PRE \S)/;

/** A header row is a line of at least two known columns, the key among them, or the key alone in quotes, as Athena writes it. */
function kindOf(first: string): KeyListKind {
  if (/^[{[]/.test(first)) return 'json';
  if (parseS3Uri(first) !== undefined) return 'uris';
  const known = knownColumns(first, separatorOf(first));
  const hasKey = known.some((name) => columnNames.key.includes(name));
  return hasKey && (known.length > 1 || /^"[^"]*"$/.test(first)) ? 'csv' : 'lines';
}

function isPossibleBucket(name: string): boolean {
  return isBucketName(name) || isLegacyBucketName(name);
}

function noBucket(): BatchError {
  return new BatchError('NoBucket', 'The list does not say which bucket its keys are in.');
}
