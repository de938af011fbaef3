import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a file of test/bench exports as `benchmarks`. */
export interface Benchmark {
  /** As it is named on the command line and in the table: `activation`. */
  readonly name: string;
  run(context: BenchContext): Promise<readonly Measurement[]>;
}

export interface BenchContext {
  readonly root: string;
  /** An empty folder that is removed afterwards. */
  readonly scratch: string;
  /** Pairs of runs to take the median of; at least 7. */
  readonly pairs: number;
  log(message: string): void;
}

/** One line of the table. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  /** `ms`, `KB`, `x` for a ratio. */
  readonly unit: string;
  /** The budget of the design. Without one the line only informs. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A whole process: a program and its arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes of a run that went well; 0 unless said. */
  readonly exitCodes?: readonly number[];
}

/**
 * Wall-clock milliseconds of one run of a program, from spawn to exit. Rejects when it fails. Its output goes through a pipe to us:
 * `grep`, for one, sees that it writes to /dev/null, and then stops at the first match.
 */
export async function timeProgram(program: Program, cwd: string): Promise<number> {
  const startedAt = performance.now();
  await runProgram(program, cwd, () => undefined);
  return performance.now() - startedAt;
}

/** What one run of a program prints to its standard output. Rejects when it fails. */
export async function outputOf(program: Program, cwd: string): Promise<string> {
  let text = '';
  await runProgram(program, cwd, (chunk) => {
    text += chunk.toString();
  });
  return text;
}

async function runProgram(program: Program, cwd: string, onOutput: (chunk: Buffer) => void): Promise<void> {
  const { command, args, env, exitCodes = [0] } = program;
  const child = spawn(command, args, { cwd, env: { ...benchmarkEnv(), ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', onOutput);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null || !exitCodes.includes(code)) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}

/**
 * The environment without what makes every Node process slower on some machines: with extra certificates, Node reads them all before
 * the first line of a program runs, which takes twice as long as all else that it does by then.
 */
export function benchmarkEnv(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...env } = process.env;
  return env;
}

export interface Comparison {
  readonly medianMs: number;
  readonly yardstickMs: number;
  /** Median of the ratios of the pairs. */
  readonly ratio: number;
}

/**
 * Times a program against a yardstick, taking turns, so that what else the machine does hits both alike. One pair more than asked for is
 * run first and thrown away: it fills the caches.
 */
export async function compare(
  program: () => Promise<number>,
  yardstick: () => Promise<number>,
  pairs: number,
): Promise<Comparison> {
  const taken: { program: number; yardstick: number }[] = [];
  for (let pair = 0; pair <= pairs; pair += 1) {
    // Every other pair the other way round: who comes second may find things warmer.
    const isFirst = pair % 2 === 0;
    const first = await (isFirst ? program : yardstick)();
    const second = await (isFirst ? yardstick : program)();
    if (pair > 0) taken.push(isFirst ? { program: first, yardstick: second } : { program: second, yardstick: first });
  }
  return {
    medianMs: median(taken.map((pair) => pair.program)),
    yardstickMs: median(taken.map((pair) => pair.yardstick)),
    ratio: median(taken.map((pair) => pair.program / pair.yardstick)),
  };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing.');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
