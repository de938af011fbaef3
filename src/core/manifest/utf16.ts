import { BatchError } from '../../base/errors.js';

/** UTF-16 as the tools of Windows write it: with a byte order mark. Both encodings are names that TextDecoder knows. */
export type Utf16 = 'utf-16le' | 'utf-16be';

/** Looks at the first two bytes of a file. */
export function utf16Of(bytes: Uint8Array): Utf16 | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** For those who write what they read: bytes that are taken for ASCII here are halves of characters. */
export function refuseUtf16(bytes: Uint8Array, name: string): void {
  if (utf16Of(bytes) === undefined) return;
  throw new BatchError('Utf16', `${name} is UTF-16, as PowerShell and Excel write it.`, { hint: 'Save it as UTF-8.' });
}
