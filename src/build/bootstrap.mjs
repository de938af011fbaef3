// The first file of every npm script. It runs on a fresh clone, so it may import nothing but Node itself: it checks the Node version,
// installs the packages when they are missing or older than the lockfile, builds the build (src/build/main.ts) and hands over.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(
    `Node.js 20 or newer is needed; this is ${process.version}. Install one from https://nodejs.org and run the command again.`,
  );
  process.exit(2);
}

/** The lockfile that `npm ci` left behind names what is installed; it differs from ours in its root entry only. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version);
}

if (!isInstalled()) {
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    // A second working tree that borrows the packages of the first: whoever owns them decides when they are replaced.
    console.error(
      'node_modules is a link, and what it points to does not match package-lock.json. Run npm ci where it points to.',
    );
    process.exit(2);
  }
  console.log('Installing packages (npm ci)...');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm, 'ci'] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', 'ci'];
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: !npm && process.platform === 'win32' });
  if (result.status !== 0) {
    console.error('npm ci failed. Check that the npm registry can be reached, then run the command again.');
    process.exit(2);
  }
}

const { build } = await import('esbuild');
const outfile = join(root, 'out', 'build', 'main.mjs');
await build({
  entryPoints: [join(root, 'src', 'build', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(process.argv.slice(2), root);
