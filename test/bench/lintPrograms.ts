import { join } from 'node:path';
import { type BenchContext, timeProgram } from '../../src/build/benchmark.js';
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
