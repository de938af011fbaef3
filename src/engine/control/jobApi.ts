import { randomUUID } from 'node:crypto';
import { jobArn } from '../../core/job/arn.js';
import type { CreateJobRequest, JobDescriptor, JobListItem, JobProgressSummary, Tag } from '../../core/job/jobTypes.js';
import { jobStatuses } from '../../core/job/jobTypes.js';
import { awaitingConfirmation, canChangePriority } from '../../core/job/lifecycle.js';
import {
  jobIdShape,
  maxJobTags,
  maxResultsShape,
  priorityShape,
  putJobTaggingRequestShape,
  statusUpdateReasonShape,
} from '../../core/job/requestShapes.js';
import { validateCreateJobRequest } from '../../core/job/validateRequest.js';
import { isPerformedLocally } from '../../core/operations/catalogue.js';
import { lambdaSchemaVersions } from '../../core/operations/lambdaInvoke.js';
import type { Shape } from '../../core/operations/shape.js';
import { validateShape } from '../../core/operations/validateShape.js';
import type { EngineContext } from '../contracts.js';
import { emulatedText } from '../emulatedText.js';
import { ServiceError } from '../serviceError.js';
import type { JobRecord } from './jobRecord.js';
import type { Jobs } from './jobs.js';
import { moveAsRequested } from './moveAsRequested.js';
import { badRequest } from './shapeXml.js';

const shownFindings = 3;

/** The eight calls of the job API, on values; the router does the wire. All reject with ServiceErrors under the service's own codes. */
export class JobApi {
  readonly #jobs: Jobs;
  readonly #context: EngineContext;
  /** One creation at a time, so that one token never makes two jobs. */
  #creating: Promise<unknown> = Promise.resolve();

  constructor(jobs: Jobs, context: EngineContext) {
    this.#jobs = jobs;
    this.#context = context;
  }

  createJob(body: Readonly<Record<string, unknown>>): Promise<string> {
    const created = this.#creating.then(() => this.#createJob(body));
    this.#creating = created.catch(() => undefined);
    return created;
  }

