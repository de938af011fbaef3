import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { runPackageBin } from './command.js';

const flags = ['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'simd,bulk-memory', '--importMemory', '--use', 'abort='];
/** For modules whose memory other threads read; `SharedMemory` is what they import. */
const sharedFlags = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
const sharing: ReadonlySet<string> = new Set(['manifestScan.ts']);

function flagsFor(source: string): readonly string[] {
  return sharing.has(basename(source)) ? [...flags, ...sharedFlags] : flags;
}

/** `import base64 from './x.wasm'` gives the WebAssembly that AssemblyScript makes of `x.ts` beside it, as base64 text. */
export function assembly(root: string): Plugin {
  return {
    name: 'assembly',
    setup(setup) {
      setup.onResolve({ filter: /^\..*\.wasm$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace(/\.wasm$/, '.ts')),
        suffix,
      }));
      setup.onLoad({ filter: /\.ts$/ }, async ({ path, suffix: asked }) => {
        if (asked !== suffix) return undefined;
        const binary = await compile(root, path);
        return { contents: (await readFile(binary)).toString('base64'), loader: 'text', watchFiles: await modulesBeside(path) };
      });
    },
  };
}

/** Tells our imports of the file from those of an ordinary TypeScript file. */
const suffix = '?wasm';

const running = new Map<string, Promise<void>>();

/** Path of the compiled file, which is made once for each version of the sources. */
async function compile(root: string, source: string): Promise<string> {
  const hash = createHash('sha256').update([...flags, basename(source)].join(' '));
  for (const file of await modulesBeside(source)) hash.update(await readFile(file));
  const binary = join(root, 'out', 'assembly', `${hash.digest('hex').slice(0, 16)}.wasm`);
  if (existsSync(binary)) return binary;
  const compiling = running.get(binary) ?? runCompiler(root, source, binary);
  running.set(binary, compiling);
  await compiling;
  return binary;
}

/** The source and what it may import. */
async function modulesBeside(source: string): Promise<string[]> {
  const names = await readdir(dirname(source));
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(dirname(source), name));
}

async function runCompiler(root: string, source: string, binary: string): Promise<void> {
  await mkdir(join(root, 'out', 'assembly'), { recursive: true });
  // Renamed when complete: other builds may run at the same time.
  const unfinished = `${binary}.${process.pid}.wasm`;
  const code = await runPackageBin(root, 'assemblyscript/bin/asc.js', [source, '--outFile', unfinished, ...flagsFor(source)]);
  if (code !== 0) throw new Error(`AssemblyScript could not compile ${source}; it says why above.`);
  await rename(unfinished, binary);
}
