import type { Edit, Fix, Problem, Range } from './problem.js';
import type { Finding, RowFix } from './rules/rule.js';

/** Where a row is in its file. */
export interface Position {
  /** 0-based line that the row begins on. */
  readonly line: number;
  readonly text: string;
  /** False only for the last row of a file without a line end. */
  readonly hasLineEnd: boolean;
}

/** Turns offsets in a row into lines and columns of the file. */
export function toProblem(finding: Finding, place: Position): Problem {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    range: toRange(place, finding.start, finding.end),
    fixes: finding.fixes.map((fix) => toFix(fix, place)),
  };
}

function toFix(fix: RowFix, place: Position): Fix {
  return {
    title: fix.title,
    isCertain: fix.isCertain,
    edits: fix.removesRow === true ? [removeRow(place)] : fix.edits.map((edit) => toEdit(place, edit)),
    ...(fix.columns !== undefined && { columns: fix.columns }),
    ...(fix.removesByteOrderMark === true && { removesByteOrderMark: true as const }),
    ...(fix.changesEncoding === true && { changesEncoding: true as const }),
  };
}

export function toEdit(place: Position, edit: { start: number; end: number; text: string }): Edit {
  return { range: toRange(place, edit.start, edit.end), text: edit.text };
}

/** Takes the row and its line end away. Only rows of one line are ever removed. */
export function removeRow(place: Position): Edit {
  const range = place.hasLineEnd
    ? { line: place.line, column: 0, endLine: place.line + 1, endColumn: 0 }
    : { line: place.line, column: 0, endLine: place.line, endColumn: place.text.length };
  return { range, text: '' };
}

function toRange(place: Position, start: number, end: number): Range {
  const from = toPosition(place, start);
  const to = toPosition(place, end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

function toPosition(place: Position, offset: number): { line: number; column: number } {
  let { line } = place;
  let lineStart = 0;
  for (let feed = place.text.indexOf('\n'); feed >= 0 && feed < offset; feed = place.text.indexOf('\n', feed + 1)) {
    line += 1;
    lineStart = feed + 1;
  }
  return { line, column: offset - lineStart };
}
