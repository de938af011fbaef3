import { BatchError } from '../../base/errors.js';

/**
 * How an object key is written in a manifest row. The User Guide asks for URL-encoded keys ("Creating an S3 Batch Operations job",
 * "Specifying a manifest") and does not name the variant; real jobs decode form-style: `+` is a space, `%XX` is a byte of UTF-8.
 */

const loneSurrogate = /\p{Surrogate}/u;

/** True when the text holds half of a surrogate pair, which no UTF-8 can carry. */
export function hasLoneSurrogate(text: string): boolean {
  return loneSurrogate.test(text);
}

/**
 * The key that the service reads in a key field (without its CSV quotes): `+` becomes a space, `%XX` UTF-8. Undefined when a `%` is not
 * followed by two hex digits or when the bytes are not UTF-8.
 */
export function decodeKey(field: string): string | undefined {
  if (hasLoneSurrogate(field)) return undefined;
  const spaced = field.includes('+') ? field.replaceAll('+', ' ') : field;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * The canonical field of a key: every UTF-8 byte is percent-encoded, in upper-case hex, but `A-Z a-z 0-9 - _ . ~ / ! ' ( ) *`.
 * `decodeKey` gives back every key exactly. Throws `InvalidKey` for text that is not Unicode (a lone surrogate): no S3 key is.
 */
export function encodeKey(key: string): string {
  if (hasLoneSurrogate(key))
    throw new BatchError('InvalidKey', 'The key holds half of a surrogate pair and is not valid Unicode.');
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

/** One character of a key field that stands there raw though only its escape is safe: all but what `encodeKey` leaves, `%` and `+`. */
const rawCharacter = /[^A-Za-z0-9\-_.~/!'()*%+]/gu;

/** Encodes the raw characters of a key field and leaves its escapes, `%` and `+` as they are. Lone surrogates stay too. */
export function encodeRawCharacters(field: string): string {
  return field.replace(rawCharacter, (character) => (hasLoneSurrogate(character) ? character : encodeURIComponent(character)));
}

/** Length of the text in UTF-8 bytes; a lone surrogate counts 3, as its replacement character would. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      length += 2;
      index += 1;
    } else length += 2;
  }
  return length;
}
