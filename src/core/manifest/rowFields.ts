/** One field of a row. Offsets are UTF-16 units in the row's text, ends exclusive. */
export interface RowField {
  /** What the field says: without its quotes, doubled quotes made single; white space is kept. */
  readonly value: string;
  /** The field as written, from separator to separator. */
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** The text between the quotes; the same as `start` and `end` when there are none. */
  readonly contentStart: number;
  readonly contentEnd: number;
}

/**
 * Why a row can't be read to its end. `unclosed-quote`: the text ends within quotes. `text-after-quote`: a closing quote is followed by
 * something other than white space and a comma. The last field of `fields` is then the broken one and takes all the rest of the row.
 */
export type RowErrorKind = 'unclosed-quote' | 'text-after-quote';

export interface RowError {
  readonly kind: RowErrorKind;
  /** From the opening quote (`unclosed-quote`) or from the first character after the closing one (`text-after-quote`) ... */
  readonly start: number;
  /** ... to the end of the row, or to the comma that ends the misplaced text. */
  readonly end: number;
}

export interface RowFields {
  readonly fields: readonly RowField[];
  readonly error?: RowError;
}

const comma = 0x2c;
const quote = 0x22;

/**
 * Splits the text of one row, without its line end, into fields as RFC 4180 writes them. A row that spans lines is given with its line
 * breaks in it. More lenient than the RFC in one point: spaces and tabs around a quoted field belong to the field, not to its value.
 */
export function splitRow(line: string): RowFields {
  const fields: RowField[] = [];
  if (!line.includes('"')) {
    let start = 0;
    for (;;) {
      const found = line.indexOf(',', start);
      const end = found < 0 ? line.length : found;
      fields.push(plainField(line, start, end));
      if (found < 0) return { fields };
      start = found + 1;
    }
  }
  let start = 0;
  for (;;) {
    const opening = skipBlanks(line, start);
    if (line.charCodeAt(opening) !== quote) {
      const found = line.indexOf(',', start);
      const end = found < 0 ? line.length : found;
      fields.push(plainField(line, start, end));
      if (found < 0) return { fields };
      start = found + 1;
      continue;
    }
    const closing = findClosingQuote(line, opening + 1);
    if (closing === undefined) {
      fields.push(quotedField(line, start, line.length, opening + 1, line.length));
      return { fields, error: { kind: 'unclosed-quote', start: opening, end: line.length } };
    }
    const next = skipBlanks(line, closing + 1);
    if (next < line.length && line.charCodeAt(next) !== comma) {
      fields.push(quotedField(line, start, line.length, opening + 1, closing));
      const found = line.indexOf(',', next);
      return { fields, error: { kind: 'text-after-quote', start: next, end: found < 0 ? line.length : found } };
    }
    fields.push(quotedField(line, start, next, opening + 1, closing));
    if (next >= line.length) return { fields };
    start = next + 1;
  }
}

/** Offset of the quote that closes a field whose content begins at `from`, skipping doubled ones; undefined when none does. */
export function findClosingQuote(text: string, from: number): number | undefined {
  let index = text.indexOf('"', from);
  while (index >= 0) {
    if (text.charCodeAt(index + 1) !== quote) return index;
    index = text.indexOf('"', index + 2);
  }
  return undefined;
}

/** Offset of the first character at or after `from` that is neither space nor tab. */
export function skipBlanks(text: string, from: number): number {
  let index = from;
  while (text.charCodeAt(index) === 0x20 || text.charCodeAt(index) === 0x09) index += 1;
  return index;
}

function plainField(line: string, start: number, end: number): RowField {
  return { value: line.slice(start, end), start, end, isQuoted: false, contentStart: start, contentEnd: end };
}

function quotedField(line: string, start: number, end: number, contentStart: number, contentEnd: number): RowField {
  const content = line.slice(contentStart, contentEnd);
  return { value: content.replaceAll('""', '"'), start, end, isQuoted: true, contentStart, contentEnd };
}

/** Writes one row of fields, quoting only those that need it. No line end. */
export function joinRow(values: readonly string[]): string {
  return values.map((value) => (/[",\r\n]|^[ \t]|[ \t]$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');
}
