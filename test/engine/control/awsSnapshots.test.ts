import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as control from '@aws-sdk/client-s3-control';
import { answerJobCall, type CallRequest, type JobCalls } from '../../../src/engine/control/answerJobCall.js';
import { writeError } from '../../../src/engine/http/errorBody.js';
import { ServiceError } from '../../../src/engine/serviceError.js';
import { parseXml, type XmlElement } from '../../../src/engine/xml/parseXml.js';
import { capturingControlClient, type SentRequest } from '../../support/capturingControlClient.js';
import { sdkSample } from '../../support/sdkSample.js';

/**
 * AWS's own snapshots of the eight job calls: aws/aws-sdk-js-v3, clients/client-s3-control/test/snapshots (Apache-2.0), as of commit
 * 0a9c3936. They are not copied but made again, from the schemas of the SDK by the rules of its snapshot tests, and the length and the
 * SHA-256 that each snapshot of a request gives for its body say that what is made is the same, byte for byte. When a newer SDK knows more
 * members, these are to be taken from the snapshots of its version.
 */
const account = '123456789012';
/** What stands where the snapshots show a masked one. */
const token = '00000000-0000-4000-8000-000000000000';
const placeholder = { xmlns: 'https://placeholder.amazonaws.com' };
const noBody = { length: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
const snapshotValues = {
  text: (name: string) => (name === 'ChecksumAlgorithm' ? 'CRC64NVME' : `__${name}__`),
  whole: 0,
  date: new Date('2000-01-01T04:59:59.999Z'),
};

type Members = Readonly<Record<string, unknown>>;

interface Snapshot {
  readonly name: string;
  readonly request: unknown;
  readonly result: unknown;
  readonly command: new (input: never) => unknown;
  /** As the snapshot of the request has them. */
  readonly line: string;
  readonly body: { readonly length: number; readonly sha256: string };
  /** The call that is made of the request, with its arguments. */
  readonly call: (input: Members) => readonly [keyof JobCalls, ...unknown[]];
  /** What that call returns for the router to answer with the members of the snapshot's result. */
  readonly returns: (output: Members) => unknown;
}

const path = '/v20180820/jobs';
const snapshots: readonly Snapshot[] = [
  {
    name: 'CreateJob',
    request: control.CreateJobRequest$,
    result: control.CreateJobResult$,
    command: control.CreateJobCommand,
    line: `POST ${path}`,
    body: { length: 7722, sha256: '99d6b26225bb48aa380375867fb9252241b21ffa68ef0b4a0d8e5b76671aa97f' },
    call: (input) => {
      const { AccountId: _, ...body } = input;
      return ['createJob', body];
    },
    returns: ({ JobId }) => JobId,
  },
  {
    name: 'DescribeJob',
    request: control.DescribeJobRequest$,
    result: control.DescribeJobResult$,
    command: control.DescribeJobCommand,
    line: `GET ${path}/__JobId__`,
    body: noBody,
    call: () => ['describeJob', '__JobId__'],
    returns: ({ Job }) => Job,
  },
  {
    name: 'ListJobs',
    request: control.ListJobsRequest$,
    result: control.ListJobsResult$,
    command: control.ListJobsCommand,
    line: `GET ${path}?jobStatuses=__member__&jobStatuses=__member__&jobStatuses=__member__&nextToken=__NextToken__&maxResults=0`,
    body: noBody,
    call: () => [
      'listJobs',
      { statuses: ['__member__', '__member__', '__member__'], nextToken: '__NextToken__', maxResults: '0' },
    ],
    returns: ({ Jobs, NextToken }) => ({ jobs: Jobs, nextToken: NextToken }),
  },
  {
    name: 'UpdateJobPriority',
    request: control.UpdateJobPriorityRequest$,
    result: control.UpdateJobPriorityResult$,
    command: control.UpdateJobPriorityCommand,
    line: `POST ${path}/__JobId__/priority?priority=0`,
    body: noBody,
    call: () => ['updateJobPriority', '__JobId__', '0'],
    returns: ({ JobId, Priority }) => ({ jobId: JobId, priority: Priority }),
  },
  {
    name: 'UpdateJobStatus',
    request: control.UpdateJobStatusRequest$,
    result: control.UpdateJobStatusResult$,
    command: control.UpdateJobStatusCommand,
    line: `POST ${path}/__JobId__/status?requestedJobStatus=__RequestedJobStatus__&statusUpdateReason=__StatusUpdateReason__`,
    body: noBody,
    call: () => ['updateJobStatus', '__JobId__', '__RequestedJobStatus__', '__StatusUpdateReason__'],
    returns: ({ JobId, Status, StatusUpdateReason }) => ({ jobId: JobId, status: Status, reason: StatusUpdateReason }),
  },
  {
    name: 'GetJobTagging',
    request: control.GetJobTaggingRequest$,
    result: control.GetJobTaggingResult$,
    command: control.GetJobTaggingCommand,
    line: `GET ${path}/__JobId__/tagging`,
    body: noBody,
    call: () => ['getTags', '__JobId__'],
    returns: ({ Tags }) => Tags,
  },
  {
    name: 'PutJobTagging',
    request: control.PutJobTaggingRequest$,
    result: control.PutJobTaggingResult$,
    command: control.PutJobTaggingCommand,
    line: `PUT ${path}/__JobId__/tagging`,
    body: { length: 331, sha256: '1b072026d3f662c9b5c950ed05d423680ece91cc44958faa6d56cb9977502e3b' },
    call: ({ Tags }) => ['putTags', '__JobId__', { Tags }],
    returns: () => undefined,
  },
  {
    name: 'DeleteJobTagging',
    request: control.DeleteJobTaggingRequest$,
    result: control.DeleteJobTaggingResult$,
    command: control.DeleteJobTaggingCommand,
    line: `DELETE ${path}/__JobId__/tagging`,
    body: noBody,
    call: () => ['deleteTags', '__JobId__'],
    returns: () => undefined,
  },
];

for (const snapshot of snapshots) {
  const { name } = snapshot;

  test(`${name}: the request of AWS's snapshot is understood, every member of it`, async () => {
    const input = inputOf(snapshot);
    const sent = await send(snapshot, input, '');
    assert.equal(sent.hostname, `${account}.s3-control.us-east-1.amazonaws.com`);
    assert.equal(lineOf(sent), snapshot.line);
    assert.equal(sent.headers['x-amz-account-id'], account);
    // The proof that this is the snapshot's request.
    const body = Buffer.from(sent.body ?? '');
    assert.deepEqual({ length: body.length, sha256: createHash('sha256').update(body).digest('hex') }, snapshot.body);

    const { calls } = await answer(snapshot, sent);
    assert.deepEqual(calls, [onWire(snapshot.call(input))]);
  });

  test(`${name}: the answer of AWS's snapshot is produced, and read by its client`, async () => {
    const output = sdkSample(snapshot.result, snapshotValues) as Members;
    const { status, headers, body } = (await answer(snapshot, await send(snapshot, inputOf(snapshot), ''))).response;
    assert.deepEqual([status, headers?.['content-type']], [200, 'application/xml']);
    assert.ok(typeof body === 'string');
    assert.deepEqual(inOrder(parseXml(body)), inOrder(parseXml(sdkMarkup(snapshot, output))));
    assert.deepEqual(await receive(snapshot, body), output);
    // As the snapshot has it, with a namespace that is not the service's.
    assert.deepEqual(await receive(snapshot, body.replace(/ xmlns="[^"]*"/, ` xmlns="${placeholder.xmlns}"`)), output);
  });
}

test("the errors of AWS's snapshots are produced, under their names and statuses", async () => {
  const statuses = {
    BadRequestException: 400,
    IdempotencyException: 400,
    InternalServiceException: 500,
    InvalidNextTokenException: 400,
    InvalidRequestException: 400,
    JobStatusException: 400,
    NotFoundException: 400,
    TooManyRequestsException: 400,
    TooManyTagsException: 400,
  } as const;
  for (const [code, status] of Object.entries(statuses)) {
    const ids = { requestId: '00000000-0000-4000-8000-000000000000', hostId: 'host', resource: path };
    const { headers, body } = writeError('control', new ServiceError(status, code, '__Message__'), ids);
    assert.equal(headers['content-type'], 'application/xml');
    const type = status === 500 ? 'Receiver' : 'Sender';
    const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>__Message__</Message></Error>`;
    // The identifier of the host is ours to add: S3 tells it with every error.
    assert.equal(
      body.replace('<HostId>host</HostId>', ''),
      `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse>${error}<RequestId>${ids.requestId}</RequestId></ErrorResponse>`,
    );
    const { client } = capturingControlClient(body, status);
    await assert.rejects(
      client.send(new control.DescribeJobCommand({ AccountId: account, JobId: 'job-1' })),
      (thrown: unknown) => {
        assert.ok(thrown instanceof control.S3ControlServiceException);
        assert.equal(thrown.constructor.name, code);
        assert.deepEqual(
          [thrown.name, thrown.message, thrown.$fault, thrown.$metadata.httpStatusCode, thrown.$metadata.requestId],
          [code, '__Message__', status === 500 ? 'server' : 'client', status, ids.requestId],
        );
        return true;
      },
    );
  }
});

function inputOf({ request }: Snapshot): Members {
  const input = sdkSample(request, snapshotValues) as Record<string, unknown>;
  if ('ClientRequestToken' in input) input['ClientRequestToken'] = token;
  return { ...input, AccountId: account };
}

/** The request of the SDK's client. */
async function send({ command }: Snapshot, input: Members, answered: string): Promise<SentRequest> {
  const { client, sent } = capturingControlClient(answered);
  await client.send(new command(input as never) as never);
  return sent();
}

/** What the SDK's client makes of an answer, without what it says of the transport. */
async function receive(snapshot: Snapshot, answered: string): Promise<Members> {
  const { client } = capturingControlClient(answered);
  const { $metadata: _, ...output } = (await client.send(
    new snapshot.command(inputOf(snapshot) as never) as never,
  )) as unknown as Members;
  return output;
}

function lineOf({ method, path: sentPath, query }: SentRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  return `${method} ${sentPath}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

/** The engine's answer, by calls that note their arguments and return the members of the snapshot's result. */
async function answer(
  { result, returns }: Snapshot,
  sent: SentRequest,
): Promise<{ calls: unknown[]; response: Awaited<ReturnType<typeof answerJobCall>> }> {
  const calls: unknown[] = [];
  const returned = onWire(returns(sdkSample(result, snapshotValues) as Members));
  const api = new Proxy({} as JobCalls, {
    get:
      (_target, call) =>
      (...args: unknown[]): unknown => {
        calls.push([call, ...args]);
        return returned;
      },
  });
  const [rawPath = '', query = ''] = lineOf(sent)
    .slice(sent.method.length + 1)
    .split('?');
  const request: CallRequest = {
    method: sent.method,
    rawPath,
    query: new URLSearchParams(query),
    text: () => Promise.resolve(sent.body ?? ''),
  };
  return { response: await answerJobCall(api, request), calls };
}

/** A result as the SDK's own serializer writes it, which is how the snapshots of answers are made. */
function sdkMarkup({ result }: Snapshot, output: Members): string {
  const { protocol } = capturingControlClient('').client.config as unknown as {
    protocol: { codec: { createSerializer(): { write(schema: unknown, value: unknown): void; flush(): string } } };
  };
  const serializer = protocol.codec.createSerializer();
  serializer.write(result, output);
  return serializer.flush();
}

/** Members of a structure may come in any order, and those of the SDK's schemas and of its models do; items of a list keep theirs. */
function inOrder({ name, text, children }: XmlElement): unknown {
  return { name, text, children: children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(inOrder) };
}

/** On the wire times are text. */
function onWire<Value>(value: Value): Value {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Value);
}
