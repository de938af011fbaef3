import { existsSync, readdirSync } from 'node:fs';
import Module from 'node:module';
import { dirname, isAbsolute, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findTypeScript, stripTypes, type Transpiler } from './typeScript.js';

/** Node's CommonJS loader, the part that its types leave out. In use by tools for many years and the same from Node 20 to 24. */
interface CommonJsLoader {
  _resolveFilename(request: string, parent: NodeModule | undefined, isMain: boolean, options?: unknown): string;
  _extensions: Record<string, ((module: CompilableModule, path: string) => void) | undefined>;
  _nodeModulePaths(folder: string): string[];
  _cache: Record<string, CompilableModule | undefined>;
  new (id: string): CompilableModule;
  register?: (url: string, options: { data: unknown }) => void;
  registerHooks?: (hooks: { resolve: ResolveHook; load: LoadHook }) => { deregister(): void };
}

export interface CompilableModule {
  filename: string;
  paths: string[];
  loaded: boolean;
  exports: unknown;
  _compile(code: string, path: string): void;
}

interface Resolved {
  url: string;
  format?: string;
  shortCircuit?: boolean;
}
type ResolveHook = (
  specifier: string,
  context: { parentURL?: string },
  next: (specifier: string, context: object) => Resolved,
) => Resolved;
type LoadHook = (url: string, context: object, next: (url: string, context: object) => unknown) => unknown;

const loader = Module as unknown as CommonJsLoader;

/**
 * What Node needs to load handlers as Lambda does: the SDK that Lambda supplies when the function's folder has none of its own, and
 * TypeScript. Changes this thread's module loader until it is disposed.
 */
export class ModuleSupport {
  readonly #sdks: ReadonlyMap<string, string>;
  readonly #layerModules: readonly string[];
  readonly #resolveFilename = loader._resolveFilename;
  readonly #extensions = new Map<string, CommonJsLoader['_extensions'][string]>();
  readonly #loadedBefore = new Set(Object.keys(loader._cache));
  #hooks: { deregister(): void } | undefined;
  #hasEsmSupport = false;

  /**
   * `handlerSdk`: absolute path of the file that stands for @aws-sdk/client-s3. `layerModules`: folders of the layers' packages, which
   * `require` finds and `import` does not, as NODE_PATH has it.
   */
  constructor(handlerSdk: string | undefined, layerModules: readonly string[]) {
    this.#layerModules = layerModules;
    this.#sdks = handlerSdk === undefined ? new Map() : suppliedSdks(handlerSdk);
    const original = this.#resolveFilename;
    loader._resolveFilename = (request, parent, isMain, options) => {
      try {
        return original.call(loader, request, parent, isMain, options);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
        const found = this.#inLayers(request) ?? this.#fallback(request, parent?.filename);
        if (found !== undefined) return found;
        throw error;
      }
    };
  }

