import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, parse, resolve, sep } from 'node:path';
import type { FunctionDefinition } from '../../contracts.js';
import { LoadError } from './loadError.js';
import { nodeSemantics } from './nodeSemantics.js';

export interface HandlerName {
  /** Path of the module without extension, relative to the code's folder: `src/app`. */
  readonly module: string;
  /** Path of the function in the module's exports: `['handlers', 'main']`. */
  readonly exportPath: readonly string[];
}

/** Splits `src/app.handlers.main`: the module is everything up to the first dot of the last path part. */
export function parseHandlerName(handler: string): HandlerName {
  if (handler.includes('..')) {
    throw new LoadError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const slash = handler.lastIndexOf('/') + 1;
  const [, module, path] = /^([^.]*)\.(.*)$/.exec(handler.slice(slash)) ?? [];
  if (module === undefined || path === undefined) {
    throw new LoadError(
      'Runtime.MalformedHandlerName',
      `Bad handler: '${handler}' has no dot. Write the file, a dot and the function, such as app.handler.`,
    );
  }
  return { module: handler.slice(0, slash) + module, exportPath: path.split('.') };
}

export interface HandlerFile {
  readonly path: string;
  readonly isTypeScript: boolean;
  readonly isEsm: boolean;
}

/** In the order of aws-lambda-ric; TypeScript comes after, since a built file beside it is what would be deployed. */
const extensions: readonly string[] = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The file of the handler's module. A source that the build bundles (`entryPoints`) is taken before a built file beside it, and also
 * when it lies in a sub-folder: `sam build` puts its bundle into the root.
 */
export function findHandlerFile(definition: FunctionDefinition, module: string): HandlerFile | undefined {
  const base = resolve(definition.codeDirectory, module.replace(/^\//, ''));
  for (const point of definition.entryPoints ?? []) {
    const path = resolve(definition.codeDirectory, point);
    const stem = path.slice(0, path.length - extname(path).length);
    if ((stem === base || stem.endsWith(`${sep}${module.split('/').join(sep)}`)) && isFile(path))
      return describe(path, definition);
  }
  for (const extension of extensions) if (isFile(base + extension)) return describe(base + extension, definition);
  return undefined;
}

function describe(path: string, { runtime }: FunctionDefinition): HandlerFile {
  const extension = extname(path);
  const isTypeScript = ['.ts', '.mts', '.cts'].includes(extension);
  const isEsm =
    extension === '.mjs' ||
    extension === '.mts' ||
    ((extension === '.js' || extension === '.ts') && isModulePackage(path, runtime));
  return { path, isTypeScript, isEsm };
}

/** True when the nearest package.json says `"type": "module"`. @throws LoadError, as the runtime fails, for one that is no JSON. */
function isModulePackage(file: string, runtime: string): boolean {
  let folder = dirname(file);
  const { root } = parse(folder);
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      try {
        return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown } | null)?.type === 'module';
      } catch (error) {
        // Measured on Node.js 24 with aws-lambda-ric 4.0.2, and on 20 with 3.3.0.
        if (nodeSemantics(runtime) === 'promises') throw new LoadError('Error', `Invalid package config ${manifest}.`);
        throw new LoadError('Runtime.UserCodeSyntaxError', `SyntaxError: ${manifest} is not valid JSON: ${String(error)}`);
      }
    }
    if (folder === root) return false;
    folder = dirname(folder);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
