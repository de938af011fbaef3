import type { RowView } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export function isBlankRow(view: RowView): boolean {
  return view.text.trim() === '';
}

export const blankLine: RowRule = {
  id: 'blank-line',
  severity: 'error',
  description: 'A manifest has no blank lines; one line end after the last row is fine.',
  docUrl: docPages.manifest,
  isFixedByFixAll: true,
  check(view) {
    if (!isBlankRow(view)) return undefined;
    return finding(blankLine, { start: 0, end: view.text.length }, 'Blank line. A manifest has none.', {
      fixes: [{ title: 'Remove the blank line', isCertain: true, edits: [], removesRow: true }],
    });
  },
};