  async #createJob(body: Readonly<Record<string, unknown>>): Promise<string> {
    const errors = validateCreateJobRequest({ ...body, AccountId: this.#context.accountId }, { filledIn: [] }).filter(
      (finding) => finding.severity === 'error',
    );
    if (errors.length > 0) {
      const messages = errors.slice(0, shownFindings).map((finding) => finding.message);
      throw badRequest(messages.join(' '));
    }
    const { ClientRequestToken: token = '', AccountId: _account, ...request } = body as unknown as CreateJobRequest;
    refuseWhatIsNotPerformed(request);
    const nowMs = this.#context.clock.now();
    const earlier = this.#jobs
      .list()
      .find((record) => record.token === token && Date.parse(record.createdAt) + this.#context.settings.tokenLifeMs > nowMs);
    if (earlier !== undefined) {
      if (canonicalText(earlier.request) === canonicalText(request)) return earlier.id;
      throw new ServiceError(
        400,
        'IdempotencyException',
        `The ClientRequestToken was used for job ${earlier.id} already, with other parameters. Use a new one. ${emulatedText}`,
      );
    }
    const id = randomUUID();
    await this.#jobs.add({
      version: 1,
      id,
      sequence: this.#jobs.nextSequence(),
      createdAt: new Date(nowMs).toISOString(),
      request,
      token,
      status: 'New',
      priority: request.Priority,
      tags: request.Tags ?? [],
      failures: [],
      succeeded: 0,
      failed: 0,
      activeMs: 0,
      generation: 0,
    });
    return id;
  }

  listJobs(query: {
    readonly statuses: readonly string[];
    readonly maxResults: string | undefined;
    readonly nextToken: string | undefined;
  }): { jobs: JobListItem[]; nextToken: string | undefined } {
    const { statuses } = query;
    for (const status of statuses) {
      if (!jobStatuses.some((known) => known === status)) throw invalidRequest(`"${status}" is no status of a job.`);
    }
    const { jobsPerPage } = this.#context.settings;
    const maxResults = query.maxResults === undefined ? jobsPerPage : Number(query.maxResults);
    if (!/^\d+$/.test(query.maxResults ?? '0') || validateShape(maxResults, maxResultsShape).length > 0) {
      throw invalidRequest('The range for the MaxResults parameter is not valid.');
    }
    const before = query.nextToken === undefined ? Infinity : readToken(query.nextToken);
    const found = this.#jobs
      .list()
      .filter((record) => record.sequence < before && (statuses.length === 0 || statuses.includes(record.status)));
    const page = found.slice(0, maxResults === 0 ? jobsPerPage : maxResults);
    const last = page.at(-1);
    return {
      jobs: page.map((record) => this.#listItem(record)),
      nextToken: last === undefined || page.length === found.length ? undefined : writeToken(last.sequence),
    };
  }

  describeJob(jobId: string): JobDescriptor {
    const record = this.#get(jobId);
    const { request } = record;
    return defined({
      JobId: record.id,
      ConfirmationRequired: request.ConfirmationRequired ?? true,
      Description: request.Description,
      JobArn: jobArn(this.#context.region, this.#context.accountId, record.id),
      Status: record.status,
      Manifest: request.Manifest,
      Operation: request.Operation,
      Priority: record.priority,
      ProgressSummary: this.#progress(record),
      StatusUpdateReason: record.statusReason,
      FailureReasons: record.failures,
      Report: request.Report,
      CreationTime: record.createdAt,
      TerminationDate: record.terminatedAt,
      RoleArn: request.RoleArn,
      SuspendedDate: record.suspendedAt,
      SuspendedCause: record.suspendedAt === undefined ? undefined : awaitingConfirmation,
      ManifestGenerator: request.ManifestGenerator,
      GeneratedManifestDescriptor: record.generated,
    });
  }

  async updateJobPriority(jobId: string, priorityText: string | undefined): Promise<{ jobId: string; priority: number }> {
    const record = this.#get(jobId);
    const priority = /^\d{1,10}$/.test(priorityText ?? '') ? Number(priorityText) : undefined;
    if (priority === undefined) throw badRequest('priority must be a whole number from 0 to 2147483647.');
    check('priority', priority, priorityShape);
    const updated = await this.#jobs.update(record.id, ({ status }) => {
      if (!canChangePriority(status)) {
        throw badRequest(`Job ${record.id} is in status ${status}; its priority can't be changed any more. ${emulatedText}`);
      }
      return { priority };
    });
    if (updated === undefined) throw noSuchJob();
    return { jobId: updated.id, priority };
  }

  async updateJobStatus(
    jobId: string,
    requested: string | undefined,
    reason: string | undefined,
  ): Promise<{ jobId: string; status: string; reason: string | undefined }> {
    this.#get(jobId);
    if (requested !== 'Ready' && requested !== 'Cancelled') {
      throw badRequest('requestedJobStatus must be Ready or Cancelled.');
    }
    if (reason !== undefined) check('statusUpdateReason', reason, statusUpdateReasonShape);
    const moved = await moveAsRequested(this.#jobs, jobId, requested, reason);
    if (moved === undefined) throw noSuchJob();
    if (!moved.isDone) {
      throw new ServiceError(
        400,
        'JobStatusException',
        `Job ${jobId} is in status ${moved.status}; requested transition to ${requested} is not allowed ${emulatedText}`,
      );
    }
    return { jobId, status: moved.status, reason };
  }

  getTags(jobId: string): readonly Tag[] {
    return this.#get(jobId).tags;
  }

  async putTags(jobId: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    this.#get(jobId);
    const tags = body['Tags'] === undefined ? [] : (body['Tags'] as Tag[]);
    checkTags(tags);
    await this.#jobs.update(jobId, () => ({ tags }));
  }

  async deleteTags(jobId: string): Promise<void> {
    this.#get(jobId);
    await this.#jobs.update(jobId, () => ({ tags: [] }));
  }

  #get(jobId: string): JobRecord {
    // Before any look-up: what is no id must not come near a path.
    check('JobId', jobId, jobIdShape);
    const record = this.#jobs.get(jobId);
    if (record === undefined) throw noSuchJob();
    return record;
  }

  #listItem(record: JobRecord): JobListItem {
    return defined({
      JobId: record.id,
      Description: record.request.Description,
      Operation: Object.keys(record.request.Operation)[0],
      Priority: record.priority,
      Status: record.status,
      CreationTime: record.createdAt,
      TerminationDate: record.terminatedAt,
      ProgressSummary: this.#progress(record),
    });
  }

  /** Unknown until the manifest was read; zeros for a job that failed before. */
  #progress(record: JobRecord): JobProgressSummary | undefined {
    if (record.layout === undefined && record.terminatedAt === undefined) return undefined;
    const { succeeded, failed } = this.#jobs.counts(record.id);
    return {
      TotalNumberOfTasks: record.layout?.rows ?? 0,
      NumberOfTasksSucceeded: succeeded,
      NumberOfTasksFailed: failed,
      Timers: { ElapsedTimeInActiveSeconds: Math.floor(this.#jobs.activeMs(record.id) / 1000) },
    };
  }
}

