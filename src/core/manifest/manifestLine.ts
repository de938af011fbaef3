import { maxRowLength } from './rowView.js';

/** One line of a file as the readers hand it on. */
export interface ManifestLine {
  /** Without its line end. */
  readonly text: string;
  readonly lineEnd: LineEnd;
  /** True when the line was longer than `maxRowLength` and `text` is its beginning. */
  readonly isCut: boolean;
  /** All of a line that was cut, when the source holds it anyway. */
  readonly whole?: string;
  /** The line's bytes without its line end, kept only when they are not UTF-8: the text alone could not be written back. */
  readonly bytes?: Uint8Array;
}

/** `''` only after the last line of a file. */
export type LineEnd = '' | '\n' | '\r\n' | '\r';

export const byteOrderMarkCharacter = '\uFEFF';

/**
 * The lines of a text, cut at LF, CRLF and lone CR, as editors cut them. What follows the last line end is a line only if it is not
 * empty. `from` skips what comes before, such as a byte order mark.
 */
export function* textLines(text: string, from = 0): Generator<ManifestLine, void, undefined> {
  let start = from;
  let nextReturn = text.indexOf('\r', from);
  while (start < text.length) {
    const nextFeed = text.indexOf('\n', start);
    if (nextReturn >= 0 && nextReturn < start) nextReturn = text.indexOf('\r', start);
    let end = nextFeed < 0 ? text.length : nextFeed;
    let lineEnd: LineEnd = nextFeed < 0 ? '' : '\n';
    if (nextReturn >= 0 && nextReturn < end) {
      end = nextReturn;
      lineEnd = nextFeed === end + 1 ? '\r\n' : '\r';
    }
    const line = text.slice(start, end);
    yield manifestLine(line, lineEnd);
    start = end + lineEnd.length;
  }
}

/** The lines of a document, whose last one is none if it is empty. */
export function* documentLines(
  source: { readonly lineCount: number; lineAt(line: number): string },
  documentEnd: LineEnd,
): Generator<ManifestLine, void, undefined> {
  for (let line = 0; line < source.lineCount; line += 1) {
    const isLast = line === source.lineCount - 1;
    const text = source.lineAt(line);
    if (!isLast || text !== '') yield manifestLine(text, isLast ? '' : documentEnd);
  }
}

export function manifestLine(text: string, lineEnd: LineEnd): ManifestLine {
  return text.length > maxRowLength ? { text: cutRow(text), lineEnd, isCut: true, whole: text } : { text, lineEnd, isCut: false };
}

/** The beginning of an over-long row; never ends within a surrogate pair, half of which would look like bytes that are not UTF-8. */
export function cutRow(text: string): string {
  if (text.length <= maxRowLength) return text;
  const endsInPair = (text.charCodeAt(maxRowLength - 1) & 0xfc00) === 0xd800;
  return text.slice(0, endsInPair ? maxRowLength - 1 : maxRowLength);
}
