import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const lineBreakInField: RowRule = {
  id: 'line-break-in-field',
  severity: 'error',
  description: 'A field can not span lines; a line break in a key is written %0A.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
  check(view) {
    const field = view.fields[view.lineBreakField];
    if (field === undefined || view.error !== undefined || view.isCut) return undefined;
    const quoted = { start: field.contentStart - 1, end: field.contentEnd + 1 };
    return finding(lineBreakInField, quoted, 'This field spans lines. A line break in a key is written %0A.');
  },
};
