import { docPages } from './docPages.js';
import { type Finding, finding, type RuleInfo } from './rule.js';

export const duplicateRow: RuleInfo = {
  id: 'duplicate-row',
  severity: 'warning',
  description: 'The operation runs once for each row, so twice for an object that is listed twice.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
};

/** `firstLine` is the 0-based line of the earlier row. */
export function findDuplicateRow(rowLength: number, firstLine: number): Finding {
  const message = `The same object as in line ${firstLine + 1}: the operation would run on it twice.`;
  return finding(duplicateRow, { start: 0, end: rowLength }, message, {
    fixes: [{ title: 'Remove the row', isCertain: false, edits: [], removesRow: true }],
  });
}
