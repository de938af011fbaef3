import { type FunctionConfiguration, type LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobCommand,
  GetJobTaggingCommand,
  ListJobsCommand,
  PutJobTaggingCommand,
  type S3ControlClient,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { BatchError } from '../base/errors.js';
import type { CreateJobRequest, JobDescriptor, JobListItem, JobStatus, RequestedJobStatus, Tag } from '../core/job/jobTypes.js';
import type { FunctionSummary, StoredObject, Target, TargetClient } from '../core/job/target.js';
import { datesToText, textToDates } from './sdkDates.js';
import { toBatchError } from './sdkError.js';

export interface SdkClients {
  readonly control: S3ControlClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
}

/**
 * The one TargetClient, over four SDK clients that differ only in their configuration. Every rejection is a BatchError. A command is
 * built anew for each call: the SDK refuses to send one twice.
 */
export class SdkTargetClient implements TargetClient {
  readonly target: Target;
  readonly #clients: SdkClients;
  #accountId: Promise<string> | undefined;

  constructor(target: Target, clients: SdkClients) {
    this.target = target;
    this.#clients = clients;
  }

  accountId(signal?: AbortSignal): Promise<string> {
    // Asked once: an account doesn't change under a set of credentials. A failure is forgotten, so that the next call asks again.
    this.#accountId ??= this.#call('find out the account', async () => {
      const answer = await this.#clients.sts.send(new GetCallerIdentityCommand({}), sendOptions(signal));
      return required(answer.Account, 'account id');
    }).catch((error: unknown) => {
      this.#accountId = undefined;
      throw error;
    });
    return this.#accountId;
  }

  createJob(request: CreateJobRequest, signal?: AbortSignal): Promise<{ jobId: string }> {
    return this.#call('create the job', async () => {
      const input = textToDates(request) as CreateJobCommandInput;
      input.AccountId ??= await this.accountId(signal);
      const answer = await this.#clients.control.send(new CreateJobCommand(input), sendOptions(signal));
      // An empty 200 parses as an empty answer, and a call with an empty job id would list jobs instead.
      return { jobId: required(answer.JobId, 'job id') };
    });
  }

  listJobs(
    options: { statuses?: readonly JobStatus[]; maxResults?: number; nextToken?: string } = {},
    signal?: AbortSignal,
  ): Promise<{ jobs: readonly JobListItem[]; nextToken?: string }> {
    return this.#call('list the jobs', async () => {
      const answer = await this.#clients.control.send(
        new ListJobsCommand({
          AccountId: await this.accountId(signal),
          JobStatuses: options.statuses === undefined ? undefined : [...options.statuses],
          MaxResults: options.maxResults,
          NextToken: options.nextToken,
        }),
        sendOptions(signal),
      );
      const jobs = (datesToText(answer.Jobs ?? []) as JobListItem[]).filter((job) => hasText(job.JobId));
      return { jobs, ...nextPage(answer.NextToken, options.nextToken) };
    });
  }

  describeJob(jobId: string, signal?: AbortSignal): Promise<JobDescriptor> {
    return this.#call('read the job', async () => {
      const answer = await this.#clients.control.send(
        new DescribeJobCommand({ AccountId: await this.accountId(signal), JobId: given(jobId) }),
        sendOptions(signal),
      );
      return datesToText(required(answer.Job, 'job')) as JobDescriptor;
    });
  }

  updateJobPriority(jobId: string, priority: number, signal?: AbortSignal): Promise<void> {
    return this.#call('change the priority', async () => {
      await this.#clients.control.send(
        new UpdateJobPriorityCommand({ AccountId: await this.accountId(signal), JobId: given(jobId), Priority: priority }),
        sendOptions(signal),
      );
    });
  }

  updateJobStatus(
    jobId: string,
    status: RequestedJobStatus,
    reason: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ status: string }> {
    return this.#call(status === 'Ready' ? 'run the job' : 'cancel the job', async () => {
      const answer = await this.#clients.control.send(
        new UpdateJobStatusCommand({
          AccountId: await this.accountId(signal),
          JobId: given(jobId),
          RequestedJobStatus: status,
          StatusUpdateReason: reason,
        }),
        sendOptions(signal),
      );
      return { status: answer.Status ?? status };
    });
  }

  getJobTags(jobId: string, signal?: AbortSignal): Promise<readonly Tag[]> {
    return this.#call("read the job's tags", async () => {
      const answer = await this.#clients.control.send(
        new GetJobTaggingCommand({ AccountId: await this.accountId(signal), JobId: given(jobId) }),
        sendOptions(signal),
      );
      return (answer.Tags ?? []).map((tag) => ({ Key: tag.Key ?? '', Value: tag.Value ?? '' }));
    });
  }

  putJobTags(jobId: string, tags: readonly Tag[], signal?: AbortSignal): Promise<void> {
    return this.#call("write the job's tags", async () => {
      await this.#clients.control.send(
        new PutJobTaggingCommand({ AccountId: await this.accountId(signal), JobId: given(jobId), Tags: [...tags] }),
        sendOptions(signal),
      );
    });
  }

  listBuckets(signal?: AbortSignal): Promise<readonly string[]> {
    return this.#call('list the buckets', () =>
      readPages(async (token) => {
        const answer = await this.#clients.s3.send(new ListBucketsCommand({ ContinuationToken: token }), sendOptions(signal));
        return { items: (answer.Buckets ?? []).map((bucket) => bucket.Name).filter(hasText), next: answer.ContinuationToken };
      }),
    );
  }

  createBucket(bucket: string, signal?: AbortSignal): Promise<void> {
    return this.#call(`create the bucket ${bucket}`, async () => {
      await this.#clients.s3.send(new CreateBucketCommand({ Bucket: bucket }), sendOptions(signal));
    });
  }

  listObjects(
    bucket: string,
    options: { prefix?: string; delimiter?: string; maxKeys?: number; continuationToken?: string } = {},
    signal?: AbortSignal,
  ): Promise<{ objects: readonly StoredObject[]; prefixes: readonly string[]; nextToken?: string }> {
    return this.#call(`list the objects of ${bucket}`, async () => {
      const answer = await this.#clients.s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: options.prefix,
          Delimiter: options.delimiter,
          MaxKeys: options.maxKeys,
          ContinuationToken: options.continuationToken,
        }),
        sendOptions(signal),
      );
      const objects = (answer.Contents ?? []).flatMap((item) =>
        item.Key === undefined ? [] : [{ bucket, key: item.Key, sizeBytes: item.Size ?? 0, etag: unquoted(item.ETag) }],
      );
      const prefixes = (answer.CommonPrefixes ?? []).map((item) => item.Prefix).filter(hasText);
      return { objects, prefixes, ...nextPage(answer.NextContinuationToken, options.continuationToken) };
    });
  }

  headObject(bucket: string, key: string, signal?: AbortSignal): Promise<StoredObject> {
    return this.#call(`read s3://${bucket}/${key}`, async () => {
      const answer = await this.#clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), sendOptions(signal));
      return { bucket, key, sizeBytes: answer.ContentLength ?? 0, etag: unquoted(answer.ETag) };
    });
  }

  getObject(bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#call(`read s3://${bucket}/${key}`, async () => {
      const answer = await this.#clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), sendOptions(signal));
      return required(answer.Body, 'object').transformToByteArray();
    });
  }

  putObject(bucket: string, key: string, body: Uint8Array, signal?: AbortSignal): Promise<StoredObject> {
    return this.#call(`write s3://${bucket}/${key}`, async () => {
      const answer = await this.#clients.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ServerSideEncryption: 'AES256' }),
        sendOptions(signal),
      );
      return { bucket, key, sizeBytes: body.byteLength, etag: required(unquoted(answer.ETag), 'ETag') };
    });
  }

  listFunctions(signal?: AbortSignal): Promise<readonly FunctionSummary[]> {
    return this.#call('list the functions', () =>
      readPages(async (token) => {
        const answer = await this.#clients.lambda.send(new ListFunctionsCommand({ Marker: token }), sendOptions(signal));
        return { items: (answer.Functions ?? []).flatMap(toFunctionSummary), next: answer.NextMarker };
      }),
    );
  }

  /** Ends the kept connections too: a client's destroy destroys the agent that it was given. */
  dispose(): void {
    for (const client of Object.values(this.#clients) as { destroy(): void }[]) client.destroy();
  }

  async #call<T>(action: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw toBatchError(error, { action, targetLabel: this.target.label });
    }
  }
}

