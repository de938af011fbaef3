import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JobListItem } from '../../src/core/job/jobTypes.js';

const accountId = '123456789012';
/** Jobs in a page when the request names no number. */
const usualPage = 1000;

/**
 * STS and the job lists of S3 Control, as far as signing in and looking at jobs need them. Roles are assumed with a code only. No
 * public stand-in checks codes or lets a session end.
 */
export class AwsStandIn {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** The code that the device shows now. */
  code = '123456';
  jobs: JobListItem[] = [];
  /** What was called, such as `AssumeRole 123456`, `ListJobs`, `UpdateJobStatus j1 Cancelled`. */
  readonly calls: string[] = [];
  /** No session is good enough. */
  refusesAll = false;
  #sessions = 0;
  /** Sessions up to this one have ended. */
  #endedSessions = 0;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All sessions that were given out until now are refused from now on. */
  endSessions(): void {
    this.#endedSessions = this.#sessions;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && url.pathname === '/') this.#sts(new URLSearchParams(body), response);
    else if (url.pathname.startsWith('/v20180820/')) this.#control(request, url, response);
    else send(response, 404, error('NoSuchKey', 'Not here.'));
  }

  #sts(form: URLSearchParams, response: ServerResponse): void {
    const action = form.get('Action');
    if (action === 'GetCallerIdentity') {
      send(
        response,
        200,
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${accountId}</Account><Arn>arn:aws:sts::${accountId}:assumed-role/x/y</Arn><UserId>u</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
      return;
    }
    this.calls.push(`${action} ${form.get('TokenCode')}`);
    if (form.get('TokenCode') !== this.code) {
      const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';
      send(response, 403, `<ErrorResponse>${error('AccessDenied', message)}</ErrorResponse>`);
      return;
    }
    this.#sessions += 1;
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const credentials = `<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>session-${this.#sessions}</SessionToken><Expiration>${until}</Expiration>`;
    send(
      response,
      200,
      `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  }

  #control(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const session = Number(/^session-(\d+)$/.exec(String(request.headers['x-amz-security-token']))?.[1]);
    if (this.refusesAll || session <= this.#endedSessions) {
      this.calls.push('ExpiredToken');
      send(response, 400, error('ExpiredToken', 'The provided token has expired.'));
      return;
    }
    const [, , , jobId, part] = url.pathname.split('/');
    if (jobId === undefined) {
      this.calls.push('ListJobs');
      const start = Number(url.searchParams.get('nextToken') ?? 0);
      const end = start + Number(url.searchParams.get('maxResults') ?? usualPage);
      const members = this.jobs.slice(start, end).map((job) => `<member>${jobXml(job)}</member>`);
      const next = end < this.jobs.length ? `<NextToken>${end}</NextToken>` : '';
      send(response, 200, `<ListJobsResult><Jobs>${members.join('')}</Jobs>${next}</ListJobsResult>`);
      return;
    }
    const job = this.jobs.find((item) => item.JobId === jobId);
    if (job === undefined) send(response, 404, error('NoSuchJobException', 'No such job'));
    else if (part === 'tagging') send(response, 200, '<GetJobTaggingResult><Tags></Tags></GetJobTaggingResult>');
    else if (part === 'status') {
      const status = url.searchParams.get('requestedJobStatus') ?? '';
      this.calls.push(`UpdateJobStatus ${jobId} ${status}`);
      this.jobs = this.jobs.map((item) => (item === job ? { ...job, Status: status as JobListItem['Status'] } : item));
      send(response, 200, `<UpdateJobStatusResult><JobId>${jobId}</JobId><Status>${status}</Status></UpdateJobStatusResult>`);
    } else {
      const { Operation: operation = 'S3DeleteObjectTagging', ...rest } = job;
      send(
        response,
        200,
        `<DescribeJobResult><Job>${jobXml({ Priority: 1, ...rest })}<Operation><${operation}/></Operation><RoleArn>arn:aws:iam::${accountId}:role/jobs</RoleArn><Report><Enabled>false</Enabled></Report></Job></DescribeJobResult>`,
      );
    }
  }
}

function jobXml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .map(([name, member]) => `<${name}>${jobXml(member)}</${name}>`)
    .join('');
}

function error(code: string, message: string): string {
  return `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amz-request-id': 'r' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}
