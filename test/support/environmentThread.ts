import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../src/engine/contracts.js';

/** A folder of handler files that is removed at the end. */
export class HandlerFolder {
  readonly path = mkdtempSync(join(tmpdir(), 's3batch-handler-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string | Uint8Array): void {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  definition(more: Partial<FunctionDefinition> = {}): FunctionDefinition {
    return {
      name: 'test-function',
      logicalId: 'TestFunction',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:test-function',
      runtime: 'nodejs22.x',
      handler: 'app.handler',
      codeDirectory: this.path,
      timeoutMs: 3000,
      memoryMb: 128,
      environment: {},
      ...more,
    };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const testOptions: Omit<EnvironmentOptions, 'onOutput'> = {
  region: 'us-east-1',
  accountId: '000000000000',
  endpoint: 'http://127.0.0.1:1',
  accessKeyId: 'AKIALOCAL',
  secretAccessKey: 'local',
};

/** An environment in a worker thread, as a lane of a job has it. */
export class EnvironmentThread {
  readonly output: { stream: string; line: string }[] = [];
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #count = 0;

  constructor(definition: FunctionDefinition, options: Partial<EnvironmentOptions> = {}, env: NodeJS.ProcessEnv = process.env) {
    this.#worker = new Worker(new URL('environmentWorker.js', import.meta.url), {
      workerData: { definition, options: { ...testOptions, ...options } },
      env,
    });
    this.#worker.on('message', (message: { output?: { stream: string; line: string }; id?: number; value?: unknown }) => {
      if (message.output !== undefined) this.output.push(message.output);
      else if (message.id !== undefined) {
        this.#pending.get(message.id)?.resolve(message.value as never);
        this.#pending.delete(message.id);
      }
    });
    const fail = (error: Error): void => {
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', (code) => fail(new Error(`The worker ended with ${code}`)));
  }

  #ask<T>(request: object): Promise<T> {
    const id = (this.#count += 1);
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...request });
    });
  }

  invoke(event: unknown = {}, timeoutMs = 3000): Promise<InvokeOutcome> {
    return this.#ask({ invoke: event, timeoutMs });
  }

  /** Runs as many invocations as fit, one after another; resolves with how many a second. */
  measure(event: unknown, count: number): Promise<{ perSecond: number; last: InvokeOutcome }> {
    return this.#ask({ measure: event, count });
  }

  isUsable(): Promise<boolean> {
    return this.#ask({ isUsable: true });
  }

  async close(): Promise<void> {
    await this.#ask({ dispose: true }).catch(() => undefined);
    await this.#worker.terminate();
  }
}
