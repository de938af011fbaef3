import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies the workspace of samples to where it may be changed; resolves with the copy's path. */
export async function copySamples(root: string, home: string): Promise<string> {
  const copy = join(home, 'samples');
  await cp(join(root, 'samples'), copy, {
    recursive: true,
    // What someone who tried the sample in place left there.
    filter: (source) => !/[\\/](node_modules|\.s3batch)$/.test(source),
  });
  return copy;
}
