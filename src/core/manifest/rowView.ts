import { decodeKey } from './keyEncoding.js';
import type { ManifestLayout } from './manifestLayout.js';
import { type RowError, type RowField, splitRow } from './rowFields.js';
import { parseS3Uri, type S3Uri } from './s3Uri.js';

/** One row as the reader found it. */
export interface RowText {
  /** Without the line end; line breaks within quotes are `\n`, whatever they were in the file. */
  readonly text: string;
  /** True when the row was longer than `maxRowLength` and `text` is only its beginning. */
  readonly isCut: boolean;
  /** True when U+FFFD may stand for bytes that were lost before we saw the text (an editor's document), false for our own decoding. */
  readonly isDecodedElsewhere: boolean;
  /** True when an editor decoded the text from something else than UTF-8: what is not ASCII in it are other bytes in the file. */
  readonly isForeign?: boolean;
}

/** A field as the rules look at it: without quotes and without surrounding spaces and tabs. Offsets are in the row's text. */
export interface FieldView {
  /** Doubled quotes made single. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  readonly index: number;
}

/** One row, prepared once for all row rules. A field is undefined when the row lacks it or when it can't be read. */
export interface RowView extends RowText {
  readonly layout: ManifestLayout;
  readonly fields: readonly RowField[];
  readonly error: RowError | undefined;
  /** Fields before the broken one; all of them in a row that can be read. */
  readonly readableCount: number;
  /** Index of the first field that spans lines, -1 if none does. */
  readonly lineBreakField: number;
  readonly bucket: FieldView | undefined;
  readonly key: FieldView | undefined;
  readonly versionId: FieldView | undefined;
  /** Set when the bucket field is an S3 URI or ARN, which is then no bucket name. */
  readonly bucketUri: S3Uri | undefined;
  readonly keyUri: S3Uri | undefined;
}

/** A row's text beyond this many UTF-16 units is not kept: a bucket, a key and a version together are far below it. */
export const maxRowLength = 1024 * 1024;

const notAscii = /[^\0-\x7f]/u;
const undecodable = /\p{Surrogate}/u;
const undecodableOrReplaced = /[\p{Surrogate}\uFFFD]/u;

/** Matches what stands for bytes that are not UTF-8: the reader's lone surrogates, an editor's U+FFFD, or all that is not ASCII. */
export function notUtf8Pattern(row: RowText): RegExp {
  if (row.isForeign === true) return notAscii;
  return row.isDecodedElsewhere ? undecodableOrReplaced : undecodable;
}

export function viewRow(row: RowText, layout: ManifestLayout): RowView {
  const { fields, error } = splitRow(row.text);
  const lineBreakField = row.text.includes('\n') ? fields.findIndex((field) => field.value.includes('\n')) : -1;
  let readableCount = fields.length;
  if (error !== undefined || row.isCut) readableCount = fields.length - 1;
  if (lineBreakField >= 0) readableCount = Math.min(readableCount, lineBreakField);

  const isSuspect = notUtf8Pattern(row).test(row.text);
  const pick = (index: number): FieldView | undefined => {
    const field = fields[index];
    if (field === undefined || index >= readableCount) return undefined;
    if (isSuspect && notUtf8Pattern(row).test(field.value)) return undefined;
    return trimField(row.text, field, index);
  };
  const bucket = pick(layout.bucket);
  const key = pick(layout.key);
  return {
    text: row.text,
    isCut: row.isCut,
    isDecodedElsewhere: row.isDecodedElsewhere,
    isForeign: row.isForeign === true,
    layout,
    fields,
    error,
    readableCount,
    lineBreakField,
    bucket,
    key,
    versionId: pick(layout.versionId),
    bucketUri: bucket === undefined ? undefined : parseS3Uri(bucket.value),
    keyUri: key === undefined ? undefined : parseS3Uri(key.value),
  };
}

function trimField(text: string, field: RowField, index: number): FieldView {
  let start = field.contentStart;
  let end = field.contentEnd;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  const value =
    start === field.contentStart && end === field.contentEnd ? field.value : field.value.replace(/^[ \t]+|[ \t]+$/g, '');
  return { value, start, end, isQuoted: field.isQuoted, index };
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** The field between its separators and without surrounding space, but with its quotes: what a fix that rewrites it replaces. */
export function wholeField(view: RowView, index: number): { start: number; end: number } {
  const field = view.fields[index];
  return field === undefined ? { start: view.text.length, end: view.text.length } : { start: field.start, end: field.end };
}

/** True when the row can be read and has the columns it should: only such rows are compared with others. */
export function isWellFormed(view: RowView): boolean {
  return view.readableCount === view.fields.length && hasExpectedColumns(view);
}

export function hasExpectedColumns(view: RowView): boolean {
  const expected = view.layout.columnCount;
  return expected === undefined
    ? view.fields.length >= 2
    : view.fields.length === expected && (view.layout.isDeclared || expected >= 2);
}

/** True when the row decides the columns of a manifest that does not declare them. */
export function canDecideLayout(view: RowView): boolean {
  return view.readableCount === view.fields.length && view.fields.length >= 2;
}

/**
 * What makes two rows the same object: bucket, decoded key and version. Undefined for rows that don't say it surely. A `%` that is no
 * escape stands for itself, as the fix of `bad-escape` makes it.
 */
export function rowIdentity(view: RowView): string | undefined {
  const { bucket, key, versionId } = view;
  if (bucket === undefined || key === undefined || !isWellFormed(view)) return undefined;
  if (view.bucketUri !== undefined || view.keyUri !== undefined) return undefined;
  if (view.layout.versionId >= 0 && versionId === undefined && view.fields.length > view.layout.versionId) return undefined;
  return `${bucket.value}\n${identityOfKey(key.value)}\n${versionId?.value ?? ''}`;
}

function identityOfKey(field: string): string {
  if (!/[%+]/.test(field)) return field;
  const decoded = decodeKey(field) ?? decodeKey(field.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  // Escapes that are not UTF-8 have no key to compare: such fields are the same only as written. No decoded key holds a lone surrogate.
  return decoded ?? `\uDC00${field}`;
}