function noSuchJob(): ServiceError {
  return new ServiceError(404, 'NoSuchJobException', 'The specified job does not exist');
}

function invalidRequest(message: string): ServiceError {
  return new ServiceError(400, 'InvalidRequestException', message);
}

function check(name: string, value: unknown, shape: Shape): void {
  const [finding] = validateShape({ [name]: value }, { type: 'structure', members: { [name]: shape } });
  if (finding !== undefined) throw badRequest(finding.message);
}

/** What the product knows but this engine does not do yet is refused at once, not half performed. */
function refuseWhatIsNotPerformed(request: CreateJobRequest): void {
  const [operation = ''] = Object.keys(request.Operation);
  if (!isPerformedLocally(operation)) throw badRequest(`The local engine does not perform the operation ${operation} yet.`);
  const version = request.Operation.LambdaInvoke?.InvocationSchemaVersion;
  if (version === undefined || lambdaSchemaVersions.some((known) => known === version)) return;
  throw badRequest(`The local engine knows no InvocationSchemaVersion ${JSON.stringify(version)}: write "1.0" or "2.0".`);
}

/** Codes and texts as S3 Control gives them for tags of its other resources. */
function checkTags(tags: readonly Tag[]): void {
  if (tags.length > maxJobTags) {
    throw new ServiceError(400, 'TooManyTagsException', `A job can have at most ${maxJobTags} tags.`);
  }
  const keys = tags.map((tag) => tag.Key);
  if (new Set(keys).size < keys.length) {
    throw invalidTag('There are duplicate tag keys in your request. Remove the duplicate tag keys and try again.');
  }
  if (keys.some((key) => typeof key === 'string' && /^aws:/i.test(key))) {
    throw invalidTag(
      `User-defined tag keys can't start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.`,
    );
  }
  if (validateShape({ Tags: tags }, putJobTaggingRequestShape).length > 0) {
    throw invalidTag(
      `This request contains a tag key or value that isn't valid. Valid characters include the following: [a-zA-Z+-=._:/]. Tag keys can contain up to 128 characters. Tag values can contain up to 256 characters.`,
    );
  }
}

function invalidTag(message: string): ServiceError {
  return new ServiceError(400, 'InvalidTag', message);
}

/** Equal for equal requests, whatever the order of their members. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}

function writeToken(sequence: number): string {
  return Buffer.from(`jobs:${sequence}`).toString('base64url');
}

function readToken(token: string): number {
  const sequence = /^jobs:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (sequence === undefined || writeToken(Number(sequence)) !== token) {
    throw new ServiceError(400, 'InvalidNextTokenException', 'The next token is not valid.');
  }
  return Number(sequence);
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Drops members without value, for types that do not have undefined ones. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}
