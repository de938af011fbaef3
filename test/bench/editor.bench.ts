import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext, Benchmark, Measurement } from '../../src/build/benchmark.js';
import { fixLinesInSteps } from '../../src/core/manifest/fixAll.js';
import { ManifestModel } from '../../src/core/manifest/incrementalLint.js';
import { documentLines } from '../../src/core/manifest/manifestLine.js';
import { buildInSlices, runInSlices, sliceMs } from '../../src/ui/lint/buildInSlices.js';
import { groupEdits } from '../../src/ui/lint/groupEdits.js';
import { startWatch } from '../support/stopWatch.js';
import { type ManifestKind, seededManifest } from '../support/seededManifest.js';

/** Budget 5 of the design: what typing in a large manifest costs the extension host. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'editor clean', run: (context) => measure(context, 'clean') },
  { name: 'editor dirty', run: (context) => measure(context, 'dirty') },
  { name: 'editor fix all', run: measureFixAll },
];

const rowCount = 500_000;
const keystrokes = 3000;
const warmUps = 300;

async function measure({ root, log }: BenchContext, kind: ManifestKind): Promise<readonly Measurement[]> {
  log(`${rowCount.toLocaleString('en')} rows, ${kind}`);
  const path = await seededManifest(join(root, 'out', 'bench'), kind, rowCount);
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/);
  const source = {
    get lineCount(): number {
      return lines.length;
    },
    lineAt: (line: number): string => lines[line] ?? '',
  };
  const model = new ManifestModel(source, undefined);
  const slices = await build(model);

  /** Steps that are prime to the number of rows: every part of the file, no pattern. */
  const place = (index: number): number => 1 + ((index * 7_919) % (rowCount - 2));
  const typed = 'ab%20/=x';
  const keys = Array.from({ length: warmUps + keystrokes }, (_, index) => {
    const line = place(index);
    lines[line] = `${lines[line] ?? ''}${typed[index % typed.length]}`;
    return microseconds(() => follow(model, { startLine: line, endLine: line, insertedLineCount: 1 }));
  }).slice(warmUps);
  const newlines = Array.from({ length: keystrokes / 10 }, (_, index) => {
    const line = place(index * 31);
    const text = lines[line] ?? '';
    lines.splice(line, 1, text, text);
    return microseconds(() => follow(model, { startLine: line, endLine: line, insertedLineCount: 2 }));
  });
  const results = Array.from({ length: 100 }, () => microseconds(() => model.lint({})) / 1000);
  return [
    { what: 'keystroke, median', value: quantile(keys, 0.5), unit: 'µs', atMost: 50 },
    { what: 'keystroke, 99 of 100', value: quantile(keys, 0.99), unit: 'µs', atMost: 1000 },
    { what: 'row put in, median', value: quantile(newlines, 0.5), unit: 'µs', atMost: 50 },
    { what: 'row put in, 99 of 100', value: quantile(newlines, 0.99), unit: 'µs', atMost: 1000 },
    { what: 'result, median', value: quantile(results, 0.5), unit: 'ms', atMost: 10 },
    { what: 'opening, all slices', value: slices.reduce((sum, slice) => sum + slice, 0), unit: 'ms' },
    { what: 'opening, 99 of 100 slices', value: quantile(slices, 0.99), unit: 'ms', atMost: 10 },
  ];
}

/** Milliseconds of each slice. */
async function build(model: ManifestModel): Promise<number[]> {
  const slices: number[] = [];
  let stop = startWatch();
  await buildInSlices(model, {
    now: () => performance.now(),
    breathe: async () => {
      slices.push(stop());
      await new Promise((resolve) => setImmediate(resolve));
      stop = startWatch();
    },
    isOutdated: () => false,
    sliceMs,
    onPartial: () => undefined,
    partialAfterMs: 100,
  });
  return slices;
}

function follow(model: ManifestModel, change: { startLine: number; endLine: number; insertedLineCount: number }): void {
  if (!model.applyChanges([change])) throw new Error(`The edit of line ${change.startLine + 1} was not followed.`);
}

function microseconds(work: () => void): number {
  const stop = startWatch();
  work();
  return stop() * 1000;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** "Fix all" of a manifest whose every row is wrong: what of it holds up the extension host. */
async function measureFixAll({ root, log }: BenchContext): Promise<readonly Measurement[]> {
  log(`${rowCount.toLocaleString('en')} rows, bad`);
  const path = await seededManifest(join(root, 'out', 'bench'), 'bad', rowCount);
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/);
  const blocks: number[] = [];
  let stop = startWatch();
  const slicing = {
    now: () => performance.now(),
    breathe: async () => {
      blocks.push(stop());
      await new Promise((resolve) => setImmediate(resolve));
      stop = startWatch();
    },
    isOutdated: () => false,
    sliceMs,
  };
  stop = startWatch();
  const source = { lineCount: lines.length, lineAt: (line: number): string => lines[line] ?? '', lineEnd: '\n' };
  const fixed = await runInSlices(
    fixLinesInSteps(() => documentLines(source, '\n')),
    slicing,
  );
  const grouped = await runInSlices(groupEdits(source, fixed?.edits ?? [], 1000), slicing);
  blocks.push(stop());
  return [
    { what: 'fix all, edits', value: grouped?.length ?? 0, unit: '', atMost: 1000 },
    { what: 'fix all, longest slice', value: Math.max(...blocks), unit: 'ms', atMost: 50 },
    { what: 'fix all, 99 of 100 slices', value: quantile(blocks, 0.99), unit: 'ms', atMost: 10 },
    { what: 'fix all, all slices', value: blocks.reduce((sum, block) => sum + block, 0), unit: 'ms' },
  ];
}
