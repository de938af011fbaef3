import { spawnSync } from 'node:child_process';
import type { FunctionDefinition } from '../../contracts.js';
import { type FunctionErrorOutcome, functionError } from '../functionError.js';
import { findHandlerFile, parseHandlerName } from './handlerFile.js';
import { LoadError } from './loadError.js';
import { isError, thrownError, traceOf } from './thrownError.js';
import { esbuildAdvice, hasOwnEsbuild } from './typeScript.js';

/**
 * What Lambda answers when a module can't be loaded (aws-lambda-ric, UserFunction.js): Runtime.UserCodeSyntaxError,
 * Runtime.ImportModuleError, or the thrown error itself. A missing package gets a sentence that says what to do.
 */
export function loadFailure(error: unknown, definition: FunctionDefinition): FunctionErrorOutcome {
  if (error instanceof LoadError) return functionError(error.errorType, error.message, error.trace);
  if (!isError(error)) return thrownError(error, 'callbacks');
  const trace = traceOf(error.stack);
  if (error.name === 'SyntaxError') {
    // Node puts the place into the first line of the stack, not into the message.
    const place = /^(.+:\d+)$/.exec(trace[0] ?? '')?.[1] ?? placeOfSyntaxError(definition);
    return functionError(
      'Runtime.UserCodeSyntaxError',
      `SyntaxError: ${error.message}${place === undefined ? '' : ` (${place})`}${typeScriptAdvice(definition)}`,
      trace,
    );
  }
  const code = (error as { code?: unknown }).code;
  const advice = adviceFor(error.message, definition);
  if (code === 'MODULE_NOT_FOUND') return functionError('Runtime.ImportModuleError', `Error: ${error.message}${advice}`, trace);
  // The client has no name of its own for what an ES module misses. Measured on 3.3.0.
  if (code === 'ERR_MODULE_NOT_FOUND') return functionError(error.name, `${error.message}${advice}`, trace);
  return thrownError(error, 'callbacks');
}

/** Node keeps the place of an ES module's syntax error to itself and prints it only when it checks the file. */
function placeOfSyntaxError(definition: FunctionDefinition): string | undefined {
  const file = findHandlerFile(definition, parseHandlerName(definition.handler).module);
  if (file === undefined || file.isTypeScript) return undefined;
  const check = spawnSync(process.execPath, ['--check', file.path], {
    encoding: 'utf8',
    // Without what a debugger preloads there: it would speak first, and stop in the check.
    env: { ...process.env, NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1' },
    timeout: 5000,
    windowsHide: true,
  });
  const first = check.stderr?.split('\n')[0] ?? '';
  return /^(?:file:\/\/)?(.+:\d+)$/.exec(first)?.[1];
}

/** Empty unless the function is TypeScript that is read without esbuild. */
function typeScriptAdvice(definition: FunctionDefinition): string {
  const file = findHandlerFile(definition, parseHandlerName(definition.handler).module);
  if (file?.isTypeScript !== true || hasOwnEsbuild(definition.codeDirectory)) return '';
  return `\nThis TypeScript is read without esbuild.${esbuildAdvice(definition.codeDirectory)}`;
}

function adviceFor(message: string, definition: FunctionDefinition): string {
  const { codeDirectory } = definition;
  const request = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (request === undefined || request.startsWith('.') || request.startsWith('/') || /^[A-Za-z]:[\\/]/.test(request)) return '';
  const name = request
    .split('/')
    .slice(0, request.startsWith('@') ? 2 : 1)
    .join('/');
  return `\nThe package ${name} is not installed. Run "npm install" in ${codeDirectory}, or "npm install ${name}" if package.json does not name it.${typeScriptAdvice(definition)}`;
}
