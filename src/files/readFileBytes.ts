import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BatchError, errorCode } from '../base/errors.js';

/** Small chunks stay in the processor's cache while they are scanned; larger ones are slower. */
const chunkBytes = 256 * 1024;

export interface ReadFileOptions {
  /** What messages call the file; its path unless said. */
  readonly name?: string;
  /** Sees the chunks of a `.gz` file as they lie on disk. */
  readonly onPacked?: ((chunk: Uint8Array) => void) | undefined;
}

/**
 * Reads a file chunk by chunk; `.gz` files are unpacked. A chunk may be overwritten once the next one is asked for. Throws `CanNotRead`
 * with a sentence fit to show.
 */
export async function* readFileBytes(path: string, options: ReadFileOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (/\.gz$/i.test(path)) yield* readGzip(path, options.onPacked);
    else yield* readPlain(path);
  } catch (error) {
    throw describeReadError(options.name ?? path, error);
  }
}

/** The chunks of a stream, text as UTF-8. */
export async function* readStream(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream as AsyncIterable<unknown>) {
    if (typeof chunk === 'string') yield Buffer.from(chunk, 'utf8');
    else if (chunk instanceof Uint8Array) yield chunk;
    else throw new TypeError('A stream of bytes is needed.');
  }
}

async function* readPlain(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* readGzip(path: string, onPacked?: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(path);
  if (onPacked !== undefined) file.on('data', (chunk) => onPacked(chunk as Buffer));
  const unpacked = createGunzip({ chunkSize: chunkBytes });
  file.on('error', (error) => unpacked.destroy(error));
  try {
    yield* readStream(file.pipe(unpacked));
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
  Z_DATA_ERROR: 'it is not a valid gzip file',
  Z_BUF_ERROR: 'the gzip file is not complete',
};

/** The error in words, when it is one that people meet on reading a file. */
export function describeReadError(name: string, error: unknown): unknown {
  const reason = reasons[errorCode(error) ?? ''];
  return reason === undefined ? error : new BatchError('CanNotRead', `Can't read ${name}: ${reason}.`, { cause: error });
}
