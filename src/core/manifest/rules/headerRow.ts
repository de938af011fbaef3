import type { RowView } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

const columnNames = new Set(
  (
    'bucket bucketname s3bucket key keyname objectkey s3key versionid version objectversionid ' +
    'size etag lastmodified lastmodifieddate storageclass islatest isdeletemarker'
  ).split(' '),
);

/** True when every field is the name of a column, however it is spelt. */
export function isHeaderRow(view: RowView): boolean {
  return view.readableCount === view.fields.length && view.fields.every((field) => isColumnName(field.value));
}

/** True for the name of a column of a manifest, an inventory or a listing, however it is spelt. */
export function isColumnName(text: string): boolean {
  return columnNames.has(plainColumnName(text));
}

/** `Version Id`, `version_id` and `VersionId` are one name. */
export function plainColumnName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[_\- ]/g, '');
}

/** Asked only of rows before the first data row. */
export const headerRow: RowRule = {
  id: 'header-row',
  severity: 'error',
  description: 'A manifest has no header row: the service takes it for an object.',
  docUrl: docPages.manifest,
  isFixedByFixAll: true,
  check(view) {
    if (!isHeaderRow(view)) return undefined;
    const message = 'Header row. A manifest has none: the service would take it for an object.';
    return finding(headerRow, { start: 0, end: view.text.length }, message, {
      fixes: [{ title: 'Remove the header row', isCertain: true, edits: [], removesRow: true }],
    });
  },
};
