import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { after, beforeEach, describe, it } from 'node:test';
import { createLocalClient } from '../../../src/aws/localClient.js';
import type { BatchError } from '../../../src/base/errors.js';
import type { TargetClient } from '../../../src/core/job/target.js';

interface Seen {
  readonly line: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Answer = { status?: number; body?: string; headers?: Record<string, string> };

const identity: Answer = {
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
};

/** The answers that a real engine never gives; the rest is tested against the engine itself. */
describe('createLocalClient against a scripted server', () => {
  let server: Server;
  let client: TargetClient;
  const seen: Seen[] = [];
  let answers: Answer[] = [];

  const start = async (): Promise<void> => {
    server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const isIdentity = body.includes('GetCallerIdentity');
        if (!isIdentity) {
          seen.push({
            line: `${request.method} ${request.url}`,
            host: request.headers.host,
            authorization: request.headers.authorization,
            body,
          });
        }
        const answer = isIdentity ? identity : (answers.shift() ?? { status: 500 });
        response.writeHead(answer.status ?? 200, { 'x-amz-request-id': 'REQ7', ...answer.headers });
        response.end(answer.body ?? '');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    client = createLocalClient(
      {
        endpoint: `http://127.0.0.1:${port}`,
        port,
        accountId: '000000000000',
        region: 'eu-west-1',
        accessKeyId: 'LOCALKEY',
        secretAccessKey: 'secret',
        dataDirectory: '',
      },
      { id: 'local', kind: 'local', label: 'Local', region: 'eu-west-1' },
    );
  };

  beforeEach(async () => {
    if (server === undefined) await start();
    seen.length = 0;
    answers = [];
  });

  after(() => {
    client.dispose();
    server.closeAllConnections();
    server.close();
  });

  it('keeps the account id before the host, signed for s3 in the target Region', async () => {
    answers = [{ body: '<ListJobsResult><Jobs/></ListJobsResult>' }];
    assert.deepEqual(await client.listJobs(), { jobs: [] });
    assert.match(seen[0]?.host ?? '', /^000000000000\.localhost:\d+$/);
    assert.match(
      seen[0]?.authorization ?? '',
      /Credential=LOCALKEY\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=[^,]*\bhost;x-amz-account-id;/,
    );
  });

  it('reads jobs with ISO times and drops a next token that repeats', async () => {
    const job =
      '<member><JobId>j-1</JobId><Status>Complete</Status><CreationTime>2024-01-02T03:04:05.678Z</CreationTime></member>';
    answers = [
      { body: `<ListJobsResult><NextToken>t1</NextToken><Jobs>${job}</Jobs></ListJobsResult>` },
      { body: `<ListJobsResult><NextToken>t1</NextToken><Jobs>${job}</Jobs></ListJobsResult>` },
    ];
    const first = await client.listJobs({ statuses: ['Active', 'Complete'], maxResults: 5 });
    assert.deepEqual(first, {
      jobs: [{ JobId: 'j-1', Status: 'Complete', CreationTime: '2024-01-02T03:04:05.678Z' }],
      nextToken: 't1',
    });
    assert.match(seen[0]?.line ?? '', /jobStatuses=Active&jobStatuses=Complete/);
    const second = await client.listJobs({ nextToken: 't1' });
    assert.equal('nextToken' in second, false);
  });

  it('stops listing buckets and functions when a token comes back a second time', async () => {
    const page = (token: string): Answer => ({
      body: `<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets><ContinuationToken>${token}</ContinuationToken></ListAllMyBucketsResult>`,
    });
    answers = [page('a'), page('b'), page('a'), page('never asked')];
    assert.deepEqual(await client.listBuckets(), ['b', 'b', 'b']);
    const functions = (marker: string): Answer => ({ body: JSON.stringify({ Functions: [], NextMarker: marker }) });
    answers = [functions('m'), functions('m'), functions('never asked')];
    await client.listFunctions();
    assert.equal(answers.length, 1);
  });

  it('refuses an empty answer to CreateJob and an empty job id', async () => {
    answers = [{ body: '' }];
    await assert.rejects(
      client.createJob({ Operation: {}, Report: { Enabled: false }, Priority: 1, RoleArn: 'r', ConfirmationRequired: false }),
      (error: BatchError) => error.code === 'InvalidResponse' && /job id/.test(error.message),
    );
    assert.match(seen[0]?.body ?? '', /<ConfirmationRequired>false</);
    await assert.rejects(client.describeJob(''), (error: BatchError) => error.code === 'InvalidArgument');
    assert.equal(seen.length, 1);
  });

  it('maps a wrapped error and a HEAD without a body', async () => {
    answers = [
      {
        status: 404,
        body: '<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchJobException</Code><Message>No such job</Message></Error></ErrorResponse>',
      },
      { status: 404 },
    ];
    await assert.rejects(client.describeJob('abcde'), (error: BatchError) => {
      assert.equal(error.code, 'NoSuchJobException');
      assert.equal(error.message, 'Could not read the job: No such job');
      assert.equal((error.cause as { $metadata: { requestId: string } }).$metadata.requestId, 'REQ7');
      return true;
    });
    await assert.rejects(client.headObject('b', 'k'), (error: BatchError) => error.code === 'NotFound');
  });

  it('retries what may pass and then reports it', async () => {
    const busy = { status: 503, body: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>' };
    answers = [
      busy,
      {
        body: '<DescribeJobResult><Job><JobId>abcde</JobId><Status>New</Status><Priority>1</Priority></Job></DescribeJobResult>',
      },
    ];
    assert.deepEqual(await client.describeJob('abcde'), { JobId: 'abcde', Status: 'New', Priority: 1 });
    assert.equal(seen.length, 2);
  });

  it('says that an answer which is no XML can not be read', async () => {
    answers = [{ body: '<DescribeJobResult><Job>' }];
    await assert.rejects(client.describeJob('abcde'), (error: BatchError) => error.code === 'InvalidResponse');
  });

  it('ends as cancelled when the signal aborts', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(client.describeJob('abcde', controller.signal), (error: BatchError) => error.code === 'Cancelled');
  });

  it('addresses buckets by path, encrypts uploads with SSE-S3 and strips the quotes of ETags', async () => {
    answers = [{ headers: { etag: '"0123"' } }];
    const stored = await client.putObject('bucket-1', 'a b/c', new TextEncoder().encode('x'));
    assert.deepEqual(stored, { bucket: 'bucket-1', key: 'a b/c', sizeBytes: 1, etag: '0123' });
    assert.match(seen[0]?.line ?? '', /^PUT \/bucket-1\/a%20b\/c\?/);
    assert.match(seen[0]?.host ?? '', /^localhost:/);
  });

  it('leaves the environment as it was', () => {
    assert.equal(process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'], undefined);
  });
});

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
