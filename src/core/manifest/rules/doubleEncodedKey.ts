import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowRule } from './rule.js';

export const doubleEncodedKey: RowRule = {
  id: 'double-encoded-key',
  severity: 'warning',
  description: 'A key that was encoded twice names an object that most likely does not exist.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined || !key.value.includes('%25')) return undefined;
    const edits: RowEdit[] = [];
    for (const match of view.text.slice(key.start, key.end).matchAll(/%25(?=[0-9A-Fa-f]{2})/g)) {
      // Taking "25" away leaves the escape that was encoded again.
      const start = key.start + match.index + 1;
      edits.push({ start, end: start + 2, text: '' });
    }
    const first = edits[0];
    if (first === undefined) return undefined;
    const place = { start: first.start - 1, end: first.end + 2 };
    const written = view.text.slice(place.start, place.end);
    const message = `This looks encoded twice: ${written} is read as ${written.replace('25', '')}, not decoded further.`;
    return finding(doubleEncodedKey, place, message, {
      fixes: [{ title: 'Decode the key once', isCertain: false, edits }],
    });
  },
};
