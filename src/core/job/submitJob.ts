import { throwIfAborted } from '../../base/async.js';
import { BatchError, errorCode } from '../../base/errors.js';
import { lintManifest } from '../manifest/lintManifest.js';
import { findOperation } from '../operations/catalogue.js';
import type { Finding } from '../operations/validateShape.js';
import { objectArn, parseBucketArn, parseObjectArn } from './arn.js';
import { checkJobFile } from './checkJobFile.js';
import { bareETag, type JobFile, toCreateJobRequest } from './jobFile.js';
import type { CreateJobRequest, ManifestField } from './jobTypes.js';
import { checkChoice, chosenKey, chosenRows, partKey, type RowChoice, shuffledRows } from './manifestRows.js';
import type { TargetClient } from './target.js';
import { hasErrors } from './validateRequest.js';

/** What the manifest's rules say of a manifest, as far as a submit cares. */
export interface ManifestVerdict {
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface ManifestLintRequest {
  readonly bytes: Uint8Array;
  /** Columns that the job declares. */
  readonly fields: readonly ManifestField[];
  /** The operation allows rows of one bucket only. */
  readonly isOneBucketOnly: boolean;
}

export type SubmitStep = 'check' | 'lint' | 'fetch' | 'upload' | 'create';

export interface SubmitJobOptions {
  readonly client: TargetClient;
  readonly job: JobFile;
  /** Bytes of `ManifestFile`; the path as the job file has it, relative to the job file. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Checks the manifest, in a worker for instance; left out, it is checked here. */
  readonly lint?: (manifest: ManifestLintRequest) => ManifestVerdict | Promise<ManifestVerdict>;
  /** 1 to 64 characters. Keep it for another try of the same submit: the service then never creates a second job. */
  readonly clientRequestToken: string;
  /** Only these rows of the manifest. The part is uploaded beside the whole, under a name that says so. */
  readonly rows?: RowChoice;
  /** Runs the rows in an order drawn by this seed. */
  readonly shuffleSeed?: number;
  /** Asked when everything is checked and before anything is changed; a rejection stops the submit. Gets the manifest, when it is at hand. */
  readonly confirm?: (manifest: Uint8Array | undefined) => Promise<void>;
  /**
   * Fetches the objects of the rows that will run, before the job is there: with the manifest's bytes and declared columns. For the local
   * target; a rejection stops the submit.
   */
  readonly fetch?: (manifest: Uint8Array, fields: readonly ManifestField[] | undefined) => Promise<void>;
  readonly onProgress?: (step: SubmitStep) => void;
  readonly signal?: AbortSignal;
}

export interface SubmittedJob {
  readonly jobId: string;
  /** What was sent. */
  readonly request: CreateJobRequest;
  /** What the rules said of the manifest; undefined when there was no local manifest to look at. */
  readonly manifest?: ManifestVerdict;
}

/**
 * Submits a job: checks it, lints and uploads its local manifest (with SSE-S3), fills in ETag, account and token, creates it. Missing
 * buckets of the manifest and of the report are created when the target is Local.
 *
 * Rejects with `InvalidJob` (findings in `cause`), `ManifestHasErrors`, `ManifestUnreadable`, `StaleManifest`, `LimitNeedsCsv`, the
 * cancellation error, or what the target's calls reject with. Nothing was created when it rejects before the step `create`.
 */
export async function submitJob(options: SubmitJobOptions): Promise<SubmittedJob> {
  const { client, job, signal } = options;
  options.onProgress?.('check');
  // The ETag of a manifest that is already in S3 may be left out as well: it is looked up below, but for a version that isn't the current.
  const isLookedUp = job.Manifest?.Location?.ObjectVersionId === undefined;
  const findings = checkJobFile({ ...job }).filter((finding) => !(isLookedUp && isMissingETag(finding)));
  if (hasErrors(findings)) throw invalidJob(findings);
  if (options.rows !== undefined) checkChoice(options.rows);
  throwIfAborted(signal);

  const local = await localManifest(options);
  await options.confirm?.(local?.bytes);
  throwIfAborted(signal);
  const accountId = await client.accountId(signal);

  if (options.fetch !== undefined) {
    if (client.target.kind !== 'local') throw new BatchError('Internal', 'Objects are fetched for local jobs only.');
    if (local === undefined) {
      throw new BatchError('FetchNeedsCsv', 'Only the objects of a CSV manifest can be fetched.', {
        hint: 'Give the job a ManifestFile, or run it on a sample of its rows.',
      });
    }
    options.onProgress?.('fetch');
    await options.fetch(local.bytes, job.Manifest?.Spec.Fields);
    throwIfAborted(signal);
  }
  // After the fetch, which makes buckets like the real ones.
  if (client.target.kind === 'local') await createMissingBuckets(client, bucketsOf(job, local !== undefined), signal);
  const uploaded = local === undefined ? await lookUpManifest(options) : await upload(options, local);
  const request = toCreateJobRequest(job, {
    accountId,
    clientRequestToken: options.clientRequestToken,
    ...(uploaded === undefined ? {} : { uploaded }),
  });
  throwIfAborted(signal);
  options.onProgress?.('create');
  const { jobId } = await client.createJob(request, signal);
  return { jobId, request, ...(local?.verdict === undefined ? {} : { manifest: local.verdict }) };
}

interface LocalManifest {
  readonly bucket: string;
  readonly key: string;
  readonly partition: string;
  readonly bytes: Uint8Array;
  readonly verdict: ManifestVerdict;
}

/** The manifest that is to be uploaded: that of `ManifestFile`, or the part of one in S3 that is asked for. */
async function localManifest(options: SubmitJobOptions): Promise<LocalManifest | undefined> {
  const { job, rows, shuffleSeed, signal } = options;
  const manifest = job.Manifest;
  if (job.ManifestFile === undefined && rows === undefined && shuffleSeed === undefined) return undefined;
  if (manifest === undefined || manifest.Spec.Format !== 'S3BatchOperations_CSV_20180820') {
    throw new BatchError('LimitNeedsCsv', 'Only a job with a CSV manifest can be limited to some of its rows.', {
      hint: 'Submit the job without a limit, or give it a CSV manifest.',
    });
  }
  const place = parseObjectArn(manifest.Location.ObjectArn);
  if (place === undefined) throw new BatchError('InvalidJob', 'Manifest.Location.ObjectArn is not the ARN of an object.');
  const whole =
    job.ManifestFile === undefined
      ? await options.client.getObject(place.bucket, place.key, signal)
      : await readManifest(options, job.ManifestFile);
  const fields = manifest.Spec.Fields;
  const what = job.ManifestFile ?? manifest.Location.ObjectArn;
  const chosen = rows === undefined ? whole : chosenRows(whole, rows, { name: what, fields });
  const bytes = shuffleSeed === undefined ? chosen : shuffledRows(chosen, shuffleSeed, { name: what, fields });

  options.onProgress?.('lint');
  const [name] = Object.keys(job.Operation);
  const verdict = await (options.lint ?? lintHere)({
    bytes,
    fields: fields ?? [],
    isOneBucketOnly: findOperation(name ?? '')?.isOneBucketOnly ?? false,
  });
  if (verdict.errors > 0) {
    throw new BatchError(
      'ManifestHasErrors',
      `The manifest ${what} has ${verdict.errors === 1 ? '1 error' : `${verdict.errors} errors`} in ${verdict.rows === 1 ? '1 row' : `${verdict.rows} rows`}.`,
      { hint: 'Correct the manifest, then submit the job again.', cause: verdict },
    );
  }
  return {
    partition: place.partition,
    bucket: place.bucket,
    key: keyOf(place.key, rows, shuffleSeed),
    bytes,
    verdict,
  };
}

/** Of the manifest to upload: what is not the whole as it is has a name of its own. */
function keyOf(key: string, rows: RowChoice | undefined, shuffleSeed: number | undefined): string {
  const chosen = rows === undefined ? key : chosenKey(key, rows);
  return shuffleSeed === undefined ? chosen : partKey(chosen, `shuffled-${shuffleSeed}`);
}

function lintHere({ bytes, fields, isOneBucketOnly }: ManifestLintRequest): ManifestVerdict {
  return lintManifest(bytes, { ...(fields.length > 0 && { fields }), isOneBucketOnly, maxProblems: 0 });
}

async function readManifest(options: SubmitJobOptions, path: string): Promise<Uint8Array> {
  try {
    return await options.readFile(path);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new BatchError('ManifestUnreadable', `The manifest ${path} can't be read.`, {
      hint: 'ManifestFile is a path relative to the job file.',
      cause: error,
    });
  }
}

async function upload(options: SubmitJobOptions, manifest: LocalManifest): Promise<{ objectArn: string; etag: string }> {
  options.onProgress?.('upload');
  const stored = await options.client.putObject(manifest.bucket, manifest.key, manifest.bytes, options.signal);
  return { objectArn: objectArn(manifest.bucket, manifest.key, manifest.partition), etag: stored.etag };
}

/**
 * Of a manifest that is in S3 already: fills in the ETag when the job has none, and compares it when it has one, because a job with a
 * stale ETag is accepted and then fails in Preparing (S3 User Guide, troubleshooting-batch-operations).
 */
async function lookUpManifest(options: SubmitJobOptions): Promise<{ objectArn: string; etag: string } | undefined> {
  const location = options.job.Manifest?.Location;
  const place = location === undefined ? undefined : parseObjectArn(location.ObjectArn);
  if (location === undefined || place === undefined) return undefined;
  // The current object says nothing about another version of it.
  if (location.ETag !== undefined && location.ObjectVersionId !== undefined) return undefined;
  let etag: string;
  try {
    etag = bareETag((await options.client.headObject(place.bucket, place.key, options.signal)).etag);
  } catch (error) {
    // The job role may read what the submitter may not: then the service decides. Without an ETag there is nothing to send.
    if (location.ETag !== undefined && ['AccessDenied', 'Forbidden', '403'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
  if (location.ETag === undefined) return { objectArn: location.ObjectArn, etag };
  if (bareETag(location.ETag) !== etag) {
    throw new BatchError('StaleManifest', 'The manifest has changed since the job was written: its ETag is another one now.', {
      hint: `If the new manifest is the right one, write the ETag ${etag}.`,
    });
  }
  return undefined;
}

function bucketsOf(job: JobFile, isUploaded: boolean): string[] {
  const manifest = isUploaded ? parseObjectArn(job.Manifest?.Location.ObjectArn ?? '')?.bucket : undefined;
  const report = job.Report.Enabled ? parseBucketArn(job.Report.Bucket ?? '')?.bucket : undefined;
  return [...new Set([manifest, report].filter((bucket) => bucket !== undefined))];
}

async function createMissingBuckets(
  client: TargetClient,
  buckets: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (buckets.length === 0) return;
  const existing = new Set(await client.listBuckets(signal));
  for (const bucket of buckets) {
    if (existing.has(bucket)) continue;
    try {
      await client.createBucket(bucket, signal);
    } catch (error) {
      // Somebody else created it meanwhile.
      if (errorCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
    }
  }
}

function isMissingETag(finding: Finding): boolean {
  return finding.code === 'required' && finding.member === 'ETag' && finding.path.join('.') === 'Manifest.Location';
}

/** The error of a job that must not be submitted: the first finding in words, all of them in `cause`. */
function invalidJob(findings: readonly Finding[]): BatchError {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new BatchError('InvalidJob', `${errors[0]?.message ?? 'The job has errors.'}${more}`, {
    hint: 'Correct the job, then submit it again.',
    cause: findings,
  });
}
