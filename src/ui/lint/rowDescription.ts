import type { ManifestField } from '../../core/job/jobTypes.js';
import { decodeKey, utf8Length } from '../../core/manifest/keyEncoding.js';
import { splitRow } from '../../core/manifest/rowFields.js';

/** What S3 will read in one row. */
export interface RowDescription {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId: string | undefined;
  /** `s3://bucket/key`, with the key as it is, not encoded. */
  readonly uri: string;
  /** Of the decoded key, in UTF-8. */
  readonly keyBytes: number;
  /** How many characters of the row the encoding costs. */
  readonly escapeOverhead: number;
}

export const maxKeyBytes = 1024;

/**
 * Describes a row that names an object; undefined for one that doesn't, such as a broken or a blank one. Nothing is trimmed: space around
 * a field becomes part of it.
 */
export function describeRow(line: string, fields: readonly ManifestField[] | undefined): RowDescription | undefined {
  const row = splitRow(line);
  if (row.error !== undefined) return undefined;
  const values = row.fields.map((field) => field.value);
  const columns: readonly ManifestField[] = fields ?? ['Bucket', 'Key', 'VersionId'];
  const value = (name: ManifestField): string | undefined => {
    const index = columns.indexOf(name);
    return index < 0 ? undefined : values[index];
  };
  const bucket = value('Bucket');
  const written = value('Key');
  if (bucket === undefined || bucket === '' || written === undefined || written === '') return undefined;
  const key = decodeKey(written);
  if (key === undefined || key === '') return undefined;
  const versionId = value('VersionId');
  return {
    bucket,
    key,
    versionId: versionId === undefined || versionId === '' || versionId === 'null' ? undefined : versionId,
    uri: `s3://${bucket}/${key}`,
    keyBytes: utf8Length(key),
    escapeOverhead: written.length - key.length,
  };
}

/** Describes several rows. `left` counts those that name no object, without blank lines. */
export function describeRows(
  lines: readonly string[],
  fields: readonly ManifestField[] | undefined,
): { readonly rows: readonly RowDescription[]; readonly left: number } {
  const written = lines.filter((line) => line.trim() !== '');
  const rows = written.map((line) => describeRow(line, fields)).filter((row) => row !== undefined);
  return { rows, left: written.length - rows.length };
}

interface LineRange {
  readonly start: { readonly line: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** The lines that selections touch, each once, in the order of the file. A selection that ends before a line does not touch it. */
export function selectedLines(selections: readonly LineRange[]): number[] {
  const lines = new Set<number>();
  for (const { start, end } of selections) {
    const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    for (let line = start.line; line <= last; line += 1) lines.add(line);
  }
  return [...lines].toSorted((a, b) => a - b);
}

/** Everything that takes no ink or reorders what does: separators, controls, formats, private use, lone surrogates. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
/** Spaces that an eye passes over: at the ends, several in a row, before a slash. */
const hiddenSpaces = /^ +| +$| {2,}| +(?=\/)|(?<=\/) +/g;

/** The text with its invisible characters made visible: `␊` for a line feed, `[U+200B]` for a zero-width space, `␠` for a space that hides. */
export function withVisibleCharacters(text: string): string {
  return text
    .replace(hiddenSpaces, (spaces) => '␠'.repeat(spaces.length))
    .replace(invisible, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      if (code === 0x7f) return '␡';
      return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    });
}
