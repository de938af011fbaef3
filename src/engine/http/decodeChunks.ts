import { createHash, type Hash } from 'node:crypto';
import { ServiceError } from '../serviceError.js';
import type { SigningContext } from './authenticate.js';
import { hmac, isSameSecret, sha256Hex } from './signature.js';

export interface ChunkedPayload {
  /** `x-amz-decoded-content-length`. */
  readonly decodedLength: number;
  /** Set when every chunk is signed. */
  readonly signing: SigningContext | undefined;
  /** Lower-case names that `x-amz-trailer` announces; empty when there is no trailer. */
  readonly trailerNames: readonly string[];
  /** Filled with the trailers as they arrive. */
  readonly trailers: Record<string, string>;
}

const maxLineBytes = 4096;
const maxTrailers = 16;
const emptyHash = sha256Hex('');

/**
 * Takes the `aws-chunked` framing off and checks chunk signatures, trailer signature, announced trailers and the decoded length.
 * Bytes come out before their chunk's signature was checked, so the receiver keeps nothing of a stream that fails.
 * Source: S3 API Reference, sigv4-streaming and sigv4-streaming-trailers.
 */
export async function* decodeChunks(source: AsyncIterable<Buffer>, payload: ChunkedPayload): AsyncGenerator<Buffer> {
  const reader = new ChunkReader(source);
  let previous = payload.signing?.seedSignature ?? '';
  let received = 0;
  for (;;) {
    const [sizeText = '', ...extensions] = (await reader.line()).split(';');
    if (!/^[0-9A-Fa-f]{1,12}$/.test(sizeText)) throw malformed('a chunk size is not a number');
    const sizeBytes = Number.parseInt(sizeText, 16);
    received += sizeBytes;
    if (received > payload.decodedLength) throw incomplete();
    const hash = payload.signing === undefined ? undefined : createHash('sha256');
    if (sizeBytes > 0) {
      for await (const part of reader.bytes(sizeBytes)) {
        hash?.update(part);
        yield part;
      }
      await reader.lineEnd();
    }
    if (payload.signing !== undefined && hash !== undefined) {
      previous = checkChunk(payload.signing, previous, hash, extensions);
    }
    if (sizeBytes === 0) break;
  }
  await readTrailers(reader, payload, previous);
  if (received !== payload.decodedLength) throw incomplete();
  await reader.end();
}

function checkChunk(signing: SigningContext, previous: string, hash: Hash, extensions: readonly string[]): string {
  const given = extensions.find((extension) => extension.startsWith('chunk-signature='))?.slice('chunk-signature='.length) ?? '';
  const stringToSign = [
    'AWS4-HMAC-SHA256-PAYLOAD',
    signing.timestamp,
    signing.scope,
    previous,
    emptyHash,
    hash.digest('hex'),
  ].join('\n');
  return checkSignature(signing, stringToSign, given);
}

function checkSignature(signing: SigningContext, stringToSign: string, given: string): string {
  const expected = hmac(signing.key, stringToSign).toString('hex');
  if (isSameSecret(expected, given)) return expected;
  throw new ServiceError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { StringToSign: stringToSign, SignatureProvided: given },
  );
}

async function readTrailers(reader: ChunkReader, payload: ChunkedPayload, previous: string): Promise<void> {
  let signed = '';
  let signature: string | undefined;
  for (let count = 0; ; count += 1) {
    // Some clients leave out the empty line that ends the trailers.
    const line = await reader.line({ isEndAllowed: true });
    if (line === '') break;
    if (count >= maxTrailers) throw malformedTrailer();
    const colon = line.indexOf(':');
    if (colon <= 0) throw malformedTrailer();
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') signature = value;
    else if (!payload.trailerNames.includes(name) || Object.hasOwn(payload.trailers, name)) throw malformedTrailer();
    else {
      payload.trailers[name] = value;
      signed += `${name}:${value}\n`;
    }
  }
  if (payload.trailerNames.some((name) => !Object.hasOwn(payload.trailers, name))) throw malformedTrailer();
  if (payload.signing !== undefined && payload.trailerNames.length > 0) {
    const { timestamp, scope } = payload.signing;
    const stringToSign = ['AWS4-HMAC-SHA256-TRAILER', timestamp, scope, previous, sha256Hex(signed)].join('\n');
    checkSignature(payload.signing, stringToSign, signature ?? '');
  }
}

/** Lines and byte runs of a stream of buffers, without copying more than a line. */
class ChunkReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. At the end of the stream: an empty line when that is allowed, else an error. */
  async line(options: { isEndAllowed?: boolean } = {}): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#buffer.length > maxLineBytes) throw malformed('a line is too long');
      if (!(await this.#more())) {
        if (options.isEndAllowed === true && this.#buffer.length === 0) return '';
        throw incomplete();
      }
    }
  }

  async *bytes(sizeBytes: number): AsyncGenerator<Buffer> {
    let left = sizeBytes;
    while (left > 0) {
      if (this.#buffer.length === 0 && !(await this.#more())) throw incomplete();
      const part = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(part.length);
      left -= part.length;
      if (part.length > 0) yield part;
    }
  }

  async lineEnd(): Promise<void> {
    while (this.#buffer.length < 2) if (!(await this.#more())) throw incomplete();
    if (this.#buffer[0] !== 0x0d || this.#buffer[1] !== 0x0a) throw malformed('a chunk does not end where its size says');
    this.#buffer = this.#buffer.subarray(2);
  }

  async end(): Promise<void> {
    if (this.#buffer.length > 0 || (await this.#more())) throw malformed('there is data after the last chunk');
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
    return true;
  }
}

function malformed(what: string): ServiceError {
  return new ServiceError(400, 'InvalidRequest', `The aws-chunked payload is malformed: ${what}.`);
}

function malformedTrailer(): ServiceError {
  return new ServiceError(
    400,
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );
}

/** S3's answer to fewer or more bytes than were announced. */
export function incomplete(): ServiceError {
  return new ServiceError(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}
