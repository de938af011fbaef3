import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type BenchContext, type Benchmark, compare, type Measurement, median } from '../../src/build/benchmark.js';
import { lintFile } from '../../src/files/lintFile.js';
import { LintWorkers } from '../../src/files/lintWorkers.js';
import { lint, manifest, peakMegabytes, tenMillion, tool, withoutDuplicates } from './lintPrograms.js';

/** Budgets 1 to 3 of the design: `s3batch lint` of whole manifests against `wc -l` of the same file, in turns. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'lint clean', run: measureClean },
  { name: 'lint duplicates', run: measureDuplicates },
  { name: 'lint dirty', run: measureDirty },
  { name: 'lint warm', run: measureWarm },
];

async function memory(context: BenchContext, what: string, args: readonly string[], atMost: number): Promise<Measurement[]> {
  const value = await peakMegabytes(context, ['lint', ...args]);
  return value === undefined ? [] : [{ what: `peak memory, ${what}`, value, unit: 'MB', atMost }];
}

async function measureClean(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean');
  const run = lint(context, path, withoutDuplicates);
  const ofLines = await compare(run, tool(context, 'wc', ['-l', path]), context.pairs);
  const ofGrep = await compare(run, tool(context, 'grep', ['-c', '', path]), context.pairs);
  const versions = await manifest(context, 'versions');
  const quoted = await manifest(context, 'quoted');
  const ofVersions = await compare(
    lint(context, versions, withoutDuplicates),
    tool(context, 'wc', ['-l', versions]),
    context.pairs,
  );
  const ofQuoted = await compare(lint(context, quoted, withoutDuplicates), tool(context, 'wc', ['-l', quoted]), context.pairs);
  return [
    { what: 'lint of clean rows', value: ofLines.medianMs, unit: 'ms' },
    { what: 'to wc -l', value: ofLines.ratio, unit: 'x', atMost: 2.5 },
    { what: "to grep -c ''", value: ofGrep.ratio, unit: 'x', atMost: 1 },
    { what: 'with versions, to wc -l', value: ofVersions.ratio, unit: 'x' },
    { what: 'all quoted, to wc -l', value: ofQuoted.ratio, unit: 'x' },
    ...(await memory(context, 'without duplicates', [path, ...withoutDuplicates], 100)),
  ];
}

async function measureDuplicates(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean');
  const { ratio, medianMs } = await compare(lint(context, path), tool(context, 'wc', ['-l', path]), context.pairs);
  const larger = await manifest(context, 'clean', 4 * tenMillion);
  return [
    { what: 'lint with duplicates', value: medianMs, unit: 'ms' },
    { what: 'to wc -l', value: ratio, unit: 'x', atMost: 4.5 },
    ...(await memory(context, '10M rows', [path], 256)),
    ...(await memory(context, '40M rows', [larger], 512)),
    ...(await memory(context, '40M rows, packed', [await packed(larger)], 512)),
  ];
}

/** The file as `.gz` beside it; made once. */
async function packed(path: string): Promise<string> {
  const target = `${path}.gz`;
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  await pipeline(createReadStream(path), createGzip({ level: 1 }), createWriteStream(unfinished));
  await rename(unfinished, target);
  return target;
}

async function measureDirty(context: BenchContext): Promise<readonly Measurement[]> {
  const clean = lint(context, await manifest(context, 'clean'));
  const dirty = await compare(lint(context, await manifest(context, 'dirty')), clean, context.pairs);
  const bad = await compare(lint(context, await manifest(context, 'bad')), clean, context.pairs);
  return [
    { what: '0.1 % wrong rows, to clean', value: dirty.ratio, unit: 'x', atMost: 1.3 },
    { what: 'every row wrong, to clean', value: bad.ratio, unit: 'x', atMost: 5 },
  ];
}

/** In this process, with workers that wait: what the editor does. */
async function measureWarm(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean', 1_000_000);
  const workers = new LintWorkers({ keepMs: 60_000, script: join(context.root, 'dist', 'lintWorker.js') });
  try {
    const times: number[] = [];
    for (let run = 0; run <= 2 * context.pairs; run += 1) {
      const startedAt = performance.now();
      await lintFile(path, { severities: { 'duplicate-row': 'off' } }, { workers, workerCount: 2, isScannedHere: false });
      if (run > 0) times.push(performance.now() - startedAt);
    }
    return [{ what: '1M rows by warm workers', value: median(times), unit: 'ms', atMost: 60 }];
  } finally {
    await workers.close();
  }
}
