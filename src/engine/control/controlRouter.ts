import { createJobRequestShape, putJobTaggingRequestShape } from '../../core/job/requestShapes.js';
import { jobDescriptorShape, jobListItemShape } from '../../core/job/responseShapes.js';
import type { StructureShape } from '../../core/operations/shape.js';
import type { EngineContext, EngineRequest, EngineResponse, Router } from '../contracts.js';
import { startRunProcess } from '../run/runProcess.js';
import { siblingScript } from '../siblingScript.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml } from '../xml/parseXml.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { JobApi } from './jobApi.js';
import { JobDriver } from './jobDriver.js';
import { Jobs } from './jobs.js';
import type { JobServices, StartRun } from './jobServices.js';
import { JobStore } from './jobStore.js';
import { badRequest, readShape, writeShape } from './shapeXml.js';

/** Without `startRun`: a run host process of this build. */
export type ControlServices = Omit<JobServices, 'startRun'> & Partial<Pick<JobServices, 'startRun'>>;

export interface ControlRouter {
  readonly router: Router;
  /** Goes on with the jobs that earlier starts left. To be called when the engine can be reached: handlers call it. */
  start(): void;
  /** Stops running jobs where they are; they go on at the next start. */
  close(): Promise<void>;
}

const root = '/v20180820/';
const jobsPath = `${root}jobs`;
const namespace = { xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/' };
const maxBodyBytes = 1024 * 1024;

/** The job API of S3 Control. Source of paths and forms: the service model, API version 2018-08-20. */
export async function createControlRouter(context: EngineContext, services: ControlServices): Promise<ControlRouter> {
  const jobs = new Jobs(new JobStore(context.dataDirectory, context.log), context.clock, context.log);
  await jobs.load();
  const script = siblingScript('runHost', 'run/runHost');
  const startRun: StartRun = services.startRun ?? ((options) => startRunProcess({ script, ...options }));
  const driver = new JobDriver(jobs, context, { ...services, startRun });
  jobs.onChange = (record) => driver.noticed(record);
  const api = new JobApi(jobs, context);
  return {
    router: async (request) => {
      if (!request.rawPath.startsWith(root) || request.hostBucket !== undefined) return undefined;
      checkAccount(request, context.accountId);
      return answer(api, request);
    },
    start: () => driver.start(),
    close: async () => {
      jobs.stopExpiry();
      await driver.close();
      await jobs.settled();
    },
  };
}

function checkAccount(request: EngineRequest, accountId: string): void {
  const account = request.headers['x-amz-account-id'];
  if (account === undefined) {
    throw new ServiceError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-account-id');
  }
  if (account !== accountId) {
    throw new ServiceError(403, 'AccessDenied', `Access Denied: the account of this engine is ${accountId}.`);
  }
}

async function answer(api: JobApi, request: EngineRequest): Promise<EngineResponse> {
  const { method, rawPath, query } = request;
  if (rawPath === jobsPath) {
    if (method === 'POST')
      return created(await api.createJob(await readBody(request, 'CreateJobRequest', createJobRequestShape)));
    if (method === 'GET') return listed(api, query);
    throw notAllowed();
  }
  if (!rawPath.startsWith(`${jobsPath}/`)) {
    throw new ServiceError(501, 'NotImplemented', 'Of S3 Control the local engine has the calls of jobs only.');
  }
  const [rawId = '', call = '', ...rest] = rawPath.slice(jobsPath.length + 1).split('/');
  if (rest.length > 0) throw badRequest('The path is none of the job API.');
  const jobId = decodeSegment(rawId);
  switch (`${method} ${call}`) {
    case 'GET ':
      return result('DescribeJobResult', [writeShape('Job', api.describeJob(jobId), jobDescriptorShape)]);
    case 'POST priority': {
      const updated = await api.updateJobPriority(jobId, query.get('priority') ?? undefined);
      return result('UpdateJobPriorityResult', [xmlElement('JobId', updated.jobId), xmlElement('Priority', updated.priority)]);
    }
    case 'POST status': {
      const reason = query.get('statusUpdateReason') ?? undefined;
      const updated = await api.updateJobStatus(jobId, query.get('requestedJobStatus') ?? undefined, reason);
      return result('UpdateJobStatusResult', [
        xmlElement('JobId', updated.jobId),
        xmlElement('Status', updated.status),
        ...(updated.reason === undefined ? [] : [xmlElement('StatusUpdateReason', updated.reason)]),
      ]);
    }
    case 'GET tagging':
      return result('GetJobTaggingResult', [
        writeShape('Tags', api.getTags(jobId), putJobTaggingRequestShape.members['Tags'] ?? { type: 'structure', members: {} }),
      ]);
    case 'PUT tagging':
      await api.putTags(jobId, await readBody(request, 'PutJobTaggingRequest', putJobTaggingRequestShape));
      return result('PutJobTaggingResult', []);
    case 'DELETE tagging':
      await api.deleteTags(jobId);
      return { status: 204 };
    default:
      throw notAllowed();
  }
}

function created(jobId: string): EngineResponse {
  return result('CreateJobResult', [xmlElement('JobId', jobId)]);
}

function listed(api: JobApi, query: URLSearchParams): EngineResponse {
  const { jobs, nextToken } = api.listJobs({
    statuses: query.getAll('jobStatuses'),
    maxResults: query.get('maxResults') ?? undefined,
    nextToken: query.get('nextToken') ?? undefined,
  });
  return result('ListJobsResult', [
    ...(nextToken === undefined ? [] : [xmlElement('NextToken', nextToken)]),
    xmlElement(
      'Jobs',
      jobs.map((job) => writeShape('member', job, jobListItemShape)),
    ),
  ]);
}

async function readBody(request: EngineRequest, name: string, shape: StructureShape): Promise<Record<string, unknown>> {
  const element = parseXml(await request.text(maxBodyBytes));
  if (element.name !== name) throw malformedXml();
  return readShape(element, shape) as Record<string, unknown>;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('JobId is not URL-encoded UTF-8.');
  }
}

function result(name: string, content: readonly string[]): EngineResponse {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument(xmlElement(name, content, namespace)) };
}

function notAllowed(): ServiceError {
  return new ServiceError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}
