/** The one replacement that turns a text into another: what both have in common at the ends stays untouched. Offsets in UTF-16 units. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Undefined when the texts are the same. Never cuts a CRLF or a surrogate pair in two. */
export function textChange(before: string, after: string): TextChange | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  while (start > 0 && (splitsUnit(before, start) || splitsUnit(after, start))) start -= 1;
  let common = 0;
  while (
    common < shorter - start &&
    before.charCodeAt(before.length - 1 - common) === after.charCodeAt(after.length - 1 - common)
  ) {
    common += 1;
  }
  while (common > 0 && (splitsUnit(before, before.length - common) || splitsUnit(after, after.length - common))) common -= 1;
  return { start, end: before.length - common, text: after.slice(start, after.length - common) };
}

function splitsUnit(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return false;
  const left = text.charCodeAt(offset - 1);
  const right = text.charCodeAt(offset);
  return (left === 0x0d && right === 0x0a) || (left >= 0xd800 && left < 0xdc00 && right >= 0xdc00 && right < 0xe000);
}
