import { badEscape } from './badEscape.js';
import { blankLine } from './blankLine.js';
import { bucketName } from './bucketName.js';
import { byteOrderMark } from './byteOrderMark.js';
import { columnCount } from './columnCount.js';
import { doubleEncodedKey } from './doubleEncodedKey.js';
import { duplicateRow } from './duplicateRow.js';
import { emptyKey } from './emptyKey.js';
import { emptyManifest } from './emptyManifest.js';
import { escapeNotUtf8 } from './escapeNotUtf8.js';
import { extraColumns } from './extraColumns.js';
import { headerRow } from './headerRow.js';
import { keyTooLong } from './keyTooLong.js';
import { leadingSlash } from './leadingSlash.js';
import { lineBreakInField } from './lineBreakInField.js';
import { missingVersionId } from './missingVersionId.js';
import { mixedBuckets } from './mixedBuckets.js';
import { notUtf8 } from './notUtf8.js';
import { plusInKey } from './plusInKey.js';
import type { RowRule, RuleId, RuleInfo } from './rule.js';
import { s3UriField } from './s3UriField.js';
import { surroundingSpace } from './surroundingSpace.js';
import { unclosedQuote } from './unclosedQuote.js';
import { unencodedKey } from './unencodedKey.js';

/** Every rule, in the order of the documentation. Diagnostics, the settings, SARIF and the table of the docs are made from it. */
export const allRules: readonly RuleInfo[] = [
  emptyManifest,
  byteOrderMark,
  notUtf8,
  headerRow,
  blankLine,
  columnCount,
  extraColumns,
  unclosedQuote,
  lineBreakInField,
  surroundingSpace,
  s3UriField,
  bucketName,
  emptyKey,
  unencodedKey,
  plusInKey,
  badEscape,
  escapeNotUtf8,
  doubleEncodedKey,
  keyTooLong,
  leadingSlash,
  missingVersionId,
  mixedBuckets,
  duplicateRow,
];

/** The rules of a data row; each looks at the row alone. Blank lines and header rows are judged before and get no other problem. */
export const dataRowRules: readonly RowRule[] = [
  notUtf8,
  columnCount,
  unclosedQuote,
  lineBreakInField,
  surroundingSpace,
  s3UriField,
  bucketName,
  emptyKey,
  unencodedKey,
  plusInKey,
  badEscape,
  escapeNotUtf8,
  doubleEncodedKey,
  keyTooLong,
  leadingSlash,
  missingVersionId,
];

const byId = new Map<string, RuleInfo>(allRules.map((rule) => [rule.id, rule]));

export function findRule(id: string): RuleInfo | undefined {
  return byId.get(id);
}

/** For ids that are known to exist. */
export function ruleOf(id: RuleId): RuleInfo {
  const rule = byId.get(id);
  if (rule === undefined) throw new Error(`No rule ${id}`);
  return rule;
}
