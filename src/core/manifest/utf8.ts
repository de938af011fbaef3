/**
 * Decoding that never loses a position: the reader must say where bytes are wrong, and write back what it did not touch. Sequences are
 * cut as the WHATWG Encoding Standard cuts them (one replacement for each maximal part that can't go on).
 */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Length of the valid sequence at `index`, or minus the length of the invalid one. */
function sequenceAt(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  let needed: number;
  let lower = 0x80;
  let upper = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) needed = 1;
  else if (first >= 0xe0 && first <= 0xef) {
    needed = 2;
    if (first === 0xe0) lower = 0xa0;
    if (first === 0xed) upper = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    needed = 3;
    if (first === 0xf0) lower = 0x90;
    if (first === 0xf4) upper = 0x8f;
  } else return -1;
  for (let offset = 1; offset <= needed; offset += 1) {
    const byte = bytes[index + offset];
    if (byte === undefined || byte < lower || byte > upper) return -offset;
    lower = 0x80;
    upper = 0xbf;
  }
  return needed + 1;
}

/** The first bytes that are not UTF-8; undefined when all are. */
export function firstInvalidSequence(bytes: Uint8Array): ByteRange | undefined {
  for (let index = 0; index < bytes.length;) {
    const length = sequenceAt(bytes, index);
    if (length < 0) return { start: index, end: index - length };
    index += length;
  }
  return undefined;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or undefined when the bytes are not UTF-8. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Decodes bytes that may not be UTF-8: each invalid sequence becomes one lone surrogate, which no valid byte gives, so that columns stay
 * those of an editor (which shows one replacement character) and no rule can mistake it for text.
 */
export function decodeMarkingInvalid(bytes: Uint8Array): string {
  const whole = decodeUtf8(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  let validFrom = 0;
  for (let index = 0; index < bytes.length;) {
    const length = sequenceAt(bytes, index);
    if (length > 0) {
      index += length;
      continue;
    }
    text += `${strict.decode(bytes.subarray(validFrom, index))}\uDC80`;
    index -= length;
    validFrom = index;
  }
  return text + strict.decode(bytes.subarray(validFrom));
}

/** Offset of the byte at which the text of `decodeMarkingInvalid` has its UTF-16 unit number `column`. */
export function byteOffsetOfColumn(bytes: Uint8Array, column: number): number {
  let index = 0;
  for (let unit = 0; unit < column && index < bytes.length;) {
    const length = sequenceAt(bytes, index);
    unit += length === 4 ? 2 : 1;
    index += Math.abs(length);
  }
  return index;
}
