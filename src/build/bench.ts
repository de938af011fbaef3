import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark, Measurement } from './benchmark.js';
import { bundleAll } from './bundle.js';
import { listFiles } from './files.js';
import { transpile } from './nodeTests.js';

const defaultPairs = 7;
const maxRounds = 3;

/** `npm run bench [-- part-of-a-name…]`: runs the benchmarks of test/bench, holds them to their budgets, fails when one is over. */
export async function runBenchmarks(root: string, args: readonly string[]): Promise<number> {
  await bundleAll(root);
  const folder = join(await transpile(root), 'test', 'bench');
  const files = (await listFiles(folder)).filter((file) => basename(file).endsWith('.bench.js'));
  const all: Benchmark[] = [];
  for (const file of files) {
    const { benchmarks } = (await import(pathToFileURL(file).href)) as { benchmarks: readonly Benchmark[] };
    all.push(...benchmarks);
  }
  const chosen = all.filter(({ name }) => args.length === 0 || args.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`No benchmark is called that. There are: ${all.map(({ name }) => name).join(', ')}.`);
    return 1;
  }
  const misses: string[] = [];
  for (const { name, run } of chosen) {
    console.log(`\n${name}`);
    const scratch = await mkdtemp(join(tmpdir(), 's3b-bench-'));
    try {
      const log = (message: string): void => console.log(`  ${message}`);
      const measure = (): Promise<readonly Measurement[]> => run({ root, scratch, pairs: defaultPairs, log });
      for (const missed of await holdToBudgets(measure, log)) misses.push(`${name}: ${formatMeasurement(missed)}`);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  console.log(
    misses.length === 0 ? '\nAll budgets are met.' : `\nBudgets missed:\n${misses.map((miss) => `  ${miss}`).join('\n')}`,
  );
  return misses.length === 0 ? 0 : 1;
}

/**
 * Measures, and measures all again while something is over: a burst of other work on the machine must not fail a budget, and a change
 * that is too slow is so each time. Every round is shown. Resolves with what was over in every one, as the last had it.
 */
export async function holdToBudgets(
  measure: () => Promise<readonly Measurement[]>,
  log: (message: string) => void,
): Promise<readonly Measurement[]> {
  let over: ReadonlySet<string> | undefined;
  for (let round = 1; ; round += 1) {
    const missed: Measurement[] = [];
    for (const measurement of await measure()) {
      const isMet = meets(measurement);
      log(`${isMet ? 'ok    ' : 'OVER  '} ${formatMeasurement(measurement)}`);
      if (!isMet && (over === undefined || over.has(measurement.what))) missed.push(measurement);
    }
    if (missed.length === 0 || round === maxRounds) return missed;
    over = new Set(missed.map(({ what }) => what));
    log(`Over its budget, so once more (${round + 1} of at most ${maxRounds})`);
  }
}

function meets({ value, atMost, atLeast }: Measurement): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

function formatMeasurement({ what, value, unit, atMost, atLeast }: Measurement): string {
  const budgets = [
    ...(atMost === undefined ? [] : [`at most ${number(atMost)}`]),
    ...(atLeast === undefined ? [] : [`at least ${number(atLeast)}`]),
  ];
  return `${what}: ${number(value)} ${unit}${budgets.length === 0 ? '' : ` (${budgets.join(', ')})`}`;
}

function number(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}
