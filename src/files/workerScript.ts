import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The script of a worker thread: `<name>.js` beside the bundle that this runs in or, where modules are run one by one (the tests), beside
 * this module.
 */
export function workerScript(name: string): string {
  const url = import.meta.url as string | undefined;
  if (url !== undefined) return join(dirname(fileURLToPath(url)), `${name}.js`);
  const folder = basename(__dirname) === 'chunks' ? dirname(__dirname) : __dirname;
  return join(folder, `${name}.js`);
}
