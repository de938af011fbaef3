import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { type Plugin, build } from 'esbuild';
import { assembly } from './assemblyPlugin.js';
import { bundleAll } from './bundle.js';
import { textLoaders } from './bundleFiles.js';
import { runPackageBin } from './command.js';
import { addCounts, type Counts, failedToRun, noCounts, printCounts } from './counts.js';
import { listFiles } from './files.js';
import { runTestFile, type TestLimits } from './testFile.js';

/** A folder of test/ that runs with node:test. */
export type NodeTestFolder = 'unit' | 'engine' | 'e2e';

/**
 * Runs one folder of tests with node:test. Extra arguments are parts of file names: only test files with one of them in their path run;
 * `--coverage` measures what the tests reach (summary here, pages in coverage/); another argument that begins with a dash goes to node:test.
 */
export async function runNodeTests(root: string, folder: NodeTestFolder, args: readonly string[]): Promise<number> {
  // Unit tests run from the sources alone; the others also start what is in dist/.
  if (folder !== 'unit') await bundleAll(root);
  await transpile(root);
  const counts = await countNodeTests(root, folder, args);
  printCounts(counts);
  return counts.failed === 0 ? 0 : 1;
}

/** As `runNodeTests`, of what has been built and transpiled already. */
export async function countNodeTests(
  root: string,
  folder: NodeTestFolder,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Counts> {
  const isCovered = args.includes(coverageFlag);
  const only = args.filter((arg) => !arg.startsWith('-'));
  const out = transpiledFolder(root);
  const files = (await listFiles(join(out, 'test', folder))).filter((file) => {
    const path = relative(join(out, 'test'), file);
    return file.endsWith('.test.js') && (only.length === 0 || only.some((part) => path.includes(part)));
  });
  if (files.length === 0) {
    console.error(`No test file in ${[folder, ...only].join(' ')}`);
    return failedToRun;
  }
  const coverageFolder = isCovered ? join(root, 'out', `coverage-${folder}`) : undefined;
  if (coverageFolder !== undefined) await rm(coverageFolder, { recursive: true, force: true });
  const concurrency = folder === 'e2e' ? 1 : Math.max(1, availableParallelism() - 1);
  const counts = await runTestFiles(files, Math.min(concurrency, files.length), {
    root,
    limits: testLimits(folder),
    nodeArgs: args.filter((arg) => arg.startsWith('-') && arg !== coverageFlag),
    env: { ...env, ...(coverageFolder === undefined ? {} : { NODE_V8_COVERAGE: coverageFolder }) },
  });
  if (coverageFolder !== undefined) await reportCoverage(root, folder, coverageFolder);
  return counts;
}

/** In minutes, and generous: the slowest files take one or two on a quiet machine; a test of e2e waits 400 s at most. */
const limitsOf: Readonly<Record<NodeTestFolder, { readonly file: number; readonly silence: number }>> = {
  unit: { file: 5, silence: 3 },
  engine: { file: 10, silence: 5 },
  e2e: { file: 20, silence: 8 },
};
/** The full proofs take their time. */
const fullProofFactor = 12;

function testLimits(folder: NodeTestFolder): TestLimits {
  const unitMs = 60_000 * (process.env['S3BATCH_PROOF'] === 'full' ? fullProofFactor : 1);
  return { fileMs: limitsOf[folder].file * unitMs, silenceMs: limitsOf[folder].silence * unitMs, patienceMs: 10_000 };
}

interface FilesRun {
  readonly root: string;
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limits: TestLimits;
}

/** Runs files, so many at a time, and prints what each says when it is through; at once when there is no other. */
async function runTestFiles(files: readonly string[], concurrency: number, run: FilesRun): Promise<Counts> {
  const out = transpiledFolder(run.root);
  let counts = noCounts;
  const problems: string[] = [];
  const slowest: { name: string; durationMs: number }[] = [];
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const name = relative(out, file).split(sep).join('/').replace(/\.js$/, '.ts');
      const result = await runTestFile({ ...run, file, onLine: concurrency === 1 ? print : undefined });
      if (concurrency > 1) for (const line of result.lines) print(line);
      counts = addCounts(counts, result.counts);
      slowest.push({ name, durationMs: result.durationMs });
      if (result.problem !== undefined) console.error(`✖ ${name}: ${result.problem}`);
      if (result.counts.failed > 0) problems.push(`${name}${result.problem === undefined ? '' : `: ${result.problem}`}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (files.length > slowestShown) {
    console.log('\nSlowest files:');
    for (const { name, durationMs } of slowest.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, slowestShown)) {
      console.log(`${(durationMs / 1000).toFixed(1).padStart(7)} s  ${name}`);
    }
  }
  if (problems.length > 0) console.error(`\nFiles that failed:\n${problems.map((text) => `✖ ${text}`).join('\n')}`);
  return counts;
}

const slowestShown = 10;

/** Each file ends with its own totals; those of the layer are what counts. */
function print(line: string): void {
  if (!/^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(line)) console.log(line);
}

function transpiledFolder(root: string): string {
  return join(root, 'out', 'ts');
}

const coverageFlag = '--coverage';

async function reportCoverage(root: string, folder: NodeTestFolder, measured: string): Promise<void> {
  const code = await runPackageBin(root, 'c8/bin/c8.js', [
    'report',
    `--temp-directory=${measured}`,
    '--reporter=text-summary',
    '--reporter=html',
    `--report-dir=${join(root, 'coverage', folder)}`,
    '--include=src/**',
    '--exclude-after-remap',
  ]);
  if (code !== 0) throw new Error('The coverage could not be reported.');
}

/**
 * One JavaScript file for each TypeScript file, in out/ts, so that a test sees the same modules and paths as the source. Imports stay
 * imports; only files that are imported as text (and JSON) are put in place.
 */
export async function transpile(root: string): Promise<string> {
  const out = transpiledFolder(root);
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
