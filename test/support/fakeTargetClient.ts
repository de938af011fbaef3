import { createHash } from 'node:crypto';
import { BatchError } from '../../src/base/errors.js';
import type { CreateJobRequest } from '../../src/core/job/jobTypes.js';
import type {
  FunctionQualifier,
  KeySummary,
  ObjectStream,
  RoleSummary,
  StoredObject,
  Target,
  TargetClient,
} from '../../src/core/job/target.js';

/** A target in memory that keeps objects and the requests of created jobs, and answers a repeated token with the same job. */
export class FakeTargetClient implements TargetClient {
  readonly target: Target;
  readonly buckets = new Map<string, Map<string, Uint8Array>>();
  readonly created: CreateJobRequest[] = [];
  readonly calls: string[] = [];
  #jobIds = new Map<string, string>();

  constructor(kind: Target['kind'] = 'local', buckets: readonly string[] = [], target?: Target) {
    this.target = target ?? { id: kind === 'local' ? 'local' : 'aws:default:us-east-1', kind, label: kind, region: 'us-east-1' };
    for (const bucket of buckets) this.buckets.set(bucket, new Map());
  }

  accountId(): Promise<string> {
    return Promise.resolve('000000000000');
  }

  createJob(request: CreateJobRequest): Promise<{ jobId: string }> {
    this.calls.push('createJob');
    const token = request.ClientRequestToken ?? '';
    const known = this.#jobIds.get(token);
    if (known !== undefined) return Promise.resolve({ jobId: known });
    this.created.push(request);
    const jobId = `job-${this.created.length}`;
    this.#jobIds.set(token, jobId);
    return Promise.resolve({ jobId });
  }

  listBuckets(): Promise<readonly string[]> {
    return Promise.resolve([...this.buckets.keys()]);
  }

  createBucket(bucket: string): Promise<void> {
    this.calls.push(`createBucket ${bucket}`);
    this.buckets.set(bucket, new Map());
    return Promise.resolve();
  }

  putObject(bucket: string, key: string, body: Uint8Array): Promise<StoredObject> {
    this.calls.push(`putObject ${bucket}/${key}`);
    const objects = this.buckets.get(bucket);
    if (objects === undefined) return Promise.reject(new BatchError('NoSuchBucket', `There is no bucket ${bucket}.`));
    objects.set(key, body);
    return this.headObject(bucket, key);
  }

  headObject(bucket: string, key: string): Promise<StoredObject> {
    const body = this.buckets.get(bucket)?.get(key);
    if (body === undefined) return Promise.reject(new BatchError('NoSuchKey', `There is no object ${bucket}/${key}.`));
    return Promise.resolve({ bucket, key, sizeBytes: body.length, etag: createHash('md5').update(body).digest('hex') });
  }

  getObject(bucket: string, key: string): Promise<Uint8Array> {
    const body = this.buckets.get(bucket)?.get(key);
    return body === undefined
      ? Promise.reject(new BatchError('NoSuchKey', `There is no object ${bucket}/${key}.`))
      : Promise.resolve(body);
  }

  async openObject(bucket: string, key: string): Promise<ObjectStream> {
    const [body, { sizeBytes, etag }] = await Promise.all([this.getObject(bucket, key), this.headObject(bucket, key)]);
    return { sizeBytes, etag, chunks: chunksOf(body) };
  }

  bucketRegion(): Promise<string> {
    return Promise.resolve(this.target.region);
  }

  bucketVersioning(): Promise<'Off'> {
    return Promise.resolve('Off');
  }

  listFunctionQualifiers(): Promise<readonly FunctionQualifier[]> {
    return Promise.resolve([]);
  }

  listRoles(): Promise<readonly RoleSummary[]> {
    return Promise.resolve([]);
  }

  listKeys(): Promise<readonly KeySummary[]> {
    return Promise.resolve([]);
  }

  forgetCredentials(): void {
    this.calls.push('forgetCredentials');
  }

  listJobs(): never {
    throw new Error('not faked');
  }
  describeJob(): never {
    throw new Error('not faked');
  }
  updateJobPriority(): never {
    throw new Error('not faked');
  }
  updateJobStatus(): never {
    throw new Error('not faked');
  }
  getJobTags(): never {
    throw new Error('not faked');
  }
  putJobTags(): never {
    throw new Error('not faked');
  }
  listPages(): never {
    throw new Error('Not asked for in this test.');
  }

  listObjects(): never {
    throw new Error('not faked');
  }
  listFunctions(): never {
    throw new Error('not faked');
  }
  dispose(): void {}
}

/** In two parts, so that whoever reads must put them together. */
async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  const middle = Math.floor(body.length / 2);
  yield body.subarray(0, middle);
  yield body.subarray(middle);
}
