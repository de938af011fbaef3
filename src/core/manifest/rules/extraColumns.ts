import type { ManifestField } from '../../job/jobTypes.js';
import type { RowView } from '../rowView.js';
import { docPages } from './docPages.js';
import { type Finding, finding, type RowFix, type RuleInfo } from './rule.js';

export const extraColumns: RuleInfo = {
  id: 'extra-columns',
  severity: 'warning',
  description: 'Columns beyond bucket, key and version must be declared as Ignore in the job.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
};

/** Asked of the first data row of a manifest whose columns are not declared. */
export function findExtraColumns(view: RowView): Finding | undefined {
  const count = view.fields.length;
  const fourth = view.fields[3];
  if (view.layout.isDeclared || fourth === undefined) return undefined;
  const declare = (third: ManifestField): RowFix => {
    const columns: ManifestField[] = ['Bucket', 'Key', third, ...Array.from({ length: count - 3 }, () => 'Ignore' as const)];
    return { title: `Declare the columns as ${columns.join(',')}`, isCertain: false, edits: [], columns };
  };
  const versioned = declare('VersionId');
  const unversioned = declare('Ignore');
  const message = `This manifest has ${count} columns. Columns that are not bucket, key or version must be declared as Ignore.`;
  return finding(extraColumns, { start: fourth.start, end: view.text.length }, message, {
    fixes: looksLikeVersion(view.fields[2]?.value.trim() ?? '') ? [versioned, unversioned] : [unversioned, versioned],
  });
}

/** Version ids are opaque; those that S3 makes are 32 characters of URL-safe base64. */
function looksLikeVersion(value: string): boolean {
  return value === 'null' || /^[A-Za-z0-9._-]{32}$/.test(value);
}
