import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type LintResult, ManifestByteLinter } from '../core/manifest/lintManifest.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';

/** Files below this are done so soon that a first look at them would come too late. */
const minBytes = 8 * 1024 * 1024;
const headBytes = 2 * 1024 * 1024;

/**
 * What the first rows of a large file say, for those who wait for the rest: the rows that are whole within its first 2 MB. Undefined for
 * small files, and for those that can't be read, about which the lint of the whole file has the say.
 */
export async function lintHead(path: string, lint: LintOptions): Promise<LintResult | undefined> {
  try {
    if ((await stat(path)).size < minBytes) return undefined;
    const bytes = await readHead(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end === 0) return undefined;
    const linter = new ManifestByteLinter(lint);
    linter.push(bytes.subarray(0, end));
    return linter.end();
  } catch {
    return undefined;
  }
}

async function readHead(path: string): Promise<Buffer> {
  const isPacked = /\.gz$/i.test(path);
  const file = createReadStream(path, isPacked ? {} : { end: headBytes - 1 });
  const source = isPacked ? file.pipe(createGunzip()) : file;
  // Errors do not travel along a pipe.
  file.on('error', (error) => source.destroy(error));
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= headBytes) break;
    }
  } finally {
    source.destroy();
    file.destroy();
  }
  return Buffer.concat(chunks);
}
