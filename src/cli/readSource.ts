import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BatchError, errorCode } from '../base/errors.js';
import type { CliIo } from './cliIo.js';

/** Small chunks stay in the processor's cache while they are scanned; larger ones are slower. */
const chunkBytes = 256 * 1024;

/**
 * Reads a file, or stdin for `-`, chunk by chunk; `.gz` files are unpacked. A chunk may be overwritten once the next one is asked for.
 * Throws `CanNotRead` with a sentence fit to show. `onPacked` sees the chunks of a `.gz` file as they lie on disk.
 */
export async function* readSource(
  path: string,
  io: CliIo,
  onPacked?: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (path === '-') yield* readStream(io.stdin);
    else if (/\.gz$/i.test(path)) yield* readGzip(resolve(io.cwd, path), onPacked);
    else yield* readFile(resolve(io.cwd, path));
  } catch (error) {
    throw readError(path, error);
  }
}

/** The whole of a file or of stdin. */
export async function readAll(path: string, io: CliIo): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // Copied, because a chunk may be overwritten by the next one (and Buffer's slice would not copy).
  for await (const chunk of readSource(path, io)) chunks.push(new Uint8Array(chunk));
  return Buffer.concat(chunks);
}

/** The name that problems are reported under. */
export function sourceName(path: string): string {
  return path === '-' ? '<stdin>' : path;
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
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

async function* readStream(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream as AsyncIterable<unknown>) {
    if (typeof chunk === 'string') yield Buffer.from(chunk, 'utf8');
    else if (chunk instanceof Uint8Array) yield chunk;
    else throw new TypeError('A stream of bytes is needed.');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
  Z_DATA_ERROR: 'it is not a valid gzip file',
  Z_BUF_ERROR: 'the gzip file is not complete',
};

function readError(path: string, error: unknown): unknown {
  const reason = reasons[errorCode(error) ?? ''];
  return reason === undefined
    ? error
    : new BatchError('CanNotRead', `Can't read ${sourceName(path)}: ${reason}.`, { cause: error });
}
