import type { FieldView } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowRule } from './rule.js';

export const unencodedKey: RowRule = {
  id: 'unencoded-key',
  severity: 'error',
  otherSeverity: 'warning',
  description:
    'Keys are URL-encoded: a raw space, quote, control character or non-ASCII character makes the task or the job fail.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: true,
  check(view) {
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined) return undefined;
    const edits = encodingEdits(view.text, key);
    const first = edits[0];
    const last = edits.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const place = { start: first.start, end: last.end };
    const raw = view.text.slice(place.start, place.end);
    const isError = edits.some((edit) => isSevere(view.text.slice(edit.start, edit.end)));
    const what =
      edits.length === 1 ? `${describe(raw)} is written ${edits[0]?.text}.` : 'these characters are written as escapes.';
    return finding(unencodedKey, place, `Keys are URL-encoded: ${what}`, {
      severity: isError ? 'error' : 'warning',
      fixes: [{ title: 'URL-encode the key', isCertain: true, edits }],
    });
  },
};

/** Raw characters of a field: all but unreserved ones, escapes and `+`. In quotes a doubled quote is one character. */
const rawInPlain = /[^A-Za-z0-9\-_.~/!'()*%+]/gu;
const rawInQuotes = /""|[^A-Za-z0-9\-_.~/!'()*%+]/gu;

function encodingEdits(text: string, key: FieldView): RowEdit[] {
  const edits: RowEdit[] = [];
  for (const match of text.slice(key.start, key.end).matchAll(key.isQuoted ? rawInQuotes : rawInPlain)) {
    const start = key.start + match.index;
    edits.push({ start, end: start + match[0].length, text: match[0] === '""' ? '%22' : encodeURIComponent(match[0]) });
  }
  return edits;
}

/** White space, control characters, non-ASCII and quotes; every other reserved character works by luck. */
function isSevere(character: string): boolean {
  return /[^\u0021-\u007e]|"/.test(character);
}

function describe(character: string): string {
  if (character === ' ') return 'a space';
  if (character === '\t') return 'a tab';
  if (character === '""') return '"';
  if (/\p{Control}/u.test(character)) return 'a control character';
  // What takes no ink, or only with the character before it, is named: nobody would see it.
  return /[\p{Z}\p{C}\p{M}]/u.test(character) ? codePoint(character) : character;
}

/** `U+200B`. */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
