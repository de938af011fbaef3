import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Plugin, build } from 'esbuild';
import { textLoaders } from './bundle.js';
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
      if (
        file.endsWith('.test.js') &&
        (only.length === 0 || only.some((part) => relative(join(out, 'test'), file).includes(part)))
      )
        files.push(file);
    }
  }
  if (files.length === 0) {
    console.error(`No test file in ${folders.join(', ')} ${only.join(' ')}`.trim());
    return 1;
  }
  return runCommand(process.execPath, ['--enable-source-maps', '--test', ...files], { cwd: root });
}

/**
 * One JavaScript file for each TypeScript file, in out/ts, so that a test sees the same modules and paths as the source. Imports stay
 * imports; only files that are imported as text (and JSON) are put in place.
 */
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
    bundle: true,
    packages: 'external',
    plugins: [keepImports],
    loader: textLoaders,
    treeShaking: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  await writeFile(join(out, 'package.json'), '{ "type": "module" }\n');
  return out;
}

const keepImports: Plugin = {
  name: 'keep-imports',
  setup(setup) {
    setup.onResolve({ filter: /^\..*\.m?js$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path, external: true },
    );
  },
};
