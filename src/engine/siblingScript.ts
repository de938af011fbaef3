import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of another program of this build: `<bundle>.js` beside the bundle that this runs in, or, where modules are run one by one (the
 * tests), the module `source` below this folder. The build defines `import.meta.url` as undefined in bundles, which are CommonJS.
 */
export function siblingScript(bundle: string, source: string): string {
  const url = import.meta.url as string | undefined;
  if (url !== undefined) return join(dirname(fileURLToPath(url)), `${source}.js`);
  const folder = basename(__dirname) === 'chunks' ? dirname(__dirname) : __dirname;
  return join(folder, `${bundle}.js`);
}
