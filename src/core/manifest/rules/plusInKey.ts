import type { RowView } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowRule } from './rule.js';

export const plusInKey: RowRule = {
  id: 'plus-in-key',
  severity: 'warning',
  description: 'A raw plus in a key is read as a space.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
  check(view) {
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined) return undefined;
    const index = view.text.indexOf('+', key.start);
    if (index < 0 || index >= key.end) return undefined;
    const message = 'A raw + in a key is read as a space. Write %2B for a plus, %20 for a space.';
    return finding(plusInKey, { start: index, end: index + 1 }, message, {
      fixes: [
        { title: 'Write %2B: the key has a plus', isCertain: false, edits: plusEdits(view, key.start, key.end, '%2B') },
        { title: 'Write %20: the key has a space', isCertain: false, edits: plusEdits(view, key.start, key.end, '%20') },
      ],
    });
  },
};

function plusEdits(view: RowView, from: number, to: number, text: string): RowEdit[] {
  const edits: RowEdit[] = [];
  for (let index = view.text.indexOf('+', from); index >= 0 && index < to; index = view.text.indexOf('+', index + 1)) {
    edits.push({ start: index, end: index + 1, text });
  }
  return edits;
}
