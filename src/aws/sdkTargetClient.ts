import { type IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { type KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  type FunctionConfiguration,
  type LambdaClient,
  ListAliasesCommand as ListFunctionAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
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
import type { ListedPage, ListingRequest } from '../core/manifest/making/bucketListing.js';
import type { CreateJobRequest, JobDescriptor, JobListItem, JobStatus, RequestedJobStatus, Tag } from '../core/job/jobTypes.js';
import type {
  BucketVersioning,
  FunctionQualifier,
  FunctionSummary,
  KeySummary,
  ObjectStream,
  RoleSummary,
  StoredObject,
  Target,
  TargetClient,
} from '../core/job/target.js';
import { datesToText, textToDates } from './sdkDates.js';
import { toBatchError } from './sdkError.js';
import { sendOptions } from './sendOptions.js';
import { SdkBucketLister } from './bucketLister.js';

export interface SdkClients {
  readonly control: S3ControlClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
  /** Local has neither roles nor keys. */
  readonly iam?: IAMClient;
  readonly kms?: KMSClient;
}

/** Codes with which AWS refuses credentials that were good before; the SDK does not fetch new ones by itself. */
const refusedCredentials: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'RequestExpired',
  'UnrecognizedClientException',
]);

/** Those of them that say of a session that its time is over. Not `RequestExpired`, which a wrong clock brings about as well. */
const endedSession: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

/**
 * The one TargetClient, over SDK clients that differ only in their configuration. Every rejection is a BatchError. A command is
 * built anew for each call: the SDK refuses to send one twice.
 */
export class SdkTargetClient implements TargetClient {
  readonly target: Target;
  readonly #clients: SdkClients;
  readonly #onForget: () => void;
  #accountId: Promise<string> | undefined;
  /** Counts the times that credentials were forgotten. */
  #session = 0;

  /** `onForget` drops the credentials that the clients share. */
  constructor(target: Target, clients: SdkClients, onForget: () => void = () => undefined) {
    this.target = target;
    this.#clients = clients;
    this.#onForget = onForget;
  }

