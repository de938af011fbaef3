import { encodeEventKey } from '../../core/handler/event.js';
import { decodeKey } from '../../core/manifest/keyEncoding.js';

/** Characters that the event carries as they are, and `+`, which is a space in both spellings: 1 by character code. */
const sameInBoth = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*/+')
  sameInBoth[character.charCodeAt(0)] = 1;
/** Only ASCII, as itself or escaped: the rest takes the long way. */
const plainAscii = /^(?:[\x20-\x24\x26-\x7e]|%[0-7][0-9A-Fa-f])*$/;
const respelled = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-_.*/+]/g;
const spellings = new Map<string, string>();

/**
 * What `s3Key` of the event is for a manifest's key field: `encodeEventKey(decodeKey(field))`, the same but faster for the usual keys.
 * A field that can't be decoded, which the check of the manifest lets nobody have, is given as it is.
 */
export function eventKeyOf(field: string): string {
  if (isSameInBoth(field)) return field;
  if (plainAscii.test(field)) return field.replace(respelled, respell);
  const key = decodeKey(field);
  return key === undefined ? field : encodeEventKey(key);
}

/** A loop of its own, being asked for each task: for short keys it is several times faster than a pattern. */
function isSameInBoth(field: string): boolean {
  for (let at = 0; at < field.length; at += 1) if (sameInBoth[field.charCodeAt(at)] !== 1) return false;
  return true;
}

/** One character or escape. There are few of them, so that each is worked out once. */
function respell(text: string): string {
  let spelling = spellings.get(text);
  if (spelling === undefined) {
    spelling = encodeEventKey(text.length === 3 ? decodeURIComponent(text) : text);
    spellings.set(text, spelling);
  }
  return spelling;
}
