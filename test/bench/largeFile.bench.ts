import { join } from 'node:path';
import { type BenchContext, type Benchmark, type Measurement, median } from '../../src/build/benchmark.js';
import { lintFile } from '../../src/files/lintFile.js';
import { LintWorkers } from '../../src/files/lintWorkers.js';
import { manifest } from './lintPrograms.js';

/** Budget 5 of the design: a file too large for VS Code's documents shows its first problems within a second. */
export const benchmarks: readonly Benchmark[] = [{ name: 'lint large file', run: measure }];

/** 1.1 GB. */
const rows = 13_000_000;
const runs = 7;

async function measure(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'dirty', rows);
  const first: number[] = [];
  const all: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    // Started anew each time, as for the first file that a window opens.
    const workers = new LintWorkers({ keepMs: 0, script: join(context.root, 'dist', 'lintWorker.js') });
    const startedAt = performance.now();
    let firstMs: number | undefined;
    const onPartial = (): void => {
      firstMs ??= performance.now() - startedAt;
    };
    await lintFile(path, {}, { workers, workerCount: 2, isScannedHere: false, onPartial });
    const doneMs = performance.now() - startedAt;
    await workers.close();
    // The first run warms the page cache.
    if (run === 0) continue;
    first.push(firstMs ?? doneMs);
    all.push(doneMs);
  }
  return [
    { what: 'first problems of 1.1 GB', value: median(first), unit: 'ms', atMost: 1000 },
    { what: 'all problems of 1.1 GB', value: median(all), unit: 'ms' },
  ];
}
