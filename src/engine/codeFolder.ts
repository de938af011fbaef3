import { statSync } from 'node:fs';
import type { FunctionDefinition } from './contracts.js';

/**
 * Where the function's code finds itself, as options of `spawn`: on Lambda that is the folder of the code. None where there is no such
 * folder, which is said where the function is loaded.
 */
export function codeFolder(definition: Pick<FunctionDefinition, 'codeDirectory'> | null): { readonly cwd?: string } {
  const cwd = definition?.codeDirectory;
  return cwd !== undefined && statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true ? { cwd } : {};
}
