import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../../src/base/clock.js';
import type { CreateJobRequest, JobStatus } from '../../src/core/job/jobTypes.js';
import { createJobRequestShape } from '../../src/core/job/requestShapes.js';
import { parseReportManifest } from '../../src/core/report/reportManifest.js';
import { ChangeRecorder } from '../../src/engine/changes/changeRecorder.js';
import { createControlRouter, type ControlRouter } from '../../src/engine/control/controlRouter.js';
import type { StartRun } from '../../src/engine/control/jobServices.js';
import { writeShape } from '../../src/engine/control/shapeXml.js';
import {
  defaultEngineSettings,
  type EngineContext,
  type EngineRequest,
  type EngineSettings,
  type FunctionDefinition,
} from '../../src/engine/contracts.js';
import { ReadThrough } from '../../src/engine/readThrough/readThrough.js';
import { startRunProcess } from '../../src/engine/run/runProcess.js';
import type { FileObjectStore } from '../../src/engine/s3/fileObjectStore.js';
import { openObjectStore } from '../../src/engine/s3/openObjectStore.js';
import { ServiceError } from '../../src/engine/serviceError.js';
import { parseXml, type XmlElement } from '../../src/engine/xml/parseXml.js';
import { fakeRunHost, silentLog } from './runJob.js';

export const account = '000000000000';

export interface JobEngineOptions {
  readonly directory?: string;
  readonly settings?: Partial<EngineSettings>;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  readonly startRun?: StartRun;
  readonly onInfo?: (message: string) => void;
  /** Standard error unless given. */
  readonly onError?: (message: string) => void;
}

export interface Answer {
  readonly status: number;
  readonly root: XmlElement;
}

/** The job side of an engine with fake lanes, without HTTP: requests go straight to the router. */
export class JobEngine {
  readonly directory: string;
  readonly store: FileObjectStore;
  #control: ControlRouter;
  readonly #options: JobEngineOptions;
  #tokens = 0;

  constructor(directory: string, store: FileObjectStore, control: ControlRouter, options: JobEngineOptions) {
    this.directory = directory;
    this.store = store;
    this.#control = control;
    this.#options = options;
  }

