import { readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { concatBytes } from '../base/bytes.js';
import { BatchError } from '../base/errors.js';
import { describeReadError } from './fileErrors.js';

/** Small chunks stay in the processor's cache while they are scanned; larger ones are slower. */
const chunkBytes = 256 * 1024;
const packedChunkBytes = 64 * 1024;

export interface ReadFileOptions {
  /** What messages call the file; its path unless said. */
  readonly name?: string;
  /** Sees the chunks of a `.gz` file as they lie on disk. */
  readonly onPacked?: ((chunk: Uint8Array) => void) | undefined;
  /** For a thread with nothing else to do: blocks it, because handing each read of a plain file to another thread costs more than the read. */
  readonly isBlocking?: boolean;
}

/**
 * Reads a file chunk by chunk; `.gz` files are unpacked. A chunk may be overwritten once the next one is asked for. Throws `CanNotRead`
 * with a sentence fit to show, and `FileChanged` when somebody wrote to the file meanwhile.
 */
export async function* readFileBytes(path: string, options: ReadFileOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (/\.gz$/i.test(path)) yield* readGzip(path, options.name ?? path, options.onPacked);
    else yield* readPlain(path, options.name ?? path, options.isBlocking ?? false);
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

/** As `readStream`; a stream that begins as gzip does, which no text in UTF-8 can, is unpacked. */
export async function* readAnyStream(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = readStream(stream);
  let beginning: Uint8Array = new Uint8Array(0);
  while (beginning.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    beginning = concatBytes([beginning, next.value]);
  }
  const all = withBeginning(beginning, chunks);
  yield* beginning[0] === 0x1f && beginning[1] === 0x8b ? unpack(all) : all;
}

async function* withBeginning(
  beginning: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (beginning.length > 0) yield beginning;
  yield* rest;
}

/** What is packed in the chunks, each of which must have memory of its own: several are on their way at a time. */
async function* unpack(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = Readable.from(chunks, { objectMode: false });
  const unpacked = createGunzip({ chunkSize: chunkBytes });
  packed.on('error', (error) => unpacked.destroy(error));
  try {
    yield* readStream(packed.pipe(unpacked));
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

async function* readPlain(path: string, name: string, isBlocking: boolean): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, 'r');
  try {
    const before = await file.stat();
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const bytesRead = isBlocking
        ? readSync(file.fd, buffer, 0, chunkBytes, null)
        : (await file.read(buffer, 0, chunkBytes, null)).bytesRead;
      if (bytesRead === 0) break;
      yield buffer.subarray(0, bytesRead);
    }
    if (before.isFile() && !isUnchanged(before, await file.stat())) throw fileChanged(name);
  } finally {
    await file.close();
  }
}

async function* readGzip(
  path: string,
  name: string,
  onPacked: ((chunk: Uint8Array) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(path, 'r');
  try {
    const before = await handle.stat();
    yield* unpack(packedChunks(handle, onPacked));
    if (before.isFile() && !isUnchanged(before, await handle.stat())) throw fileChanged(name);
  } finally {
    await handle.close();
  }
}

async function* packedChunks(
  file: FileHandle,
  onPacked: ((chunk: Uint8Array) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const { buffer, bytesRead } = await file.read(new Uint8Array(packedChunkBytes), 0, packedChunkBytes, null);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    onPacked?.(chunk);
    yield chunk;
  }
}

/** True when nobody wrote to the file between the two looks at it. */
export function isUnchanged(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs && before.ino === after.ino;
}

/** What was read is neither the old content nor the new. `name` is what the error calls the file. */
export function fileChanged(name: string): BatchError {
  return new BatchError('FileChanged', `${name} was changed while it was read.`, {
    hint: 'Try again when nothing writes to it.',
  });
}
