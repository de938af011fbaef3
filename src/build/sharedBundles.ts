import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type Metafile, type Plugin, build } from 'esbuild';
import { assembly } from './assemblyPlugin.js';
import {
  type Bundle,
  type BundleItem,
  chunkFile,
  lazyNamespace,
  nodeOptions,
  requestOf,
  requireLazily,
  rootPath,
} from './bundleFiles.js';

/** Where the modules of the first step lie. Below it, paths are those below `dist/`. */
const modulesFolder = 'out/modules';

/**
 * The files that collect small chunks, each with the sources that it may hold. What one collects needs only what it or one before it
 * collects: they never load each other in a circle.
 */
const collections: readonly (readonly [name: string, sources: RegExp])[] = [
  ['common', /^src\/(base|core)\//],
  ['commonFiles', /^src\/(base|core|files|assembly)\//],
  ['commonUi', /^src\/(base|core|files|assembly|ui)\//],
];

/** The module of the first step that each collection's file is made from. */
const collectionFiles = new Map(collections.map(([name]) => [`dist/chunks/${name}.js`, `${modulesFolder}/chunks/${name}.js`]));

/** Before minifying. To open and compile a file takes longer than to read over this much that isn't needed yet. */
const smallBytes = 20_000;

/**
 * Builds bundles, and whatever they load lazily, that share what they have in common: a module that several of them need goes into a
 * chunk with the modules that just the same ones need, so that nothing is written twice and nothing loaded in vain.
 *
 * esbuild splits code in this way only for ES modules, which the extension host of VS Code 1.100 can't load. So the first step writes
 * ES modules, and the second makes each of them CommonJS: a static import of another file becomes its `require`, a lazy one a
 * `require` when it is reached. The second step also joins the many small chunks: a feature reads
 * half a dozen files instead of forty.
 */
export async function bundleShared(root: string, items: readonly BundleItem[]): Promise<Bundle[]> {
  if (items.length === 0) return [];
  await rm(join(root, modulesFolder), { recursive: true, force: true });
  const { metafile: modules } = await build({
    ...nodeOptions,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(items.map(({ source, file }) => [outputName(file, 'dist'), source])),
    outdir: modulesFolder,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    splitting: true,
    // The second step does the rest; it reads better what stands on lines of its own.
    minify: false,
    minifySyntax: true,
    plugins: [assembly(root)],
  });
  const files = filesOf(modules);
  const starts = [...files].filter(([, file]) => !collectionFiles.has(file));
  for (const [file, module] of collectionFiles) {
    const parts = [...files].filter(([, other]) => other === file).map(([path]) => path);
    if (parts.length === 0) continue;
    await writeFile(join(root, module), parts.map((path) => `export * from './${posix.basename(path)}';\n`).join(''));
    starts.push([module, file]);
  }
  const { metafile: written } = await build({
    ...nodeOptions,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(starts.map(([module, file]) => [outputName(file, 'dist'), module])),
    outdir: 'dist',
    plugins: [requireOthers(root, new Map([...files, ...starts]))],
  });
  return [...files].flatMap(([path, file]) => {
    const entry = ownEntry(modules, path);
    return entry === undefined ? [] : [describe(modules, written, files, { path, file, entry })];
  });
}

/** The file below `dist/` that each module of the first step goes to. */
function filesOf(modules: Metafile): ReadonlyMap<string, string> {
  const scripts = Object.keys(modules.outputs).filter((path) => path.endsWith('.js'));
  const inputsOf = (path: string): string[] => Object.keys(modules.outputs[path]?.inputs ?? {});
  const files = new Map<string, string>();
  for (const [name, sources] of collections) {
    const candidates = scripts.filter((path) => inputsOf(path).every((input) => sources.test(input)));
    for (const path of smallShared(modules, candidates, files)) files.set(path, `dist/chunks/${name}.js`);
    // What one collection could have held, the next must not: it would be loaded where that one's other sources may not be.
    for (const path of candidates) if (!files.has(path)) files.set(path, fileOf(modules, path));
  }
  for (const path of scripts) if (!files.has(path)) files.set(path, fileOf(modules, path));
  return files;
}

/**
 * The small ones of `candidates` that need only each other and what `files` says is collected already. One with an export of a name
 * that another has is left out, as they are exported side by side.
 */
function smallShared(modules: Metafile, candidates: readonly string[], files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const taken = new Set<string>();
  const names = new Set<string>();
  const isCollected = (path: string): boolean => taken.has(path) || collectionFiles.has(files.get(path) ?? '');
  const fits = (path: string): boolean => {
    const { entryPoint, bytes = Infinity, imports = [], exports = [] } = modules.outputs[path] ?? {};
    return (
      entryPoint === undefined &&
      bytes < smallBytes &&
      !taken.has(path) &&
      !files.has(path) &&
      imports.every(({ path: other, kind, external }) => external === true || kind === 'dynamic-import' || isCollected(other)) &&
      !exports.some((name) => names.has(name))
    );
  };
  for (let next = candidates.find(fits); next !== undefined; next = candidates.find(fits)) {
    taken.add(next);
    for (const name of modules.outputs[next]?.exports ?? []) names.add(name);
  }
  return taken;
}

function outputName(file: string, folder: string): string {
  return file.slice(folder.length + 1).replace(/\.js$/, '');
}

/** The file below `dist/` that comes of a module of the first step. One that our code loads lazily is named as all such chunks are. */
function fileOf(modules: Metafile, path: string): string {
  const output = `dist/${outputName(path, modulesFolder)}.js`;
  const entry = ownEntry(modules, path);
  const isNamed = entry === undefined || !/-[A-Z0-9]{8}\.js$/.test(path);
  return isNamed ? output : chunkFile(entry);
}

/** The source of ours that a module of the first step starts with; none for shared ones and those that packages load lazily. */
function ownEntry(modules: Metafile, path: string): string | undefined {
  const entry = modules.outputs[path]?.entryPoint;
  return entry?.startsWith('src/') === true ? entry : undefined;
}

/** `files`: the file that each module of the first step goes to. Those that go to the same one are bundled as ever. */
function requireOthers(root: string, files: ReadonlyMap<string, string>): Plugin {
  const fileAt = (path: string): string => {
    const file = files.get(rootPath(root, path));
    if (file === undefined) throw new Error(`${path} is none of the modules to be made CommonJS.`);
    return file;
  };
  return {
    name: 'require-others',
    setup(setup) {
      requireLazily(setup, root);
      setup.onResolve({ filter: /^\./ }, ({ path, kind, importer, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        const from = fileAt(importer);
        const to = fileAt(join(resolveDir, path));
        if (from === to) return undefined;
        const request = requestOf(from, to);
        return kind === 'dynamic-import' ? { path: request, namespace: lazyNamespace } : { path: request, external: true };
      });
      // As `plainVscode` does it with sources.
      setup.onLoad({ filter: /[\\/]out[\\/]modules[\\/].*\.js$/ }, async ({ path }) => {
        const module = await readFile(path, 'utf8');
        return {
          contents: module.replaceAll(/^import \* as (\w+) from "vscode";$/gm, 'const $1 = require("vscode");'),
          loader: 'js',
        };
      });
    },
  };
}

interface WrittenModule {
  readonly path: string;
  readonly file: string;
  readonly entry: string;
}

function describe(
  modules: Metafile,
  written: Metafile,
  files: ReadonlyMap<string, string>,
  { path, file, entry }: WrittenModule,
): Bundle {
  const atOnce = filesLoadedWith(modules, files, path, () => false);
  // What packages load lazily is theirs to load, but ours to check: as if it were loaded at once.
  const checked = filesLoadedWith(modules, files, path, (lazy) => ownEntry(modules, lazy) === undefined);
  const inputs: Record<string, number> = {};
  const loads = new Set<string>();
  for (const [part, partFile] of files) {
    if (!checked.has(partFile)) continue;
    const { inputs: sources = {}, imports = [] } = modules.outputs[part] ?? {};
    for (const [input, { bytesInOutput }] of Object.entries(sources)) inputs[input] = bytesInOutput;
    for (const { path: lazy, kind } of imports) {
      if (kind === 'dynamic-import' && ownEntry(modules, lazy) !== undefined) loads.add(files.get(lazy) ?? lazy);
    }
  }
  const sizeBytes = [...atOnce].reduce((sum, part) => sum + (written.outputs[part]?.bytes ?? 0), 0);
  return { file, entry, sizeBytes, inputs, loads: [...loads] };
}

/** The file of a module of the first step and those that are loaded with it; lazily imported ones if `isTaken` says so. */
function filesLoadedWith(
  modules: Metafile,
  files: ReadonlyMap<string, string>,
  path: string,
  isTaken: (lazy: string) => boolean,
): ReadonlySet<string> {
  const found = new Set([files.get(path) ?? path]);
  for (const file of found) {
    for (const [part] of [...files].filter(([, other]) => other === file)) {
      for (const { path: other, kind, external } of modules.outputs[part]?.imports ?? []) {
        if (external !== true && (kind !== 'dynamic-import' || isTaken(other))) found.add(files.get(other) ?? other);
      }
    }
  }
  return found;
}
