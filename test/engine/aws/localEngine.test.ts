import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createLocalClient } from '../../../src/aws/localClient.js';
import type { BatchError } from '../../../src/base/errors.js';
import type { JobFile } from '../../../src/core/job/jobFile.js';
import type { JobDescriptor, JobStatus } from '../../../src/core/job/jobTypes.js';
import { submitJob } from '../../../src/core/job/submitJob.js';
import type { TargetClient } from '../../../src/core/job/target.js';
import { type RunningEngine, startEngine } from '../../../src/engine/startEngine.js';

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Rename:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: rename, Runtime: nodejs22.x, Handler: index.handler, CodeUri: . }
`;

const job: JobFile = {
  Description: 'Rename "reports" <&>',
  ManifestFile: 'manifest.csv',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::manifests/rename/manifest.csv' },
  },
  Operation: {
    LambdaInvoke: {
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rename',
      InvocationSchemaVersion: '2.0',
      UserArguments: { suffix: 'ä <b>' },
    },
  },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', Prefix: 'p', ReportScope: 'AllTasks' },
  Priority: 10,
  RoleArn: 'arn:aws:iam::000000000000:role/local',
  ConfirmationRequired: true,
  Tags: [{ Key: 'team', Value: 'data + reports' }],
};

describe('createLocalClient against the engine', () => {
  let folder: string;
  let engine: RunningEngine;
  let client: TargetClient;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-aws-'));
    await writeFile(join(folder, 'template.yaml'), template);
    await writeFile(join(folder, 'index.js'), 'exports.handler = async () => ({});');
    engine = await startEngine({ dataDirectory: join(folder, 'data'), templates: [join(folder, 'template.yaml')] });
    client = createLocalClient(engine.connection, { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' });
  });

  after(async () => {
    client.dispose();
    await engine.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  async function submit(changes: Partial<JobFile> = {}): Promise<string> {
    const { jobId } = await submitJob({
      client,
      job: { ...job, ...changes },
      clientRequestToken: crypto.randomUUID(),
      readFile: () => Promise.resolve(new TextEncoder().encode('test,a.txt\ntest,b%20c.txt\n')),
      lint: () => ({ rows: 2, errors: 0, warnings: 0 }),
    });
    return jobId;
  }

  async function reach(jobId: string, status: JobStatus): Promise<JobDescriptor> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const described = await client.describeJob(jobId);
      if (described.Status === status) return described;
      assert.ok(Date.now() < deadline, `the job reaches ${status}, but is ${described.Status}`);
      await wait(20);
    }
  }

  it('knows its account', async () => {
    assert.equal(await client.accountId(), engine.connection.accountId);
  });

  it('keeps objects with odd keys, and says what is not there', async () => {
    await client.createBucket('odd-keys');
    const key = 'a b/ü+%25/../c=1&2.txt';
    const stored = await client.putObject('odd-keys', key, new TextEncoder().encode('hello'));
    assert.equal(stored.etag, '5d41402abc4b2a76b9719d911017c592');
    assert.deepEqual(await client.headObject('odd-keys', key), stored);
    assert.equal(new TextDecoder().decode(await client.getObject('odd-keys', key)), 'hello');
    const { objects } = await client.listObjects('odd-keys');
    assert.deepEqual(objects, [stored]);
    assert.deepEqual((await client.listObjects('odd-keys', { delimiter: '/' })).prefixes, ['a b/']);
    assert.ok((await client.listBuckets()).includes('odd-keys'));
    await assert.rejects(client.getObject('odd-keys', 'none'), (error: BatchError) => error.code === 'NoSuchKey');
    await assert.rejects(client.headObject('odd-keys', 'none'), (error: BatchError) => error.code === 'NotFound');
    await assert.rejects(client.getObject('no-such-bucket', 'none'), (error: BatchError) => error.code === 'NoSuchBucket');
  });

  it('pages through objects', async () => {
    await client.createBucket('pages');
    for (const key of ['a', 'b', 'c']) await client.putObject('pages', key, new Uint8Array());
    const first = await client.listObjects('pages', { maxKeys: 2 });
    assert.ok(first.nextToken !== undefined);
    const second = await client.listObjects('pages', { maxKeys: 2, continuationToken: first.nextToken });
    assert.deepEqual(
      [...first.objects, ...second.objects].map((object) => object.key),
      ['a', 'b', 'c'],
    );
    assert.equal('nextToken' in second, false);
  });

  it('gives back a job as it was created, with its tags', async () => {
    const jobId = await submit();
    const described = await reach(jobId, 'Suspended');
    assert.deepEqual(described.Operation, job.Operation);
    assert.deepEqual(described.Report, job.Report);
    assert.deepEqual(described.Manifest?.Spec, job.Manifest?.Spec);
    assert.equal(described.Description, job.Description);
    assert.equal(described.ProgressSummary?.TotalNumberOfTasks, 2);
    assert.match(described.CreationTime ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(await client.getJobTags(jobId), job.Tags);
    await client.putJobTags(jobId, []);
    assert.deepEqual(await client.getJobTags(jobId), []);
    const { jobs } = await client.listJobs({ statuses: ['Suspended'] });
    assert.deepEqual(
      jobs.filter((item) => item.JobId === jobId).map((item) => [item.Operation, item.Priority, item.Description]),
      [['LambdaInvoke', 10, job.Description]],
    );
  });

  it('changes priority and status, and maps a refusal to its code', async () => {
    const jobId = await submit();
    await reach(jobId, 'Suspended');
    await client.updateJobPriority(jobId, 42);
    assert.equal((await client.describeJob(jobId)).Priority, 42);
    await client.updateJobStatus(jobId, 'Cancelled', 'no longer needed: a/ü&c');
    const cancelled = await reach(jobId, 'Cancelled');
    assert.equal(cancelled.StatusUpdateReason, 'no longer needed: a/ü&c');
    await assert.rejects(
      client.updateJobStatus(jobId, 'Ready', undefined),
      (error: BatchError) => error.code === 'JobStatusException',
    );
    await assert.rejects(
      client.describeJob('00000000-0000-4000-8000-000000000000'),
      (error: BatchError) => error.code === 'NoSuchJobException',
    );
  });

  it('answers a repeated token with the same job', async () => {
    const request = {
      Operation: job.Operation,
      Report: { Enabled: false },
      Priority: 1,
      RoleArn: job.RoleArn,
      ConfirmationRequired: true,
      ClientRequestToken: 'token-1',
      Manifest: (await reach(await submit(), 'Suspended')).Manifest,
    };
    assert.ok(request.Manifest !== undefined);
    const first = await client.createJob({ ...request, Manifest: request.Manifest });
    assert.deepEqual(await client.createJob({ ...request, Manifest: request.Manifest }), first);
    await assert.rejects(
      client.createJob({ ...request, Manifest: request.Manifest, Priority: 2 }),
      (error: BatchError) => error.code === 'IdempotencyException',
    );
  });

  it('refuses wrong keys', async () => {
    const { target } = client;
    const stranger = createLocalClient({ ...engine.connection, secretAccessKey: 'wrong' }, target);
    await assert.rejects(stranger.listBuckets(), (error: BatchError) => error.code === 'SignatureDoesNotMatch');
    stranger.dispose();
  });

  it('says that nobody answers once the engine has gone', async () => {
    const second = await startEngine({ dataDirectory: join(folder, 'second') });
    const other = createLocalClient(second.connection, client.target);
    await second.close();
    await assert.rejects(other.listBuckets(), (error: BatchError) => error.code === 'Unreachable');
    other.dispose();
  });
});
