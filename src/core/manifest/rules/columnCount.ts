import type { RowField } from '../rowFields.js';
import { hasExpectedColumns } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const columnCount: RowRule = {
  id: 'column-count',
  severity: 'error',
  description: 'Every row has the same columns; one that does not makes the job fail while it is prepared.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    // A row that can't be read to its end has no count, and its own problem.
    if (view.readableCount < view.fields.length || hasExpectedColumns(view)) return undefined;
    const count = view.fields.length;
    const expected = view.layout.columnCount;
    const columns = count === 1 ? '1 column' : `${count} columns`;
    if (expected === undefined || count < expected) {
      const wanted = expected === undefined ? 'at least a bucket and a key' : `${expected}`;
      const message = `This row has ${columns}; it needs ${wanted}.${separatorHint(view.fields)}`;
      return finding(columnCount, { start: 0, end: view.text.length }, message);
    }
    const start = view.fields[expected]?.start ?? 0;
    const hint = view.layout.key === expected - 1 ? ' A comma in a key is written %2C.' : '';
    return finding(
      columnCount,
      { start, end: view.text.length },
      `This row has ${columns}; ${view.layout.isDeclared ? 'declared are' : 'the first row has'} ${expected}.${hint}`,
    );
  },
};

/** Excel writes semicolons where a comma is the decimal mark, and copied tables have tabs. */
function separatorHint([only, ...others]: readonly RowField[]): string {
  if (only === undefined || others.length > 0) return '';
  if (only.value.includes(';')) return ' Columns are separated by commas, not semicolons.';
  return only.value.includes('\t') ? ' Columns are separated by commas, not tabs.' : '';
}