  #inLayers(request: string): string | undefined {
    if (request.startsWith('.') || isAbsolute(request)) return undefined;
    for (const folder of this.#layerModules) {
      try {
        return this.#resolveFilename.call(loader, request, undefined, false, { paths: [dirname(folder)] });
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
      }
    }
    return undefined;
  }

  #fallback(request: string, parent: string | undefined): string | undefined {
    const sdk = this.#sdks.get(request);
    if (sdk !== undefined) return sdk;
    // An import may name the built file, `./util.js`, where only util.ts exists.
    const isRelative = request.startsWith('./') || request.startsWith('../');
    return isRelative && parent !== undefined && this.#extensions.size > 0
      ? findTypeScript(join(dirname(parent), request))
      : undefined;
  }

  /** From now on `require` reads TypeScript. */
  allowTypeScript(transpiler: Transpiler): void {
    for (const extension of ['.ts', '.cts']) {
      if (this.#extensions.has(extension)) continue;
      this.#extensions.set(extension, loader._extensions[extension]);
      loader._extensions[extension] = (module, path) => module._compile(stripTypes(transpiler, path, 'commonjs'), path);
    }
  }

  /** Runs code as the CommonJS module at `path`. */
  runCommonJs(path: string, code: string): unknown {
    const module = new loader(path);
    module.filename = path;
    module.paths = loader._nodeModulePaths(dirname(path));
    loader._cache[path] = module;
    module._compile(code, path);
    module.loaded = true;
    return module.exports;
  }

  /** From now on `import` finds the supplied SDK and the given modules (source by URL). */
  allowEsm(sources: Readonly<Record<string, string>>): void {
    const sdkUrls = Object.fromEntries([...this.#sdks].map(([name, file]) => [name, pathToFileURL(file).href]));
    const isNeeded = Object.keys(sdkUrls).length > 0 || Object.keys(sources).length > 0;
    if (!isNeeded || (this.#hasEsmSupport && Object.keys(sources).length === 0)) return;
    this.#hasEsmSupport = true;
    if (loader.registerHooks !== undefined) {
      this.#hooks?.deregister();
      this.#hooks = loader.registerHooks(syncHooks(sdkUrls, sources));
    } else {
      // Node before 22.15 runs hooks in a thread of their own, which knows nothing but what it is sent.
      loader.register?.(`data:text/javascript,${encodeURIComponent(asyncHooksSource)}`, { data: { sdkUrls, sources } });
    }
  }

  /** Forgets what the handler loaded, so that it loads anew. ES modules are told apart by a query of their URL instead. */
  forgetModules(): void {
    for (const path of Object.keys(loader._cache)) if (!this.#loadedBefore.has(path)) delete loader._cache[path];
  }

  dispose(): void {
    this.forgetModules();
    this.#hooks?.deregister();
    loader._resolveFilename = this.#resolveFilename;
    for (const [extension, before] of this.#extensions) {
      if (before === undefined) delete loader._extensions[extension];
      else loader._extensions[extension] = before;
    }
  }
}

/** The SDK packages that the product carries: `handlerSdk.js` for client-s3 and, beside it, `handlerSdk.NAME.js` for another one. */
function suppliedSdks(handlerSdk: string): ReadonlyMap<string, string> {
  const { dir, name, ext } = parse(handlerSdk);
  const found = new Map<string, string>();
  if (!existsSync(handlerSdk)) return found;
  found.set('@aws-sdk/client-s3', handlerSdk);
  for (const file of readdirSync(dir)) {
    const extra = file.slice(name.length + 1, -ext.length);
    if (file === `${name}.${extra}${ext}` && extra !== '') found.set(`@aws-sdk/${extra}`, join(dir, file));
  }
  return found;
}

function syncHooks(
  sdkUrls: Readonly<Record<string, string>>,
  sources: Readonly<Record<string, string>>,
): { resolve: ResolveHook; load: LoadHook } {
  return {
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const sdk = sdkUrls[specifier];
        if (sdk !== undefined) return { url: sdk, shortCircuit: true };
        const url = sourceUrl(specifier, context.parentURL, sources);
        if (url !== undefined) return { url, format: 'module', shortCircuit: true };
        throw error;
      }
    },
    load(url, context, next) {
      const source = sources[withoutQuery(url)];
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  };
}

function sourceUrl(
  specifier: string,
  parentUrl: string | undefined,
  sources: Readonly<Record<string, string>>,
): string | undefined {
  if (parentUrl === undefined || !/^\.{1,2}\//.test(specifier)) return undefined;
  const path = findTypeScript(fileURLToPath(new URL(specifier, parentUrl)));
  const url = path === undefined ? undefined : pathToFileURL(path).href;
  return url !== undefined && url in sources ? url : undefined;
}

function withoutQuery(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** The same hooks for the loader's own thread. The sources are all known, so candidates are looked up among them. */
const asyncHooksSource = `
let sdkUrls = {};
let sources = {};
export async function initialize(data) {
  sdkUrls = data.sdkUrls;
  sources = data.sources;
}
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    const sdk = sdkUrls[specifier];
    if (sdk !== undefined) return { url: sdk, shortCircuit: true };
    if (context.parentURL !== undefined && /^\\.{1,2}\\//.test(specifier)) {
      const base = new URL(specifier, context.parentURL).href;
      const candidates = [base, base + '.ts', base + '.mts', base + '.cts', base.replace(/\\.([mc]?)js$/, '.$1ts'), base + '/index.ts', base + '/index.mts'];
      const url = candidates.find((candidate) => sources[candidate] !== undefined);
      if (url !== undefined) return { url, format: 'module', shortCircuit: true };
    }
    throw error;
  }
}
export async function load(url, context, next) {
  const mark = url.indexOf('?');
  const source = sources[mark < 0 ? url : url.slice(0, mark)];
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
}
`;
