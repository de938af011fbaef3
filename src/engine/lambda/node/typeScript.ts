import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadError } from './loadError.js';

const typeScriptExtensions = ['.ts', '.mts', '.cts'];

/** The part of sucrase that is used. */
export interface Transpiler {
  /** Modules carry a source map: without one a debugger shows what has become of a file, under the file's own name. */
  readonly hasSourceMaps: boolean;
  transform(
    code: string,
    options: {
      transforms: ('typescript' | 'imports')[];
      filePath: string;
      production: boolean;
      disableESTransforms: boolean;
      preserveDynamicImport?: boolean;
      sourceMapOptions?: { compiledFilename: string };
    },
  ): { code: string; sourceMap?: object };
}

/** Loaded on first use: a function in JavaScript does not pay for it. */
export async function loadTranspiler({ hasSourceMaps }: Pick<Transpiler, 'hasSourceMaps'>): Promise<Transpiler> {
  const { transform } = await import('./transpiler.js');
  return { hasSourceMaps, transform };
}

/** One module without its types; lines stay where they are, so positions in traces are those of the source. */
export function stripTypes(transpiler: Transpiler, path: string, format: 'commonjs' | 'module'): string {
  const source = readFileSync(path, 'utf8');
  refuseValueNamespaces(path, source);
  try {
    const { code, sourceMap } = transpiler.transform(source, {
      transforms: format === 'commonjs' ? ['typescript', 'imports'] : ['typescript'],
      filePath: path,
      production: true,
      disableESTransforms: true,
      preserveDynamicImport: true,
      ...(transpiler.hasSourceMaps ? { sourceMapOptions: { compiledFilename: path } } : {}),
    });
    return sourceMap === undefined ? code : `${code}\n${inlineSourceMap({ ...sourceMap, sources: [pathToFileURL(path).href] })}`;
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
    // sucrase puts the file before and the place after its message.
    const text = message.replace(/^Error transforming .*?: /, '').replace(/ \(\d+:\d+\)$/, '');
    throw syntaxError(path, loc?.line, loc?.column, text);
  }
}

function inlineSourceMap(map: object): string {
  // In two pieces: a debugger that reads this very file would take it for the file's own.
  return ['//#', `sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`].join(
    ' ',
  );
}

/** sucrase drops namespaces without a word. Those of types only are none when the program runs. */
function refuseValueNamespaces(path: string, source: string): void {
  for (const { index } of source.matchAll(/^[ \t]*(?:export[ \t]+)?(?:namespace|module)[ \t]+[\w.$]+[ \t]*\{/gm)) {
    const end = source.indexOf('\n}', index);
    const body = source.slice(index, end < 0 ? undefined : end);
    if (!/\b(?:const|let|var|function|class|enum)\b/.test(body)) continue;
    const line = source.slice(0, index).split('\n').length;
    throw syntaxError(path, line, undefined, `A namespace needs esbuild.${esbuildAdvice(dirname(path))}`);
  }
}

/** What TypeScript without a bundler can't have. */
export function esbuildAdvice(folder: string): string {
  return ` Without it decorators, namespaces and the paths of tsconfig.json do not work: run "npm install --save-dev esbuild" in ${folder}.`;
}

/** True when the function's folder has an esbuild that TypeScript is read by. */
export function hasOwnEsbuild(codeDirectory: string): boolean {
  try {
    createRequire(join(codeDirectory, 'handler.js')).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}

export function syntaxError(path: string, line: number | undefined, column: number | undefined, text: string): LoadError {
  const place = line === undefined ? path : `${path}:${line}${column === undefined ? '' : `:${column}`}`;
  return new LoadError('Runtime.UserCodeSyntaxError', `SyntaxError: ${text} (${place})`, [`${place}`, `SyntaxError: ${text}`]);
}

/** The TypeScript file that an import means: `./util`, `./util.js` for util.ts, a folder with an index. */
export function findTypeScript(path: string): string | undefined {
  const candidates = [
    path,
    ...typeScriptExtensions.map((extension) => path + extension),
    path.replace(/\.([mc]?)js$/, '.$1ts'),
    ...typeScriptExtensions.map((extension) => join(path, `index${extension}`)),
  ];
  return candidates.find(
    (candidate) =>
      typeScriptExtensions.some((extension) => candidate.endsWith(extension)) &&
      statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
  );
}

/** All TypeScript modules that `entry` reaches by relative imports, stripped, by URL: what the loader serves as ES modules. */
export function stripModules(transpiler: Transpiler, entry: string): Record<string, string> {
  const sources: Record<string, string> = {};
  const pending = [entry];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const url = pathToFileURL(path).href;
    if (url in sources) continue;
    const code = stripTypes(transpiler, path, 'module');
    sources[url] = code;
    for (const [, specifier = ''] of code.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"\n]*)['"]/g)) {
      const target = findTypeScript(resolve(dirname(path), specifier));
      if (target !== undefined) pending.push(target);
    }
  }
  return sources;
}

interface EsbuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

interface Esbuild {
  buildSync(options: Readonly<Record<string, unknown>>): { outputFiles: readonly { text: string }[] };
}

/**
 * Bundles the entry with the esbuild that the function's folder has, with an inline source map; undefined when it has none. Packages
 * stay imports: they are found when the bundle runs.
 * @throws LoadError for mistakes in the source.
 */
export function bundleWithOwnEsbuild(
  entry: string,
  codeDirectory: string,
  format: 'commonjs' | 'module',
  onWarning: (message: string) => void,
): string | undefined {
  const require = createRequire(join(codeDirectory, 'handler.js'));
  let esbuild: Esbuild;
  try {
    esbuild = require('esbuild') as Esbuild;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined;
    onWarning(`The esbuild of ${codeDirectory} can't be loaded, so TypeScript is read without it: ${String(error)}`);
    return undefined;
  }
  try {
    const result = esbuild.buildSync({
      entryPoints: [entry],
      outfile: entry.replace(/\.[mc]?ts$/, '.js'),
      absWorkingDir: codeDirectory,
      bundle: true,
      write: false,
      platform: 'node',
      format: format === 'commonjs' ? 'cjs' : 'esm',
      target: `node${process.versions.node}`,
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'silent',
    });
    return result.outputFiles[0]?.text;
  } catch (error) {
    const [first] = (error as { errors?: readonly EsbuildMessage[] }).errors ?? [];
    if (first === undefined) {
      onWarning(`The esbuild of ${codeDirectory} failed, so TypeScript is read without it: ${String(error)}`);
      return undefined;
    }
    const path = first.location === null ? entry : resolve(codeDirectory, first.location.file);
    if (first.text.startsWith('Could not resolve')) {
      throw new LoadError('Runtime.ImportModuleError', `Error: ${first.text} (${path}:${first.location?.line ?? 1})`);
    }
    throw syntaxError(path, first.location?.line, first.location === null ? undefined : first.location.column + 1, first.text);
  }
}
