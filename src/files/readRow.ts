import type { LineEnd, ManifestLine } from '../core/manifest/manifestLine.js';
import { type AssembledRow, RowAssembler } from '../core/manifest/rowAssembler.js';
import { maxRowLength } from '../core/manifest/rowView.js';
import { decodeMarkingInvalid } from '../core/manifest/utf8.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** One row of a file, read by itself. */
export interface ReadRow {
  readonly row: AssembledRow;
  /** Offset behind its line end. */
  readonly end: number;
  readonly feeds: number;
  /** Offsets behind those of its line ends that are no line feeds. */
  readonly otherEnds: readonly number[];
}

/**
 * Reads the row that begins at `from`. `more`: the bytes end before it surely does (never so when they end with the file).
 * `tooLong`: one of its lines has more characters than a row may have.
 */
export function readRow(bytes: Uint8Array, from: number, isWhole: boolean): ReadRow | 'more' | 'tooLong' {
  let first: AssembledRow | undefined;
  let assembler: RowAssembler | undefined;
  /** Of each line so far: where it ends, and whether by a line feed. */
  const ends: { readonly offset: number; readonly isFeed: boolean }[] = [];
  let at = from;
  while (first === undefined) {
    if (at >= bytes.length) {
      if (!isWhole || at === from) return 'more';
      assembler?.end();
      break;
    }
    const line = lineAt(bytes, at, isWhole);
    if (line === undefined) return 'more';
    if (line.content.text.length > maxRowLength) return 'tooLong';
    at = line.end;
    ends.push({ offset: at, isFeed: line.content.lineEnd.endsWith('\n') });
    if (assembler === undefined && !line.hasQuote) {
      const { text, lineEnd } = line.content;
      first = { line: 0, lines: [line.content], text, lineEnd, isCut: false };
      break;
    }
    assembler ??= new RowAssembler((row) => {
      first ??= row;
    });
    assembler.addLine(line.content);
  }
  if (first === undefined) return 'more';
  const own = ends.slice(0, first.lines.length);
  return {
    row: first,
    end: own.at(-1)?.offset ?? at,
    feeds: own.filter(({ isFeed }) => isFeed).length,
    otherEnds: own.filter(({ isFeed }) => !isFeed).map(({ offset }) => offset),
  };
}

interface FoundLine {
  readonly content: ManifestLine;
  readonly end: number;
  readonly hasQuote: boolean;
}

function lineAt(bytes: Uint8Array, from: number, isWhole: boolean): FoundLine | undefined {
  let hasQuote = false;
  let isAscii = true;
  let end = from;
  for (; end < bytes.length; end += 1) {
    const byte = bytes[end] ?? 0;
    if (byte === lineFeed || byte === carriageReturn) break;
    if (byte === quote) hasQuote = true;
    else if (byte >= 0x80) isAscii = false;
  }
  let lineEnd: LineEnd = '';
  if (end === bytes.length) {
    if (!isWhole) return undefined;
  } else if (bytes[end] === lineFeed) lineEnd = '\n';
  else {
    if (end + 1 === bytes.length && !isWhole) return undefined;
    lineEnd = bytes[end + 1] === lineFeed ? '\r\n' : '\r';
  }
  const content = bytes.subarray(from, end);
  const text = isAscii
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1')
    : decodeMarkingInvalid(content.slice());
  return { content: { text, lineEnd, isCut: false }, end: end + lineEnd.length, hasQuote };
}
