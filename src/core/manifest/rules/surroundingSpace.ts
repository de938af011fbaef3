import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowRule } from './rule.js';

export const surroundingSpace: RowRule = {
  id: 'surrounding-space',
  severity: 'error',
  description: 'Spaces and tabs around a field become part of the bucket, key or version.',
  docUrl: docPages.manifest,
  isFixedByFixAll: true,
  check(view) {
    const edits: RowEdit[] = [];
    for (let index = 0; index < view.readableCount; index += 1) {
      const field = view.fields[index];
      if (field === undefined) break;
      addRuns(view.text, field.contentStart, field.contentEnd, edits);
      if (!field.isQuoted) continue;
      // Outside of the quotes: from the separators to the quotes.
      if (field.start < field.contentStart - 1) edits.push({ start: field.start, end: field.contentStart - 1, text: '' });
      if (field.contentEnd + 1 < field.end) edits.push({ start: field.contentEnd + 1, end: field.end, text: '' });
    }
    const first = edits.toSorted((a, b) => a.start - b.start)[0];
    if (first === undefined) return undefined;
    return finding(
      surroundingSpace,
      first,
      'Space around a field becomes part of it. A space that belongs to a key is written %20.',
      {
        fixes: [{ title: 'Remove the space around fields', isCertain: true, edits }],
      },
    );
  },
};

/** Adds the blanks at both ends of the content; a content of blanks only is one run. */
function addRuns(text: string, from: number, to: number, edits: RowEdit[]): void {
  let start = from;
  while (start < to && isBlank(text, start)) start += 1;
  if (start > from) edits.push({ start: from, end: start, text: '' });
  let end = to;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  if (end < to) edits.push({ start: end, end: to, text: '' });
}

function isBlank(text: string, index: number): boolean {
  return text[index] === ' ' || text[index] === '\t';
}
