import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultEngineSettings, type EngineLog, type EngineSettings } from '../../src/engine/contracts.js';
import { checkManifest } from '../../src/engine/run/checkManifest.js';
import { chunkFile, manifestFile } from '../../src/engine/run/jobFiles.js';
import type { ReportRows, RunPlan, TaskCounts } from '../../src/engine/run/runPlan.js';
import { type RunEnd, type RunProcess, startRunProcess } from '../../src/engine/run/runProcess.js';
import { outcomes, scanTaskLog, taskLogFiles } from '../../src/engine/run/taskLog.js';

export const fakeRunHost = fileURLToPath(new URL('../fakes/fakeRunHost.js', import.meta.url));

export const silentLog: EngineLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A job's folder with a checked manifest of these keys, to be run by the fake run host. */
export class JobRun {
  readonly directory: string;
  readonly plan: RunPlan;
  generation = 0;
  counts: TaskCounts = { succeeded: 0, failed: 0 };

  constructor(directory: string, plan: RunPlan) {
    this.directory = directory;
    this.plan = plan;
  }

  static async create(
    keys: readonly string[],
    options: { settings?: Partial<EngineSettings>; timeoutMs?: number; reportRows?: ReportRows; handler?: string } = {},
  ): Promise<JobRun> {
    const directory = await mkdtemp(join(tmpdir(), 's3batch-run-'));
    await mkdir(directory, { recursive: true });
    await writeFile(manifestFile(directory), keys.map((key) => `bucket,${key}\n`).join(''));
    const check = await checkManifest(manifestFile(directory), ['Bucket', 'Key']);
    if (check.kind === 'failed') throw new Error(`${check.failure.FailureReason} in line ${check.line}`);
    await writeFile(chunkFile(directory), new Uint8Array(check.chunks.buffer));
    return new JobRun(directory, {
      jobId: '5b1d2c3e-0000-4000-8000-000000000001',
      generation: 1,
      directory,
      layout: check.layout,
      work: {
        operation: 'LambdaInvoke',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fake',
        schemaVersion: '1.0',
        definition: {
          name: 'fake',
          logicalId: 'Fake',
          arn: 'arn:aws:lambda:us-east-1:000000000000:function:fake',
          runtime: 'nodejs22.x',
          handler: options.handler ?? 'index.handler',
          codeDirectory: directory,
          timeoutMs: options.timeoutMs ?? 3000,
          memoryMb: 128,
          environment: {},
        },
        environment: {
          region: 'us-east-1',
          accountId: '000000000000',
          endpoint: 'http://127.0.0.1:1',
          accessKeyId: 'local',
          secretAccessKey: 'local',
        },
      },
      settings: { ...defaultEngineSettings, redriveDelayMs: 1, ...options.settings },
      reportRows: options.reportRows ?? 'all',
    });
  }

  start(): RunProcess {
    this.generation += 1;
    return startRunProcess({
      script: fakeRunHost,
      plan: { ...this.plan, generation: this.generation },
      log: { ...silentLog, warn: (message) => process.stderr.write(`${message}\n`) },
      onProgress: (counts) => {
        this.counts = counts;
      },
    });
  }

  async run(): Promise<RunEnd> {
    return this.start().ended;
  }

  /** Report rows of the final results, by row number; every record, so that one that is there twice shows. */
  async results(): Promise<Map<number, string[]>> {
    const found = new Map<number, string[]>();
    for (const file of await taskLogFiles(this.directory)) {
      await scanTaskLog(file, ({ row, outcome, text }) => {
        if (outcome === outcomes.retry) return;
        const texts = found.get(row) ?? [];
        texts.push(text.toString());
        found.set(row, texts);
      });
    }
    return found;
  }

  /** Numbers of the attempts that were journalled, by row. */
  async attempts(): Promise<Map<number, number[]>> {
    const found = new Map<number, number[]>();
    for (const file of await taskLogFiles(this.directory)) {
      await scanTaskLog(file, ({ row, attempt }) => {
        const attempts = found.get(row) ?? [];
        attempts.push(attempt);
        found.set(row, attempts);
      });
    }
    return found;
  }

  output(): Promise<string> {
    return readFile(join(this.directory, 'output.log'), 'utf8');
  }

  dispose(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
