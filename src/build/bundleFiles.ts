import { posix, relative, sep } from 'node:path';
import type { BuildOptions, PluginBuild } from 'esbuild';

/** What a bundle is made from and where it goes. Both relative to the root, with forward slashes. */
export interface BundleItem {
  readonly source: string;
  readonly file: string;
}

/** One written program or chunk. Paths are relative to the root, with forward slashes. */
export interface Bundle {
  readonly file: string;
  readonly entry: string;
  /** Of the file and of whatever it loads at once. */
  readonly sizeBytes: number;
  /** Sources of the file and of whatever it loads at once, each with the bytes that it gave (before minifying, where files are shared). */
  readonly inputs: Readonly<Record<string, number>>;
  /** Chunks that it loads lazily, as files. */
  readonly loads: readonly string[];
}

/** Files that are imported as the text they hold. */
export const textLoaders = { '.py': 'text', '.html': 'text', '.css': 'text', '.txt': 'text' } as const;

export const bundleOptions = {
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
} satisfies BuildOptions;

export const nodeOptions = { ...bundleOptions, platform: 'node', format: 'cjs', external: ['vscode'] } satisfies BuildOptions;

/** The file of a module that is loaded with `import()`. */
export function chunkFile(source: string): string {
  return `dist/chunks/${source
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-')}.js`;
}

/** A path below the root as esbuild writes them: relative, with forward slashes. */
export function rootPath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** What `from` has to say to get `to`, both files below the root. */
export function requestOf(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Namespace of a plugin's stand-ins for modules that are loaded lazily. */
export const lazyNamespace = 'lazy-chunk';

/**
 * Makes the `import()` of a path in `lazyNamespace` a `require` of it when the import is reached. `require`, not `import()`: VS Code
 * hands out the `vscode` module through `require`, and it is quicker.
 */
export function requireLazily(setup: PluginBuild, root: string): void {
  setup.onLoad({ filter: /.*/, namespace: lazyNamespace }, ({ path }) => ({
    contents: `module.exports = require(${JSON.stringify(path)});`,
    loader: 'js',
    resolveDir: root,
  }));
  setup.onResolve({ filter: /.*/, namespace: lazyNamespace }, ({ path }) => ({ path, external: true }));
}
