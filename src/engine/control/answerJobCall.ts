import { createJobRequestShape, putJobTaggingRequestShape } from '../../core/job/requestShapes.js';
import { jobDescriptorShape, jobListItemShape } from '../../core/job/responseShapes.js';
import type { StructureShape } from '../../core/operations/shape.js';
import type { EngineRequest, EngineResponse } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml } from '../xml/parseXml.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import type { JobApi } from './jobApi.js';
import { badRequest, readShape, writeShape } from './shapeXml.js';

/** The calls themselves, on values. */
export type JobCalls = Pick<JobApi, keyof JobApi>;

/** What of a request the calls on jobs look at. */
export type CallRequest = Pick<EngineRequest, 'method' | 'rawPath' | 'query' | 'text'>;

export const controlRoot = '/v20180820/';
const jobsPath = `${controlRoot}jobs`;
const namespace = { xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/' };
const maxBodyBytes = 1024 * 1024;

/**
 * Answers one of the eight calls on jobs: reads its wire form, makes the call, and writes what came of it. Throws ServiceErrors. Source of
 * paths and forms: the service model, API version 2018-08-20.
 */
export async function answerJobCall(api: JobCalls, request: CallRequest): Promise<EngineResponse> {
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
      return result('DeleteJobTaggingResult', []);
    default:
      throw notAllowed();
  }
}

function created(jobId: string): EngineResponse {
  return result('CreateJobResult', [xmlElement('JobId', jobId)]);
}

function listed(api: JobCalls, query: URLSearchParams): EngineResponse {
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

async function readBody(request: CallRequest, name: string, shape: StructureShape): Promise<Record<string, unknown>> {
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
