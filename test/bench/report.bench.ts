import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchContext, type Benchmark, compare, type Measurement, timeProgram } from '../../src/build/benchmark.js';
import { seededReport } from '../support/seededReport.js';
import { peakMegabytes, tenMillion, tool } from './lintPrograms.js';

/** Budget 9 of the design: a report is read, verified and grouped by cause, and the retry manifest written, in one pass. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'report', run: measureSeveral },
  { name: 'report one file', run: measureOne },
];

async function measureSeveral(context: BenchContext): Promise<readonly Measurement[]> {
  const { run, files, args } = await retry(context, 8);
  const { ratio, medianMs } = await compare(run, tool(context, 'wc', ['-l', ...files]), context.pairs);
  const memory = await peakMegabytes(context, args);
  return [
    { what: '10M rows in nine files, with retry', value: medianMs, unit: 'ms' },
    { what: 'to wc -l', value: ratio, unit: 'x', atMost: 8 },
    ...(memory === undefined ? [] : [{ what: 'peak memory', value: memory, unit: 'MB', atMost: 256 }]),
  ];
}

/** The MD5 of a single file can't be had faster than by `md5sum`, which alone takes longer than the budget: it is the yardstick here. */
async function measureOne(context: BenchContext): Promise<readonly Measurement[]> {
  const { run, files } = await retry(context, 1);
  const toSum = await compare(run, tool(context, 'md5sum', files), context.pairs);
  const toLines = await compare(run, tool(context, 'wc', ['-l', ...files]), context.pairs);
  return [
    { what: '10M rows, nearly all in one file, with retry', value: toSum.medianMs, unit: 'ms' },
    { what: 'to md5sum', value: toSum.ratio, unit: 'x', atMost: 1.2 },
    { what: 'to wc -l', value: toLines.ratio, unit: 'x' },
  ];
}

async function retry(
  context: BenchContext,
  fileCount: number,
): Promise<{ run: () => Promise<number>; files: readonly string[]; args: readonly string[] }> {
  context.log(`${tenMillion.toLocaleString('en')} rows, ${fileCount + 1} files`);
  const folder = await seededReport(join(context.root, 'out', 'bench'), tenMillion, fileCount);
  const files = (await readdir(join(folder, 'results'))).map((name) => join(folder, 'results', name));
  const out = join(context.scratch, 'retry.csv');
  const args = ['report', folder, '--retry', out];
  const run = async (): Promise<number> => {
    await rm(out, { force: true });
    // 1: tasks failed.
    return timeProgram(
      { command: process.execPath, args: [join(context.root, 'dist', 'cli.js'), ...args], exitCodes: [1] },
      context.root,
    );
  };
  return { run, files, args };
}
