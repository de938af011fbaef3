import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import type { Disposable } from '../../base/disposable.js';
import { BatchError, errorCode } from '../../base/errors.js';
import type {
  EngineSettings,
  Environment,
  EnvironmentOptions,
  FunctionDefinition,
  InvocationContext,
  InvokeOutcome,
} from '../contracts.js';

/** Files whose times are looked at, to notice a change of the code. */
const maxWatchedFiles = 2000;
const skippedFolders = new Set(['node_modules', '__pycache__']);

export type MakeEnvironment = (
  definition: FunctionDefinition,
  onOutput: EnvironmentOptions['onOutput'],
) => Environment | Promise<Environment>;

export type PoolSettings = Pick<EngineSettings, 'environmentIdleMs' | 'environmentsPerFunction'>;

interface Warm {
  readonly environment: Environment;
  /** What the environment was made from. */
  readonly stamp: string;
  /** Where its output goes: to the invocation under way. */
  readonly output: { onOutput: EnvironmentOptions['onOutput'] };
  idle: Disposable | undefined;
}

interface FunctionPool {
  readonly free: Warm[];
  busy: number;
  readonly queue: (() => void)[];
}

/** Environments of the functions that the Lambda API invokes: kept warm, made anew when the code or the template has changed. */
export class EnvironmentPool {
  readonly #make: MakeEnvironment;
  readonly #clock: Clock;
  readonly #settings: PoolSettings;
  readonly #pools = new Map<string, FunctionPool>();
  readonly #all = new Set<Environment>();
  #isClosed = false;

  constructor(make: MakeEnvironment, clock: Clock, settings: PoolSettings) {
    this.#make = make;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** True when the function's reserved concurrency has no place for another invocation: Lambda throttles, it lets nobody wait. */
  isFull({ name, reservedConcurrency }: FunctionDefinition): boolean {
    return reservedConcurrency !== undefined && (this.#pools.get(name)?.busy ?? 0) >= reservedConcurrency;
  }

  /** `deadlineMs` is asked for when the invocation begins, after it may have waited for a free environment. */
  async invoke(
    definition: FunctionDefinition,
    event: unknown,
    context: () => InvocationContext,
    onOutput: EnvironmentOptions['onOutput'],
  ): Promise<InvokeOutcome> {
    let pool = this.#pools.get(definition.name);
    if (pool === undefined) {
      pool = { free: [], busy: 0, queue: [] };
      this.#pools.set(definition.name, pool);
    }
    const { queue } = pool;
    if (pool.busy >= limitOf(definition, this.#settings)) await new Promise<void>((resolve) => queue.push(resolve));
    else pool.busy += 1;
    try {
      const warm = await this.#take(pool, definition, onOutput);
      let outcome: InvokeOutcome;
      try {
        outcome = await warm.environment.invoke(event, context());
      } catch (error) {
        await this.#end(warm);
        throw error;
      }
      if (warm.environment.isUsable === false || this.#isClosed) await this.#end(warm);
      else this.#keep(pool, warm);
      return outcome;
    } finally {
      // The place goes to who waits longest.
      const next = pool.queue.shift();
      if (next === undefined) pool.busy -= 1;
      else next();
    }
  }

  async #take(pool: FunctionPool, definition: FunctionDefinition, onOutput: EnvironmentOptions['onOutput']): Promise<Warm> {
    if (this.#isClosed) throw new BatchError('Stopping', 'The local engine is stopping.');
    const stamp = `${JSON.stringify(definition)} ${await codeStamp(definition.codeDirectory)}`;
    for (let warm = pool.free.pop(); warm !== undefined; warm = pool.free.pop()) {
      warm.idle?.dispose();
      if (warm.stamp === stamp && warm.environment.isUsable !== false) {
        warm.output.onOutput = onOutput;
        return warm;
      }
      await this.#end(warm);
    }
    const output = { onOutput };
    const environment = await this.#make(definition, (stream, line) => output.onOutput(stream, line));
    this.#all.add(environment);
    return { environment, stamp, output, idle: undefined };
  }

  #keep(pool: FunctionPool, warm: Warm): void {
    pool.free.push(warm);
    warm.idle = this.#clock.schedule(this.#settings.environmentIdleMs, () => {
      const index = pool.free.indexOf(warm);
      if (index >= 0) pool.free.splice(index, 1);
      void this.#end(warm);
    });
  }

  async #end(warm: Warm): Promise<void> {
    warm.idle?.dispose();
    this.#all.delete(warm.environment);
    await warm.environment.dispose();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const pool of this.#pools.values()) for (const warm of pool.free.splice(0)) warm.idle?.dispose();
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((environment) => environment.dispose()));
  }
}

/** Asynchronous invocations wait for a place; those of a function without any would wait for ever. */
function limitOf({ reservedConcurrency }: FunctionDefinition, { environmentsPerFunction }: PoolSettings): number {
  return Math.max(1, Math.min(environmentsPerFunction, reservedConcurrency ?? Infinity));
}

/** Changes when a source of the function does. Packages are not looked at; a huge folder only in part. */
export async function codeStamp(folder: string): Promise<string> {
  let count = 0;
  let newest = 0;
  let bytes = 0;
  const visit = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      // A folder that is missing or closed is the environment's to report.
      if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return [];
      throw error;
    });
    for (const entry of entries) {
      if (count >= maxWatchedFiles) return;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !skippedFolders.has(entry.name)) await visit(join(path, entry.name));
        continue;
      }
      count += 1;
      const info = await stat(join(path, entry.name)).catch(() => undefined);
      newest = Math.max(newest, info?.mtimeMs ?? 0);
      bytes += info?.size ?? 0;
    }
  };
  await visit(folder);
  return `${count} ${bytes} ${newest}`;
}
