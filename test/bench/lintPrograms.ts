import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchContext, benchmarkEnv, timeProgram } from '../../src/build/benchmark.js';
import { type ManifestKind, seededManifest } from '../support/seededManifest.js';

export const tenMillion = 10_000_000;
export const withoutDuplicates = ['--rule', 'duplicate-row=off'];

export function manifest({ root, log }: BenchContext, kind: ManifestKind, rows = tenMillion): Promise<string> {
  log(`${rows.toLocaleString('en')} rows, ${kind}`);
  return seededManifest(join(root, 'out', 'bench'), kind, rows);
}

export function lint({ root }: BenchContext, path: string, args: readonly string[] = []): () => Promise<number> {
  // 1: it found something.
  const program = { command: process.execPath, args: [join(root, 'dist', 'cli.js'), 'lint', path, ...args], exitCodes: [0, 1] };
  return () => timeProgram(program, root);
}

export function tool({ root }: BenchContext, command: string, args: readonly string[]): () => Promise<number> {
  return () => timeProgram({ command, args, exitCodes: [0, 1] }, root);
}

/** Peak memory of the command line with these arguments in MB, as the system counts it; undefined where it does not say. */
export async function peakMegabytes({ root }: BenchContext, args: readonly string[]): Promise<number | undefined> {
  if (!existsSync('/proc/self/status')) return undefined;
  const code = `process.argv.splice(1, 1, ${JSON.stringify(join(root, 'dist', 'cli.js'))}); require(process.argv[1]);
process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));`;
  const child = spawn(process.execPath, ['-e', code, 'cli', ...args], {
    cwd: root,
    env: benchmarkEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return Number(text) / 1024;
}
