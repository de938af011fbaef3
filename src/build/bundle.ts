import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build, context } from 'esbuild';
import { assembly } from './assemblyPlugin.js';
import { writeJobFileSchema } from './jobFileSchema.js';

/**
 * The files of `dist/` that something starts or requires by name. Whatever else lands there is a chunk: a module that one of these
 * loads with `import('./x.js')` becomes `dist/chunks/<path below src, joined with dashes>.js` and is read when it is first asked for.
 *
 * Chunks are CommonJS and do not share modules with the file that loads them: a module that both import is in both, so the state of
 * a module lives once per file. Hand objects to a chunk as arguments instead of keeping them in module variables.
 */
export const entries: Readonly<Record<string, string>> = {
  extension: 'src/extension.ts',
  cli: 'src/cli.ts',
  engine: 'src/engine/main.ts',
  runHost: 'src/engine/run/runHost.ts',
  lambdaHost: 'src/engine/lambda/lambdaHost.ts',
  debugHost: 'src/engine/debug/debugHost.ts',
  lintWorker: 'src/files/lintWorker.ts',
  reportWorker: 'src/files/reportWorker.ts',
  lintThread: 'src/files/lintThread.ts',
  makingWorker: 'src/files/makingWorker.ts',
  handlerSdk: 'src/aws/handlerSdk.ts',
};

const webviewEntry = 'src/webview/main.ts';

/** One written file: where it is, and the bytes that each source gave to it. Paths are relative to the root, with forward slashes. */
export interface Bundle {
  readonly file: string;
  readonly entry: string;
  readonly sizeBytes: number;
  readonly inputs: Readonly<Record<string, number>>;
  /** Chunks that it loads lazily, as files. */
  readonly loads: readonly string[];
}

/** Files that are imported as the text they hold. */
export const textLoaders = { '.py': 'text', '.html': 'text', '.css': 'text', '.txt': 'text' } as const;

const shared: BuildOptions = {
  bundle: true,
  target: 'node20',
  // Without this the SDK's CommonJS build is taken, which can't be tree-shaken: half as big again and twice as slow to load.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  loader: textLoaders,
  // Bundles are CommonJS, where it has no meaning; code that also runs unbundled asks whether it is undefined.
  define: { 'import.meta.url': 'undefined' },
  metafile: true,
  logLevel: 'warning',
};

/** Builds `dist/` from nothing and resolves with what was written. Rejects when a file does not compile. */
export async function bundleAll(root: string): Promise<Bundle[]> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const bundles: Bundle[] = [];
  const seen = new Set<string>();
  let pending = presentEntries(root);
  while (pending.length > 0) {
    const found = await Promise.all(pending.map((item) => bundleOne(root, item)));
    bundles.push(...found.map(({ bundle }) => bundle));
    const next = found.flatMap(({ chunks }) => chunks).filter((chunk) => !seen.has(chunk));
    for (const chunk of next) seen.add(chunk);
    pending = [...new Set(next)].map((source) => ({ source, file: chunkFile(source) }));
  }
  await writeBundleList(root, bundles);
  await writeJobFileSchema(root);
  return bundles;
}

/** Rebuilds whatever changed until the process ends. A chunk that appears while watching is picked up as well. */
export async function watchBundles(root: string): Promise<never> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const seen = new Set<string>();
  const watch = async ({ source, file }: Item): Promise<void> => {
    const watched = await context({
      ...optionsOf(root, source, file),
      plugins: [
        assembly(root),
        plainVscode,
        lazyChunks(root, file, (chunk) => {
          if (seen.has(chunk)) return;
          seen.add(chunk);
          watch({ source: chunk, file: chunkFile(chunk) }).catch(fail);
        }),
        reportBuilds(file),
      ],
      logLevel: 'silent',
    });
    await watched.watch();
  };
  const fail = (error: unknown): void => {
    console.error(error);
    process.exitCode = 1;
  };
  await Promise.all(presentEntries(root).map(watch));
  await writeJobFileSchema(root);
  return new Promise<never>(() => undefined);
}

interface Item {
  /** Relative to the root, forward slashes. */
  readonly source: string;
  readonly file: string;
}

function presentEntries(root: string): Item[] {
  const all = [
    ...Object.entries(entries).map(([name, source]) => ({ source, file: `dist/${name}.js` })),
    { source: webviewEntry, file: 'dist/webview.js' },
  ];
  return all.filter(({ source }) => existsSync(join(root, source)));
}

