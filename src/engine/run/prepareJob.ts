import { writeFile } from 'node:fs/promises';
import { throwIfAborted } from '../../base/async.js';
import { BatchError, errorMessage } from '../../base/errors.js';
import { parseBucketArn } from '../../core/job/arn.js';
import type { ManifestGenerator } from '../../core/job/generatorFilter.js';
import type { CreateJobRequest, GeneratedManifest, JobFailure } from '../../core/job/jobTypes.js';
import { findOperation } from '../../core/operations/catalogue.js';
import { runForJob } from '../changes/jobScope.js';
import type { EngineContext, FunctionRegistry, ObjectStore } from '../contracts.js';
import type { VersionedObjectStore } from '../objectStore.js';
import type { OperationContext } from '../operations/operationPerformer.js';
import { emulatedText } from '../emulatedText.js';
import { findPerformer } from '../operations/performers.js';
import { checkManifest } from './checkManifest.js';
import { jobFailure } from './jobFailure.js';
import { chunkFile, manifestFile } from './jobFiles.js';
import { ManifestReader } from './manifestReader.js';
import { generateManifest } from './generateManifest.js';
import { type Pinned, pinManifest } from './pinManifest.js';
import { operationOf } from './requestedOperation.js';
import type { ManifestLayout } from './runPlan.js';

export type Preparation =
  | { readonly kind: 'ok'; readonly layout: ManifestLayout; readonly generated?: GeneratedManifest }
  | { readonly kind: 'failed'; readonly failure: JobFailure };

interface PrepareOptions {
  readonly jobId: string;
  readonly request: CreateJobRequest;
  readonly directory: string;
  readonly services: { readonly store: VersionedObjectStore; readonly functions: FunctionRegistry };
  readonly context: EngineContext;
  readonly signal: AbortSignal;
}

/**
 * What the service does in Preparing: pins the manifest (later changes of the object don't matter), checks its ETag and every row, and
 * looks whether the report bucket exists. Reasons are the service's own where they are known. Rejects when the signal aborts, and with
 * errors of the disk.
 */
export async function prepareJob(options: PrepareOptions): Promise<Preparation> {
  const { request, directory, services, context, signal } = options;
  const { store, functions } = services;
  const { log } = context;
  const pinned = await takeManifest(options);
  if (pinned.kind === 'failed') {
    if (pinned.detail !== undefined) log.warn(`job ${options.jobId}: ${pinned.detail}`);
    return pinned;
  }
  const check = await checkManifest(manifestFile(directory), pinned.fields, signal);
  if (check.kind === 'failed') {
    const place = check.line === undefined ? '' : ` (line ${check.line} of the manifest)`;
    log.warn(`job ${options.jobId}: ${check.failure.FailureReason}${place}`);
    return { kind: 'failed', failure: check.failure };
  }
  const report = await checkReport(request, store);
  if (report !== undefined) return { kind: 'failed', failure: report };
  const { chunks, layout } = check;
  const checked = { jobId: options.jobId, layout, chunks, directory, functions, context: { ...context, store }, signal };
  const refused = await checkOperation(request, checked);
  if (refused !== undefined) return { kind: 'failed', failure: refused };
  await writeFile(chunkFile(directory), new Uint8Array(chunks.buffer, chunks.byteOffset, chunks.byteLength));
  return { kind: 'ok', layout, ...(pinned.generated === undefined ? {} : { generated: pinned.generated }) };
}

/** ExpectedBucketOwner is not judged: local buckets stand in for those of any account. */
async function checkReport(request: CreateJobRequest, store: ObjectStore): Promise<JobFailure | undefined> {
  if (!request.Report.Enabled) return undefined;
  const bucket = parseBucketArn(request.Report.Bucket ?? '')?.bucket ?? '';
  if (await store.hasBucket(bucket)) return undefined;
  return jobFailure('NoSuchBucket', `Invalid manifest was provided. Target bucket ${bucket} does not exist.`);
}

function takeManifest({ request, jobId, directory, services, context, signal }: PrepareOptions): Promise<Pinned> {
  const { store } = services;
  if (request.Manifest !== undefined) return pinManifest({ manifest: request.Manifest, directory, store, signal });
  if (request.ManifestGenerator === undefined) throw new BatchError('Internal', 'The job has no manifest.');
  return generateManifest({
    generator: request.ManifestGenerator as ManifestGenerator,
    jobId,
    isReplication: operationOf(request).name === 'S3ReplicateObject',
    directory,
    store,
    nowMs: context.clock.now(),
    generatedVersions: context.settings.generatedVersions,
    signal,
  });
}

/** What the operation asks of the rows and of their bucket. */
async function checkOperation(
  request: CreateJobRequest,
  checked: {
    readonly jobId: string;
    readonly layout: ManifestLayout;
    readonly chunks: Float64Array;
    readonly directory: string;
    readonly functions: FunctionRegistry;
    readonly context: OperationContext;
    readonly signal: AbortSignal;
  },
): Promise<JobFailure | undefined> {
  const { name, parameters } = operationOf(request);
  const performer = findPerformer(name);
  if (performer === undefined) return checkFunction(request, checked.functions);
  const buckets = await bucketsOf(checked, findOperation(name)?.isOneBucketOnly === true ? Infinity : 1);
  // The rule is the guide's (batch-ops-copy-object, batch-ops-retention-date); the text is emulated.
  if (buckets.size > 1)
    return jobFailure('InvalidManifestContent', `Invalid Manifest Content: ${name} takes objects of one bucket ${emulatedText}`);
  const [bucket = ''] = buckets;
  // As its tasks: buckets of the operation may have to be looked for on the real side.
  return runForJob(checked.jobId, () => performer.prepare?.(checked.context, parameters, bucket));
}

/** The buckets of the first `limit` rows, at most two of them: more than one is all that matters. */
async function bucketsOf(
  checked: {
    readonly layout: ManifestLayout;
    readonly chunks: Float64Array;
    readonly directory: string;
    readonly signal: AbortSignal;
  },
  limit: number,
): Promise<Set<string>> {
  const buckets = new Set<string>();
  const reader = new ManifestReader(manifestFile(checked.directory), checked.layout, checked.chunks);
  try {
    let rows = 0;
    for (let chunk = 0; chunk < checked.chunks.length - 1; chunk += 1) {
      const cursor = reader.openChunk(chunk);
      for (let row = cursor.next(); row !== undefined; row = cursor.next()) {
        buckets.add(row.bucket);
        rows += 1;
        if (buckets.size > 1 || rows >= limit) return buckets;
      }
      await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(checked.signal);
    }
    return buckets;
  } finally {
    reader.close();
  }
}

/**
 * A template that can't be read would fail every task with a misleading reason. There is none on the service: emulated. A function that
 * does not exist is the tasks' failure, not the job's.
 */
async function checkFunction(request: CreateJobRequest, functions: FunctionRegistry): Promise<JobFailure | undefined> {
  try {
    await functions.find(request.Operation.LambdaInvoke?.FunctionArn ?? '');
    return undefined;
  } catch (error) {
    return functionUnreadable(error);
  }
}

export function functionUnreadable(error: unknown): JobFailure {
  return jobFailure('FunctionUnreadable', errorMessage(error));
}