  static async start(options: JobEngineOptions = {}): Promise<JobEngine> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 's3batch-jobs-')));
    const clock = options.clock ?? systemClock;
    const dataDirectory = join(directory, 'data');
    const changes = new ChangeRecorder({ jobsDirectory: join(dataDirectory, 'jobs'), log: silentLog });
    const store = await openObjectStore({ dataDirectory, clock, log: silentLog, restoreDelayMs: 5000, changes });
    for (const bucket of ['manifests', 'reports']) if (!(await store.hasBucket(bucket))) await store.createBucket(bucket);
    const control = await startControl(directory, store, options);
    return new JobEngine(directory, store, control, options);
  }

  /** As after a restart of the engine; the data folder stays. */
  async restart(): Promise<void> {
    await this.#control.close();
    this.#control = await startControl(this.directory, this.store, this.#options);
  }

  async stop(): Promise<void> {
    await this.#control.close();
    await this.store.close();
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  async call(method: string, target: string, body = '', headers: Record<string, string> = {}): Promise<Answer> {
    const [rawPath = '', query = ''] = target.split('?');
    const request: EngineRequest = {
      method,
      rawPath,
      query: new URLSearchParams(query),
      headers: { 'x-amz-account-id': account, ...headers },
      service: 's3',
      region: 'us-east-1',
      hostBucket: undefined,
      requestId: 'R',
      body: Readable.from([body]),
      trailers: () => ({}),
      text: () => Promise.resolve(body),
    } as EngineRequest;
    const answer = await this.#control.router(request);
    if (answer === undefined) throw new Error(`not routed: ${method} ${target}`);
    const text = typeof answer.body === 'string' ? answer.body : '<none/>';
    return { status: answer.status, root: parseXml(text) };
  }

  /** The code of the error that a call is answered with. */
  async errorOf(call: Promise<unknown>): Promise<string> {
    try {
      await call;
    } catch (error) {
      if (error instanceof ServiceError) return `${error.status} ${error.code}`;
      throw error;
    }
    return 'no error';
  }

  async putManifest(keys: readonly string[], name = 'manifest.csv'): Promise<{ arn: string; etag: string }> {
    const { etag } = await this.store.write('manifests', name, Buffer.from(keys.map((key) => `bucket,${key}\n`).join('')));
    return { arn: `arn:aws:s3:::manifests/${name}`, etag };
  }

  request(manifest: { arn: string; etag: string }, changes: Partial<CreateJobRequest> = {}): CreateJobRequest {
    this.#tokens += 1;
    return {
      ConfirmationRequired: false,
      Operation: { LambdaInvoke: { FunctionArn: `arn:aws:lambda:us-east-1:${account}:function:fake` } },
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::reports',
        Prefix: 'done',
        Format: 'Report_CSV_20180820',
        ReportScope: 'AllTasks',
      },
      ClientRequestToken: `token-${Math.random()}-${this.#tokens}`,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: manifest.arn, ETag: manifest.etag },
      },
      Priority: 10,
      RoleArn: `arn:aws:iam::${account}:role/local`,
      ...changes,
    };
  }

  async createFrom(request: CreateJobRequest): Promise<string> {
    const answer = await this.call('POST', '/v20180820/jobs', writeShape('CreateJobRequest', request, createJobRequestShape));
    return textAt(answer.root, 'JobId');
  }

  async create(keys: readonly string[], changes: Partial<CreateJobRequest> = {}): Promise<string> {
    return this.createFrom(this.request(await this.putManifest(keys), changes));
  }

  /** Newest first. */
  async jobIds(): Promise<string[]> {
    const { root } = await this.call('GET', '/v20180820/jobs');
    return childOf(root, 'Jobs')?.children.map((job) => textAt(job, 'JobId')) ?? [];
  }

  async describe(jobId: string): Promise<XmlElement> {
    const job = childOf((await this.call('GET', `/v20180820/jobs/${jobId}`)).root, 'Job');
    if (job === undefined) throw new Error('no Job');
    return job;
  }

  async status(jobId: string): Promise<JobStatus> {
    return textAt(await this.describe(jobId), 'Status') as JobStatus;
  }

  async summary(jobId: string): Promise<{ id: string; status: JobStatus; priority: number }> {
    const job = await this.describe(jobId);
    return { id: jobId, status: textAt(job, 'Status') as JobStatus, priority: Number(textAt(job, 'Priority')) };
  }

  /** Waits for one of the statuses, or for a terminal one. */
  async until(jobId: string, ...statuses: JobStatus[]): Promise<JobStatus> {
    for (let tries = 0; tries < 4000; tries += 1) {
      const status = await this.status(jobId);
      if (statuses.includes(status)) return status;
      if (['Complete', 'Failed', 'Cancelled'].includes(status)) return status;
      await wait(5);
    }
    throw new Error(`job ${jobId} is still ${await this.status(jobId)}`);
  }

  async counts(jobId: string): Promise<[total: number, succeeded: number, failed: number]> {
    const job = await this.describe(jobId);
    const number = (name: string): number => Number(textAt(job, 'ProgressSummary', name) || -1);
    return [number('TotalNumberOfTasks'), number('NumberOfTasksSucceeded'), number('NumberOfTasksFailed')];
  }

  async bytes(bucket: string, key: string): Promise<Buffer> {
    return buffer((await this.store.read(bucket, key)).body);
  }

  async text(bucket: string, key: string): Promise<string> {
    return (await this.bytes(bucket, key)).toString();
  }

  /** Lines of the job's report, by group. */
  async report(jobId: string): Promise<Record<string, string[]>> {
    const manifest = parseReportManifest(await this.text('reports', `done/job-${jobId}/manifest.json`));
    const groups: Record<string, string[]> = {};
    for (const result of manifest.results) {
      groups[result.status ?? 'neither'] = (await this.text(result.bucket, result.key)).split('\r\n').slice(0, -1);
    }
    return groups;
  }
}

async function startControl(directory: string, store: FileObjectStore, options: JobEngineOptions): Promise<ControlRouter> {
  const definition: FunctionDefinition = {
    name: 'fake',
    logicalId: 'Fake',
    arn: `arn:aws:lambda:us-east-1:${account}:function:fake`,
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    codeDirectory: directory,
    timeoutMs: options.timeoutMs ?? 3000,
    memoryMb: 128,
    environment: {},
  };
  const context: EngineContext = {
    dataDirectory: join(directory, 'data'),
    region: 'us-east-1',
    accountId: account,
    accessKeyId: 'local',
    secretAccessKey: 'local',
    endpoint: () => 'http://127.0.0.1:1',
    clock: options.clock ?? systemClock,
    log: {
      ...silentLog,
      info: (message) => options.onInfo?.(message),
      error: (message, cause) => {
        const text = `${message} ${String(cause ?? '')}`;
        if (options.onError === undefined) process.stderr.write(`${text}\n`);
        else options.onError(text);
      },
    },
    settings: { ...defaultEngineSettings, redriveDelayMs: 1, ...options.settings },
  };
  const control = await createControlRouter(context, {
    store,
    functions: {
      list: () => Promise.resolve([definition]),
      find: (name) => Promise.resolve(name.includes('fake') ? definition : undefined),
    },
    readThrough: new ReadThrough(context.clock),
    startRun: options.startRun ?? ((run) => startRunProcess({ script: fakeRunHost, ...run })),
  });
  control.start();
  return control;
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** Text of a descendant; empty when there is none. */
export function textAt(element: XmlElement, ...path: string[]): string {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found === undefined ? undefined : childOf(found, name);
  return found?.text ?? '';
}
