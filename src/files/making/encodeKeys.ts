import { throwIfAborted } from '../../base/async.js';
import { KeyListEncoder, type KeyListOptions, type KeyListResult } from '../../core/manifest/making/keyListEncoder.js';
import { asUtf8 } from '../asUtf8.js';
import { readSource, sourceName } from '../readSource.js';
import type { Write } from '../replaceFile.js';
import type { MakingContext } from './makingContext.js';
import { plainSize, shareOf } from './readManifest.js';

/** Writes a list of keys as a manifest. Undefined when nobody reads what is written any more. Throws what KeyListEncoder throws. */
export async function writeEncoded(
  path: string,
  options: Omit<KeyListOptions, 'name'>,
  write: Write,
  context: MakingContext,
): Promise<KeyListResult | undefined> {
  let rows: string[] = [];
  let count = 0;
  const name = sourceName(path);
  const encoder = new KeyListEncoder((row) => rows.push(row), { ...options, name });
  const flush = async (): Promise<boolean> => {
    const pieces = rows;
    rows = [];
    count += pieces.length;
    for (let from = 0; from < pieces.length; from += 4096) {
      throwIfAborted(context.signal);
      if (!(await write(pieces.slice(from, from + 4096).join('')))) return false;
    }
    return true;
  };
  const totalBytes = await plainSize(path, context);
  let bytes = 0;
  for await (const chunk of asUtf8(readSource(path, context))) {
    throwIfAborted(context.signal);
    encoder.push(chunk);
    bytes += chunk.length;
    context.onProgress?.({ name, rows: count, share: shareOf(bytes, totalBytes) });
    if (!(await flush())) return undefined;
  }
  const result = encoder.end();
  return (await flush()) ? result : undefined;
}
