import { rename, rm, writeFile } from 'node:fs/promises';
import { errorMessage } from '../../base/errors.js';
import { parseBucketArn, parseObjectArn } from '../../core/job/arn.js';
import type { CreateJobRequest, JobFailure } from '../../core/job/jobTypes.js';
import type { EngineLog, FunctionRegistry, ObjectStore } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { checkManifest } from './checkManifest.js';
import { chunkFile, manifestFile } from './jobFiles.js';
import type { ManifestLayout } from './runPlan.js';

export type Preparation =
  { readonly kind: 'ok'; readonly layout: ManifestLayout } | { readonly kind: 'failed'; readonly failure: JobFailure };

/** The text that the service gives when the report can't be written (S3 User Guide, troubleshooting); its code is emulated. */
export const reportNotWritten: JobFailure = {
  FailureCode: 'ReportNotWritten',
  FailureReason: 'The job report could not be written to your report bucket. Please check your permissions.',
};

/** In characters. Source: API Reference, JobFailure. */
const maxReasonLength = 256;

export function jobFailure(code: string, reason: string): JobFailure {
  return { FailureCode: code, FailureReason: reason.slice(0, maxReasonLength) };
}

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
  const pinned = await pinManifest(request, directory, store);
  if (pinned !== undefined) return { kind: 'failed', failure: pinned };
  const fields = request.Manifest?.Spec.Fields ?? [];
  const check = await checkManifest(manifestFile(directory), fields, options.signal);
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

async function pinManifest(request: CreateJobRequest, directory: string, store: ObjectStore): Promise<JobFailure | undefined> {
  const notFound = jobFailure('ManifestNotFound', 'Manifest object was not found');
  const location = request.Manifest?.Location;
  const arn = parseObjectArn(location?.ObjectArn ?? '');
  // The local store keeps no versions yet: the only one is the null version.
  if (location === undefined || arn === undefined || (location.ObjectVersionId ?? 'null') !== 'null') return notFound;
  const temporary = `${manifestFile(directory)}.tmp`;
  await rm(temporary, { force: true });
  let info;
  try {
    info = await store.exportTo(arn.bucket, arn.key, temporary);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return notFound;
    if (error instanceof ServiceError && error.status === 403) {
      return jobFailure('AccessDenied', 'Reading the manifest is forbidden: AccessDenied');
    }
    throw error;
  }
  // With or without quotes: both forms are in use.
  if (bareETag(info.etag) !== bareETag(location.ETag)) {
    return jobFailure('ManifestNotFound', 'Etag mismatch reading manifest');
  }
  if ((info.systemMetadata['x-amz-server-side-encryption'] ?? '').startsWith('aws:kms')) {
    return jobFailure('InvalidManifestContent', 'Unsupported encryption type SSE_KMS used for manifest');
  }
  await rename(temporary, manifestFile(directory));
  return undefined;
}

function bareETag(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
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
