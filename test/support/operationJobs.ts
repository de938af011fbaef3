import type { TestContext } from 'node:test';
import type { CreateJobRequest, JobOperation } from '../../src/core/job/jobTypes.js';
import { encodeKey } from '../../src/core/manifest/keyEncoding.js';
import type { BucketSettings, ObjectAttributes, StoredInfo } from '../../src/engine/objectStore.js';
import { ManualClock } from '../fakes/manualClock.js';
import { account, JobEngine, type JobEngineOptions, textAt } from './jobEngine.js';

export interface JobResult {
  readonly id: string;
  readonly status: string;
  /** Of the first FailureReason; empty without one. */
  readonly failure: string;
  /** Report rows without their request ids, sorted. */
  readonly rows: readonly string[];
}

/** Jobs of one operation against a real store, with a clock that stands. */
export class OperationJobs {
  readonly engine: JobEngine;
  readonly clock: ManualClock;

  private constructor(engine: JobEngine, clock: ManualClock) {
    this.engine = engine;
    this.clock = clock;
  }

  static async start(t: TestContext, options: JobEngineOptions = {}): Promise<OperationJobs> {
    const clock = new ManualClock();
    const engine = await JobEngine.start({ clock, ...options });
    t.after(() => engine.dispose());
    return new OperationJobs(engine, clock);
  }

  async bucket(name: string, settings: BucketSettings = {}): Promise<void> {
    await this.engine.store.createBucket(name, undefined, settings);
  }

  async put(bucket: string, key: string, text = key, attributes: Partial<ObjectAttributes> = {}): Promise<StoredInfo> {
    return this.engine.store.put(bucket, key, [Buffer.from(text)], {
      attributes: { contentType: 'text/plain', systemMetadata: {}, userMetadata: {}, ...attributes },
    });
  }

  head(bucket: string, key: string, versionId?: string): Promise<StoredInfo> {
    return this.engine.store.head(bucket, key, versionId);
  }

  /** Runs a job on rows `bucket/key` or `bucket/key?version`. */
  async run(operation: JobOperation, objects: readonly string[], changes: Partial<CreateJobRequest> = {}): Promise<JobResult> {
    const hasVersions = objects.some((object) => object.includes('?'));
    const lines = objects.map((object) => {
      const [, bucket = '', key = '', version = ''] = /^([^/]+)\/([^?]*)(?:\?(.*))?$/.exec(object) ?? [];
      return `${bucket},${encodeKey(key)}${hasVersions ? `,${version}` : ''}\n`;
    });
    const { etag } = await this.engine.store.write('manifests', 'm.csv', Buffer.from(lines.join('')));
    const location = { arn: 'arn:aws:s3:::manifests/m.csv', etag };
    const request = this.engine.request(location, { Operation: operation });
    const fields = hasVersions ? (['Bucket', 'Key', 'VersionId'] as const) : (['Bucket', 'Key'] as const);
    return this.runRequest({
      ...request,
      // Computing checksums needs it.
      Report: { ...request.Report, ExpectedBucketOwner: account },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: fields },
        Location: { ObjectArn: location.arn, ETag: etag },
      },
      ...changes,
    });
  }

  async runRequest(request: CreateJobRequest): Promise<JobResult> {
    const id = await this.engine.createFrom(request);
    const status = await this.engine.until(id);
    const failure = textAt(await this.engine.describe(id), 'FailureReasons', 'member', 'FailureReason');
    const rows = (await this.engine.counts(id))[0] > 0 ? Object.values(await this.engine.report(id)).flat() : [];
    return { id, status, failure, rows: rows.map(withoutIds).toSorted() };
  }
}

function withoutIds(row: string): string {
  return row.replace(/Request ID: \w+; S3 Extended Request ID: [^;]+;/, 'ids;');
}

/** The text of an S3 error in a report row, its request ids replaced. */
export function s3Row(object: string, status: number, code: string, message: string): string {
  return `${object},failed,${status},${code},${message} (Service: Amazon S3; Status Code: ${status}; Error Code: ${code}; ids; Proxy: null)`;
}
