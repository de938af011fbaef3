import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowRule } from './rule.js';

export const badEscape: RowRule = {
  id: 'bad-escape',
  severity: 'error',
  description: 'A % in a key begins an escape of two hex digits; a percent sign is written %25.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: true,
  check(view) {
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined || !key.value.includes('%')) return undefined;
    const edits: RowEdit[] = [];
    for (const match of view.text.slice(key.start, key.end).matchAll(/%(?![0-9A-Fa-f]{2})/g)) {
      edits.push({ start: key.start + match.index, end: key.start + match.index + 1, text: '%25' });
    }
    const first = edits[0];
    if (first === undefined) return undefined;
    return finding(badEscape, first, 'This % is not followed by two hex digits. A percent sign is written %25.', {
      fixes: [{ title: 'Write %25', isCertain: true, edits }],
    });
  },
};
