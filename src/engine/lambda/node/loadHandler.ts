import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FunctionDefinition } from '../../contracts.js';
import { findHandlerFile, type HandlerFile, parseHandlerName } from './handlerFile.js';
import { LoadError } from './loadError.js';
import type { ModuleSupport } from './moduleSupport.js';
import { bundleWithOwnEsbuild, loadTranspiler, stripModules } from './typeScript.js';

export type HandlerFunction = (...args: unknown[]) => unknown;

export interface LoadOptions {
  readonly isDebugged: boolean;
  readonly onWarning: (message: string) => void;
}

/**
 * Loads a function's module and finds its handler, by the rules of aws-lambda-ric. `generation` counts the environments of this
 * thread: a fresh one gets fresh modules.
 * @throws LoadError, or whatever the module itself throws.
 */
export async function loadHandler(
  definition: FunctionDefinition,
  support: ModuleSupport,
  generation: number,
  options: LoadOptions,
): Promise<HandlerFunction> {
  const { module, exportPath } = parseHandlerName(definition.handler);
  const file = findHandlerFile(definition, module);
  if (file === undefined) {
    throw new LoadError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${module}' in ${definition.codeDirectory}: there is no ${module}.js, .mjs, .cjs, .ts, .mts or .cts. ` +
        'Correct Handler or CodeUri in the template.',
    );
  }
  let value: unknown = await loadModule(file, definition, support, generation, options);
  for (const name of exportPath) value = (value as Record<string, unknown> | null | undefined)?.[name];
  if (value === undefined || value === null) {
    throw new LoadError('Runtime.HandlerNotFound', `${definition.handler} is undefined or not exported`);
  }
  if (typeof value !== 'function') throw new LoadError('Runtime.HandlerNotFound', `${definition.handler} is not a function`);
  return value as HandlerFunction;
}

async function loadModule(
  file: HandlerFile,
  definition: FunctionDefinition,
  support: ModuleSupport,
  generation: number,
  { isDebugged, onWarning }: LoadOptions,
): Promise<unknown> {
  const { path, isTypeScript, isEsm } = file;
  const url = `${pathToFileURL(path).href}${generation === 0 ? '' : `?environment=${generation}`}`;
  if (isTypeScript) {
    const bundle = bundleWithOwnEsbuild(path, definition.codeDirectory, isEsm ? 'module' : 'commonjs', onWarning);
    if (bundle !== undefined) {
      // Positions in traces are mapped back to the sources.
      process.setSourceMapsEnabled(true);
      if (!isEsm) {
        if (bundle.includes('import(')) support.allowEsm({});
        return support.runCommonJs(path, bundle);
      }
      support.allowEsm({ [pathToFileURL(path).href]: bundle });
      return import(url);
    }
    const transpiler = await loadTranspiler({ hasSourceMaps: isDebugged });
    if (isEsm) {
      support.allowEsm(stripModules(transpiler, path));
      return import(url);
    }
    support.allowTypeScript(transpiler);
  } else if (isEsm) {
    support.allowEsm({});
    return import(url);
  }
  // A CommonJS handler may import() the SDK too; where hooks cost a thread they are set up only for one that does.
  if (/\bimport\s*\(/.test(readFileSync(path, 'utf8'))) support.allowEsm({});
  return createRequire(path)(path) as unknown;
}