  forgetCredentials(): void {
    this.#session += 1;
    this.#accountId = undefined;
    this.#onForget();
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

  listPages(request: ListingRequest, signal?: AbortSignal): AsyncIterable<ListedPage> {
    return new SdkBucketLister(this.#clients.s3, this.target.label, this.target.profile).pages(request, signal);
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

  openObject(
    bucket: string,
    key: string,
    options: { versionId?: string; range?: { first: number; last?: number } } = {},
    signal?: AbortSignal,
  ): Promise<ObjectStream> {
    const { versionId, range } = options;
    return this.#call(`read s3://${bucket}/${key}`, async () => {
      const answer = await this.#clients.s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          VersionId: versionId,
          Range: range === undefined ? undefined : `bytes=${range.first}-${range.last ?? ''}`,
        }),
        sendOptions(signal),
      );
      const body = required(answer.Body, 'object') as unknown as AsyncIterable<Uint8Array>;
      return {
        sizeBytes: answer.ContentLength ?? 0,
        etag: unquoted(answer.ETag),
        chunks: this.#chunks(`read s3://${bucket}/${key}`, body),
      };
    });
  }

  bucketRegion(bucket: string, signal?: AbortSignal): Promise<string> {
    return this.#call(`find the bucket ${bucket}`, async () => {
      try {
        const answer = await this.#clients.s3.send(new HeadBucketCommand({ Bucket: bucket }), sendOptions(signal));
        return hasText(answer.BucketRegion) ? answer.BucketRegion : this.target.region;
      } catch (error) {
        // Refused or redirected, the answer still says where the bucket is.
        const region = regionOfAnswer(error);
        if (region !== undefined) return region;
        throw error;
      }
    });
  }

  bucketVersioning(bucket: string, signal?: AbortSignal): Promise<BucketVersioning> {
    return this.#call(`read the versioning of ${bucket}`, async () => {
      const answer = await this.#clients.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), sendOptions(signal));
      return answer.Status ?? 'Off';
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

  listFunctionQualifiers(functionName: string, signal?: AbortSignal): Promise<readonly FunctionQualifier[]> {
    // The engine runs what is in the workspace: one version of each.
    if (this.target.kind === 'local') return Promise.resolve([]);
    const { lambda } = this.#clients;
    return this.#call(`list the versions of ${functionName}`, async () => {
      const [aliases, versions] = await Promise.all([
        readPages(async (token) => {
          const input = { FunctionName: functionName, Marker: token };
          const answer = await lambda.send(new ListFunctionAliasesCommand(input), sendOptions(signal));
          return { items: answer.Aliases ?? [], next: answer.NextMarker };
        }),
        readPages(async (token) => {
          const input = { FunctionName: functionName, Marker: token };
          const answer = await lambda.send(new ListVersionsByFunctionCommand(input), sendOptions(signal));
          return { items: answer.Versions ?? [], next: answer.NextMarker };
        }),
      ]);
      const published = versions.filter((item) => item.Version !== '$LATEST');
      return [
        ...aliases.map((item) => qualifier('alias', item.Name, item.AliasArn, item.Description, item.FunctionVersion)),
        ...published
          .toSorted((a, b) => Number(b.Version) - Number(a.Version))
          .map((item) => qualifier('version', item.Version, item.FunctionArn, item.Description)),
      ].flatMap((item) => (item === undefined ? [] : [item]));
    });
  }

  listRoles(signal?: AbortSignal): Promise<readonly RoleSummary[]> {
    const { iam } = this.#clients;
    if (iam === undefined) return Promise.resolve([]);
    return this.#call('list the roles', async () => {
      const roles = await readPages(async (token) => {
        const answer = await iam.send(new ListRolesCommand({ Marker: token }), sendOptions(signal));
        return { items: (answer.Roles ?? []).flatMap(toRoleSummary), next: answer.Marker };
      });
      return roles.toSorted((a, b) => Number(b.trustsBatchOperations) - Number(a.trustsBatchOperations));
    });
  }

  listKeys(signal?: AbortSignal): Promise<readonly KeySummary[]> {
    const { kms } = this.#clients;
    if (kms === undefined) return Promise.resolve([]);
    return this.#call('list the keys', async () => {
      const [keys, aliases] = await Promise.all([
        readPages(async (token) => {
          const answer = await kms.send(new ListKeysCommand({ Marker: token }), sendOptions(signal));
          return { items: answer.Keys ?? [], next: answer.NextMarker };
        }),
        readPages(async (token) => {
          const answer = await kms.send(new ListAliasesCommand({ Marker: token }), sendOptions(signal));
          return { items: answer.Aliases ?? [], next: answer.NextMarker };
        }),
      ]);
      return keys.flatMap(({ KeyId: keyId, KeyArn: arn }) => {
        if (!hasText(keyId) || !hasText(arn)) return [];
        const names = aliases.filter((alias) => alias.TargetKeyId === keyId).map((alias) => alias.AliasName);
        return [{ keyId, arn, aliases: names.filter(hasText) }];
      });
    });
  }

  /** Ends the kept connections too: a client's destroy destroys the agent that it was given. */
  dispose(): void {
    for (const client of Object.values(this.#clients) as { destroy(): void }[]) client.destroy();
  }

  async #call<T>(action: string, send: () => Promise<T>, isAgain = false): Promise<T> {
    const session = this.#session;
    try {
      return await send();
    } catch (error) {
      const failure = this.#failure(action, error, session);
      // What was refused was not done, and a new session can often be had without anybody.
      if (!endedSession.has(failure.code) || isAgain) throw failure;
      return await this.#call(action, send, true);
    }
  }

  async *#chunks(action: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const session = this.#session;
    try {
      yield* body;
    } catch (error) {
      throw this.#failure(action, error, session);
    }
  }

  /** `session` is that with which the call began: what a later one has is not forgotten because of it. */
  #failure(action: string, error: unknown, session: number): BatchError {
    const failure = toBatchError(error, { action, targetLabel: this.target.label, profile: this.target.profile });
    if (refusedCredentials.has(failure.code) && session === this.#session) this.forgetCredentials();
    return failure;
  }
}

function qualifier(
  kind: FunctionQualifier['kind'],
  name: string | undefined,
  arn: string | undefined,
  description: string | undefined,
  version?: string,
): FunctionQualifier | undefined {
  if (!hasText(name) || !hasText(arn)) return undefined;
  return {
    name,
    kind,
    arn,
    ...(hasText(description) ? { description } : {}),
    ...(hasText(version) ? { version } : {}),
  };
}

function toRoleSummary({
  RoleName: name,
  Arn: arn,
  Description: description,
  AssumeRolePolicyDocument: trust,
}: Role): RoleSummary[] {
  if (!hasText(name) || !hasText(arn)) return [];
  return [
    {
      name,
      arn,
      ...(hasText(description) ? { description } : {}),
      // The document comes percent-encoded (IAM API Reference, Role); the principal has no character that would be.
      trustsBatchOperations: (trust ?? '').includes('batchoperations.s3.amazonaws.com'),
    },
  ];
}

/** S3 names a bucket's Region in a header of every answer, also when it refuses the request (S3 API Reference, HeadBucket). */
function regionOfAnswer(error: unknown): string | undefined {
  const { $response: response } = error as { readonly $response?: { readonly headers?: Record<string, string | undefined> } };
  const region = response?.headers?.['x-amz-bucket-region'];
  return hasText(region) ? region : undefined;
}

function toFunctionSummary(item: FunctionConfiguration): FunctionSummary[] {
  if (!hasText(item.FunctionName) || !hasText(item.FunctionArn)) return [];
  return [
    {
      name: item.FunctionName,
      arn: item.FunctionArn,
      ...(item.Runtime === undefined ? {} : { runtime: item.Runtime }),
      ...(hasText(item.Description) ? { description: item.Description } : {}),
      ...(hasText(item.StateReason) ? { stateReason: item.StateReason } : {}),
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
