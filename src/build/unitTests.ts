import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runCommand } from './command.js';
import { listFiles } from './files.js';

/**
 * Transpiles src and test to out/ts one file to one file (Node 20 runs no TypeScript) and runs the named test folders with node:test.
 * Extra arguments are file-name parts: only test files that contain one of them run.
 */
export async function runUnitTests(root: string, folders: readonly string[], only: readonly string[]): Promise<number> {
  const out = await transpile(root);
  const files: string[] = [];
  for (const folder of folders) {
    for (const file of await listFiles(join(out, 'test', folder))) {
      if (file.endsWith('.test.js') && (only.length === 0 || only.some((part) => file.includes(part)))) files.push(file);
    }
  }
  if (files.length === 0) {
    console.error(`No test file in ${folders.join(', ')} ${only.join(' ')}`.trim());
    return 1;
  }
  return runCommand(process.execPath, ['--enable-source-maps', '--test', ...files], { cwd: root });
}

export async function transpile(root: string): Promise<string> {
  const out = join(root, 'out', 'ts');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const entryPoints = [...(await listFiles(join(root, 'src'))), ...(await listFiles(join(root, 'test')))].filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts'),
  );
  await build({
    entryPoints,
    outbase: root,
    outdir: out,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  await writeFile(join(out, 'package.json'), '{ "type": "module" }\n');
  return out;
}
