import { writeFile } from 'node:fs/promises';
import { BatchError, errorMessage } from '../../base/errors.js';
import { parseBucketArn } from '../../core/job/arn.js';
import type { CreateJobRequest, JobFailure } from '../../core/job/jobTypes.js';
import type { EngineLog, FunctionRegistry, ObjectStore } from '../contracts.js';
import { checkManifest } from './checkManifest.js';
import { jobFailure } from './jobFailure.js';
import { chunkFile, manifestFile } from './jobFiles.js';
import { pinManifest } from './pinManifest.js';
import type { ManifestLayout } from './runPlan.js';

export type Preparation =
  { readonly kind: 'ok'; readonly layout: ManifestLayout } | { readonly kind: 'failed'; readonly failure: JobFailure };

/**
 * What the service does in Preparing: pins the manifest (later changes of the object don't matter), checks its ETag and every row, and
 * looks whether the report bucket exists. Reasons are the service's own where they are known. Rejects when the signal aborts, and with
 * errors of the disk.
 */
export async function prepareJob(options: {
  readonly jobId: string;
  readonly request: CreateJobRequest;
  readonly directory: string;
  readonly store: ObjectStore;
  readonly functions: FunctionRegistry;
  readonly log: EngineLog;
  readonly signal: AbortSignal;
}): Promise<Preparation> {
  const { request, directory, store, log } = options;
  if (request.Manifest === undefined) throw new BatchError('Internal', 'The job has no manifest.');
  const pinned = await pinManifest({ manifest: request.Manifest, directory, store, signal: options.signal });
  if (pinned.kind === 'failed') {
    if (pinned.detail !== undefined) log.warn(`job ${options.jobId}: ${pinned.detail}`);
    return pinned;
  }
  const check = await checkManifest(manifestFile(directory), pinned.fields, options.signal);
  if (check.kind === 'failed') {
    const place = check.line === undefined ? '' : ` (line ${check.line} of the manifest)`;
    log.warn(`job ${options.jobId}: ${check.failure.FailureReason}${place}`);
    return { kind: 'failed', failure: check.failure };
  }
  const report = await checkReport(request, store);
  if (report !== undefined) return { kind: 'failed', failure: report };
  const unreadable = await checkFunction(request, options.functions);
  if (unreadable !== undefined) return { kind: 'failed', failure: unreadable };
  const { chunks, layout } = check;
  await writeFile(chunkFile(directory), new Uint8Array(chunks.buffer, chunks.byteOffset, chunks.byteLength));
  return { kind: 'ok', layout };
}

/** ExpectedBucketOwner is not judged: local buckets stand in for those of any account. */
async function checkReport(request: CreateJobRequest, store: ObjectStore): Promise<JobFailure | undefined> {
  if (!request.Report.Enabled) return undefined;
  const bucket = parseBucketArn(request.Report.Bucket ?? '')?.bucket ?? '';
  if (await store.hasBucket(bucket)) return undefined;
  return jobFailure('NoSuchBucket', `Invalid manifest was provided. Target bucket ${bucket} does not exist.`);
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
