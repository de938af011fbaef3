/**
 * The parts of Signature Version 4 that are text. Source: IAM User Guide, "Create a signed AWS API request", and the S3 API Reference,
 * sig-v4-header-based-auth. All strings are Latin-1: one character is one byte as sent.
 */

/** Percent-encodes every byte but `A-Za-z0-9-_.~`. */
export function encodeUriBytes(bytes: Uint8Array, keep = ''): string {
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    out +=
      /[A-Za-z0-9\-_.~]/.test(character) || keep.includes(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Undoes valid escapes and leaves all else alone. */
function decodeUriBytes(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** The path as S3 signs it: decoded and encoded again, once. */
export function canonicalPath(rawPath: string): string {
  return encodeUriBytes(decodeUriBytes(rawPath), '/');
}

/** The path as every other service signs it: what was sent, encoded a second time. */
export function doubleEncodedPath(rawPath: string): string {
  return encodeUriBytes(Buffer.from(rawPath, 'latin1'), '/');
}

/** Sorted pairs without `X-Amz-Signature`; as sent, or decoded and encoded again. */
export function canonicalQuery(rawQuery: string, form: 'asSent' | 'encoded'): string {
  const pairs: [string, string][] = [];
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (name.toLowerCase() === 'x-amz-signature') continue;
    pairs.push(form === 'asSent' ? [name, value] : [encodeQueryPart(name), encodeQueryPart(value)]);
  }
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compareText(nameA, nameB) || compareText(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function encodeQueryPart(text: string): string {
  return encodeUriBytes(decodeUriBytes(text.replaceAll('+', ' ')));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Values of one header as they are signed: trimmed, inner white space single, several values joined by commas. */
export function canonicalHeaderValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

export function buildCanonicalRequest(parts: {
  method: string;
  path: string;
  query: string;
  /** Lower-case names in signed order, and all values sent. */
  headers: readonly (readonly [string, readonly string[]])[];
  payloadHash: string;
}): string {
  return [
    parts.method,
    parts.path,
    parts.query,
    ...parts.headers.map(([name, values]) => `${name}:${canonicalHeaderValue(values)}`),
    '',
    parts.headers.map(([name]) => name).join(';'),
    parts.payloadHash,
  ].join('\n');
}
