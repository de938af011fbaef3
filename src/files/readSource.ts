import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { describeReadError } from './fileErrors.js';
import { readAnyStream, readFileBytes } from './readFileBytes.js';

/** Where paths begin, and what `-` is. */
export interface SourceIo {
  /** Absolute. */
  readonly cwd: string;
  readonly stdin: Readable;
}

/**
 * Reads a file, or stdin for `-`, chunk by chunk; `.gz` files, and stdin when it is gzip, are unpacked. A chunk may be overwritten once the next one is asked for.
 * Throws what readFileBytes throws. `onPacked` sees the chunks of a `.gz` file as they lie on disk.
 */
export function readSource(
  path: string,
  io: SourceIo,
  onPacked?: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  return path === '-' ? readStdin(io) : readFileBytes(resolve(io.cwd, path), { name: path, onPacked });
}

/** The whole of a file or of stdin. */
export async function readAll(path: string, io: SourceIo): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // Copied, because a chunk may be overwritten by the next one (and Buffer's slice would not copy).
  for await (const chunk of readSource(path, io)) chunks.push(new Uint8Array(chunk));
  return Buffer.concat(chunks);
}

/** The name that problems are reported under. */
export function sourceName(path: string): string {
  return path === '-' ? '<stdin>' : path;
}

async function* readStdin(io: SourceIo): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* readAnyStream(io.stdin);
  } catch (error) {
    throw describeReadError(sourceName('-'), error);
  }
}