function chunkFile(source: string): string {
  return `dist/chunks/${source
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-')}.js`;
}

function optionsOf(root: string, source: string, file: string): BuildOptions {
  const place: BuildOptions =
    source === webviewEntry
      ? { platform: 'browser', format: 'iife', target: 'chrome130' }
      : { platform: 'node', format: 'cjs', external: ['vscode'], define: { 'import.meta.url': 'undefined' } };
  return { ...shared, ...place, absWorkingDir: root, entryPoints: [source], outfile: file };
}

async function bundleOne(root: string, { source, file }: Item): Promise<{ bundle: Bundle; chunks: string[] }> {
  const chunks = new Set<string>();
  const result = await build({
    ...optionsOf(root, source, file),
    metafile: true,
    plugins: [assembly(root), plainVscode, lazyChunks(root, file, (chunk) => chunks.add(chunk))],
  });
  return { bundle: describe(result.metafile, source, file, [...chunks]), chunks: [...chunks] };
}

function describe(metafile: Metafile, entry: string, file: string, chunks: readonly string[]): Bundle {
  const output = metafile.outputs[file];
  if (output === undefined) throw new Error(`esbuild did not write ${file}`);
  return {
    file,
    entry,
    sizeBytes: output.bytes,
    inputs: Object.fromEntries(
      Object.entries(output.inputs)
        .filter(([path]) => !path.startsWith(`${chunkNamespace}:`))
        .map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
    ),
    loads: chunks.map(chunkFile),
  };
}

const chunkNamespace = 'lazy-chunk';

/**
 * Turns `import('./x.js')` of one of our modules into a `require` of its chunk, made when the import is reached. `require`, not
 * `import()`: VS Code hands out the `vscode` module through `require`, and it is quicker. An `import(variable)` stays what it is.
 */
function lazyChunks(root: string, file: string, onChunk: (source: string) => void): Plugin {
  const namespace = chunkNamespace;
  return {
    name: namespace,
    setup(setup) {
      setup.onResolve({ filter: /^\./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === namespace) return undefined;
        const resolved = await setup.resolve(path, { kind, importer, resolveDir, pluginData: namespace });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        if (/[\\/]node_modules[\\/]/.test(resolved.path)) return undefined;
        const source = relative(root, resolved.path).split(sep).join('/');
        onChunk(source);
        return { path: chunkFile(source), namespace };
      });
      setup.onLoad({ filter: /.*/, namespace }, ({ path }) => {
        const from = relative(dirname(file), path).split(sep).join('/');
        const request = from.startsWith('.') ? from : `./${from}`;
        return { contents: `module.exports = require(${JSON.stringify(request)});`, loader: 'js', resolveDir: root };
      });
      setup.onResolve({ filter: /.*/, namespace }, ({ path }) => ({ path, external: true }));
    },
  };
}

/**
 * Takes `vscode` as it is. For `import * as vscode` esbuild copies every member of the module, in every file that says so: several
 * hundred members in some twenty files are most of what loading the extension would cost.
 */
const plainVscode: Plugin = {
  name: 'plain-vscode',
  setup(setup) {
    setup.onLoad({ filter: /[\\/]src[\\/](ui[\\/].*|extension)\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return {
        contents: source.replace(/^import \* as vscode from 'vscode';/m, "import vscode = require('vscode');"),
        loader: 'ts',
      };
    });
  },
};

/** The lines that the problem matcher of `.vscode/tasks.json` waits for. */
function reportBuilds(file: string): Plugin {
  return {
    name: 'report-builds',
    setup(setup) {
      setup.onStart(() => console.log(`[watch] build started ${file}`));
      setup.onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          const place = location === null ? file : `${location.file}:${location.line}:${location.column}`;
          console.error(`${place}: error: ${text}`);
        }
        console.log(`[watch] build finished ${file}`);
      });
    },
  };
}

/** What the checks and the benchmark read. */
async function writeBundleList(root: string, bundles: readonly Bundle[]): Promise<void> {
  await mkdir(join(root, 'out'), { recursive: true });
  await writeFile(join(root, 'out', 'bundles.json'), JSON.stringify(bundles, null, 1));
}
