/**
 * Safe punctuation that a manifest escapes all the same, a bit for each byte from 0x20 on: encoders differ about `!'()*`, and some escape
 * slashes. The kernel hashes a key as it stands when it is spelled so, as the beginning of the file is; others it has to spell anew first.
 */
export function escapedPunctuation(sample: Uint8Array): number {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength);
  const text = bytes.toString('latin1');
  let bits = 0;
  for (const character of "!'()*-./") {
    const code = character.charCodeAt(0);
    const escape = `%${code.toString(16).toUpperCase()}`;
    if (countOf(text, escape) > countOf(text, character)) bits |= 1 << (code - 0x20);
  }
  return bits;
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
