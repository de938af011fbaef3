import { concatBytes } from '../base/bytes.js';
import { utf16Of } from '../core/manifest/utf16.js';

/** Chunks as they come, or, of a text in UTF-16 with its byte order mark, the same text in UTF-8 without one. */
export async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  let beginning: Uint8Array = new Uint8Array(0);
  let convert: ((bytes?: Uint8Array) => Uint8Array) | undefined;
  for await (const chunk of chunks) {
    if (convert !== undefined) {
      yield convert(chunk);
      continue;
    }
    // A copy: chunks may be overwritten once the next one is asked for.
    beginning = concatBytes([beginning, chunk]);
    if (beginning.length < 2) continue;
    const encoding = utf16Of(beginning);
    if (encoding === undefined) convert = (bytes = new Uint8Array(0)) => bytes;
    else {
      const decoder = new TextDecoder(encoding);
      convert = (bytes) => encoder.encode(decoder.decode(bytes, { stream: bytes !== undefined }));
    }
    yield convert(beginning);
  }
  yield convert === undefined ? beginning : convert();
}