function toFunctionSummary(item: FunctionConfiguration): FunctionSummary[] {
  if (!hasText(item.FunctionName) || !hasText(item.FunctionArn)) return [];
  return [
    {
      name: item.FunctionName,
      arn: item.FunctionArn,
      ...(item.Runtime === undefined ? {} : { runtime: item.Runtime }),
      ...(hasText(item.Description) ? { description: item.Description } : {}),
    },
  ];
}

/** All items of a paged list. Stops at a token seen before: the SDK's own paginators would go round for ever. */
async function readPages<T>(
  readPage: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    const page = await readPage(token);
    all.push(...page.items);
    if (!hasText(page.next) || seen.has(page.next)) return all;
    seen.add(page.next);
    token = page.next;
  }
}

/** A token that comes back unchanged would page for ever, so it counts as none. */
function nextPage(answered: string | undefined, sent: string | undefined): { nextToken?: string } {
  return hasText(answered) && answered !== sent ? { nextToken: answered } : {};
}

function sendOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function hasText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** The SDK sends an empty job id as the path of another call. */
function given(jobId: string): string {
  if (jobId === '') throw new BatchError('InvalidArgument', 'The job id is empty.');
  return jobId;
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined || value === '') throw new BatchError('InvalidResponse', `The service answered without ${what}.`);
  return value;
}

/** S3 puts an ETag in quotes; manifests name it without. */
function unquoted(etag: string | undefined): string {
  return (etag ?? '').replace(/^"(.*)"$/, '$1');
}
