import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, build } from 'esbuild';
import { assembly } from './assemblyPlugin.js';
import { bundleAll, textLoaders } from './bundle.js';
import { runCommand } from './command.js';
import { type Counts, failedToRun, printCounts, readCounts } from './counts.js';
import { listFiles } from './files.js';

/** A folder of test/ that runs with node:test. */
export type NodeTestFolder = 'unit' | 'engine' | 'e2e';

/**
 * Runs one folder of tests with node:test. Extra arguments are parts of file names: only test files with one of them in their path run;
 * `--coverage` measures what the tests reach (summary here, pages in coverage/); another argument that begins with a dash goes to node:test.
 */
export async function runNodeTests(root: string, folder: NodeTestFolder, args: readonly string[]): Promise<number> {
  const counts = await countNodeTests(root, folder, args);
  printCounts(counts);
  return counts.failed === 0 ? 0 : 1;
}

/** As `runNodeTests`, for the summary of `npm test`. */
export async function countNodeTests(
  root: string,
  folder: NodeTestFolder,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Counts> {
  const isCovered = args.includes(coverageFlag);
  const only = args.filter((arg) => !arg.startsWith('-'));
  // Unit tests run from the sources alone; the others also start what is in dist/.
  if (folder !== 'unit') await bundleAll(root);
  const out = await transpile(root);
  const files = (await listFiles(join(out, 'test', folder))).filter((file) => {
    const path = relative(join(out, 'test'), file);
    return file.endsWith('.test.js') && (only.length === 0 || only.some((part) => path.includes(part)));
  });
  if (files.length === 0) {
    console.error(`No test file in ${[folder, ...only].join(' ')}`);
    return failedToRun;
  }
  const countsFile = join(root, 'out', `counts-${folder}.json`);
  await rm(countsFile, { force: true });
  const code = await runCommand(
    process.execPath,
    [
      ...(isCovered ? coverage(root, folder) : []),
      '--enable-source-maps',
      '--test',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(join(root, 'src', 'build', 'countReporter.mjs')).href}`,
      `--test-reporter-destination=${countsFile}`,
      ...(folder === 'e2e' ? ['--test-concurrency=1'] : []),
      ...args.filter((arg) => arg.startsWith('-') && arg !== coverageFlag),
      ...files,
    ],
    { cwd: root, env: { ...process.env, ...env } },
  );
  const counts = await readCounts(countsFile);
  // A file that ends without running a test, or that crashes after its last one, fails node:test without failing a test.
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const coverageFlag = '--coverage';

/** c8 runs the Node that comes after these arguments. */
function coverage(root: string, folder: NodeTestFolder): string[] {
  const pages = join(root, 'coverage', folder);
  const reports = ['--reporter=text-summary', '--reporter=html', `--report-dir=${pages}`];
  return [
    join(root, 'node_modules', 'c8', 'bin', 'c8.js'),
    ...reports,
    '--include=src/**',
    '--exclude-after-remap',
    process.execPath,
  ];
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
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(join(root, 'src', 'assembly')),
  );
  await build({
    entryPoints,
    outbase: root,
    outdir: out,
    bundle: true,
    packages: 'external',
    plugins: [assembly(root), keepImports],
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
