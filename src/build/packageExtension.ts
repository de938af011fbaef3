import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runPackageBin } from './command.js';

/** Budget 10 of the design. */
export const vsixBudgetBytes = 1.5 * 1024 * 1024;

/** Builds and packages the extension to out/s3-batch-operations.vsix; resolves with its path. Rejects when it is over its budget. */
export async function packageExtension(root: string): Promise<string> {
  const vsix = join(root, 'out', 's3-batch-operations.vsix');
  await mkdir(join(root, 'out'), { recursive: true });
  const code = await runPackageBin(root, '@vscode/vsce/vsce', [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ]);
  if (code !== 0) throw new Error('vsce could not package the extension; it says why above.');
  const { size } = await stat(vsix);
  if (size > vsixBudgetBytes) throw new Error(`The VSIX has ${size} bytes and is over its budget of ${vsixBudgetBytes}.`);
  return vsix;
}
