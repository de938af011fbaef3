import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build, context } from 'esbuild';
import { assembly } from './assemblyPlugin.js';
import {
  type Bundle,
  type BundleItem,
  bundleOptions,
  chunkFile,
  lazyNamespace,
  nodeOptions,
  requestOf,
  requireLazily,
  rootPath,
} from './bundleFiles.js';
import { writeJobFileSchema } from './jobFileSchema.js';
import { bundleShared } from './sharedBundles.js';

/**
 * The files of `dist/` that something starts or requires by name. Whatever else lands there is a chunk: a module that one of these
 * loads with `import('./x.js')` becomes `dist/chunks/<path below src, joined with dashes>.js` and is read when it is first asked for.
 *
 * They are built in two ways:
 * - Alone: the programs whose start somebody waits for, or whose inner loops the budgets are about. Each is one file that holds
 *   all it needs: to read one file is quicker than to read twenty, and calls within a file are quicker than calls between files.
 * - Shared: everything else, which is most of the code and of the package's weight (`sharedBundles.ts`). What several of these
 *   need is written once, to `dist/chunks/chunk-<hash>.js`. While watching, these are built alone as well, so that a change
 *   rebuilds just the files that hold it.
 *
 * So the state of a module lives once for each file that is built alone, and once for all that are shared. Don't count on either:
 * hand objects to a chunk as arguments instead of keeping them in module variables.
 */
const alone: Readonly<Record<string, string>> = {
  extension: 'src/extension.ts',
  cli: 'src/cli.ts',
  runHost: 'src/engine/run/runHost.ts',
  lambdaHost: 'src/engine/lambda/lambdaHost.ts',
  lintWorker: 'src/files/lintWorker.ts',
  reportWorker: 'src/files/reportWorker.ts',
  lintThread: 'src/files/lintThread.ts',
  makingWorker: 'src/files/makingWorker.ts',
  // What a commit hook starts.
  'chunks/cli-lint': 'src/cli/lint.ts',
  webview: 'src/webview/main.ts',
};

const shared: Readonly<Record<string, string>> = {
  engine: 'src/engine/main.ts',
  debugHost: 'src/engine/debug/debugHost.ts',
  handlerSdk: 'src/aws/handlerSdk.ts',
};

/** Sources that a person sees while debugging, and that are therefore files in `dist/` as they are. */
const shown = ['src/engine/debug/s3batch_row.py'];

/** Builds `dist/` from nothing and resolves with what was written. Rejects when a file does not compile. */
export async function bundleAll(root: string): Promise<Bundle[]> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const built = await Promise.all(present(root, alone).map((item) => bundleOne(root, item)));
  const lazy = new Set(built.flatMap(({ chunks }) => chunks));
  for (const source of Object.values(alone)) lazy.delete(source);
  const chunks = [...lazy].map((source) => ({ source, file: chunkFile(source) }));
  const bundles = [...built.map(({ bundle }) => bundle), ...(await bundleShared(root, [...present(root, shared), ...chunks]))];
  await writeBundleList(root, bundles);
  await writeJobFileSchema(root);
  await copyShown(root);
  return bundles;
}

/** Rebuilds whatever changed until the process ends. A chunk that appears while watching is picked up as well. */
export async function watchBundles(root: string): Promise<never> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const seen = new Set(Object.values(alone));
  const watch = async ({ source, file }: BundleItem): Promise<void> => {
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
  await Promise.all([...present(root, alone), ...present(root, shared)].map(watch));
  await writeJobFileSchema(root);
  await copyShown(root);
  return new Promise<never>(() => undefined);
}

async function copyShown(root: string): Promise<void> {
  for (const source of shown.filter((file) => existsSync(join(root, file)))) {
    await copyFile(join(root, source), join(root, 'dist', basename(source)));
  }
}

function present(root: string, entries: Readonly<Record<string, string>>): BundleItem[] {
  const items = Object.entries(entries).map(([name, source]) => ({ source, file: `dist/${name}.js` }));
  return items.filter(({ source }) => existsSync(join(root, source)));
}

function optionsOf(root: string, source: string, file: string) {
  const options = source.startsWith('src/webview/')
    ? ({ ...bundleOptions, platform: 'browser', format: 'iife', target: 'chrome130' } as const)
    : nodeOptions;
  return { ...options, absWorkingDir: root, entryPoints: [source], outfile: file } satisfies BuildOptions;
}

async function bundleOne(root: string, { source, file }: BundleItem): Promise<{ bundle: Bundle; chunks: string[] }> {
  const chunks = new Set<string>();
  const result = await build({
    ...optionsOf(root, source, file),
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
        .filter(([path]) => !path.startsWith(`${lazyNamespace}:`))
        .map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
    ),
    loads: chunks.map(chunkFile),
  };
}

/** Makes a chunk of each of our modules that is imported with `import('./x.js')`. An `import(variable)` stays what it is. */
function lazyChunks(root: string, file: string, onChunk: (source: string) => void): Plugin {
  return {
    name: lazyNamespace,
    setup(setup) {
      requireLazily(setup, root);
      setup.onResolve({ filter: /^\./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === lazyNamespace) return undefined;
        const resolved = await setup.resolve(path, { kind, importer, resolveDir, pluginData: lazyNamespace });
        if (resolved.errors.length > 0) return { errors: resolved.errors };
        if (/[\\/]node_modules[\\/]/.test(resolved.path)) return undefined;
        const source = rootPath(root, resolved.path);
        onChunk(source);
        return { path: requestOf(file, chunkFile(source)), namespace: lazyNamespace };
      });
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
