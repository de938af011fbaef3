import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLocalClient } from '../../../src/aws/localClient.js';
import { createMissChannel } from '../../../src/aws/missChannel.js';
import { withReadThrough } from '../../../src/core/job/readThrough.js';
import { submitJob } from '../../../src/core/job/submitJob.js';
import type { JobFile } from '../../../src/core/job/jobFile.js';
import type { JobDescriptor } from '../../../src/core/job/jobTypes.js';
import type { MissChannel } from '../../../src/core/job/readThrough.js';
import { hasEnded } from '../../../src/core/view/jobOutcome.js';
import { type RunningEngine, startEngine } from '../../../src/engine/startEngine.js';
import { eventually } from '../../support/eventually.js';

const job: JobFile = {
  ManifestFile: 'manifest.csv',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' },
  },
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } },
  Report: { Enabled: false },
  Priority: 1,
  RoleArn: 'arn:aws:iam::111122223333:role/batch',
  ConfirmationRequired: false,
};

interface Started {
  readonly engine: RunningEngine;
  readonly channel: MissChannel;
  /** Submits a job of one row whose misses this channel is asked for. */
  submit(): Promise<string>;
  ended(jobId: string): Promise<JobDescriptor>;
}

async function start(t: TestContext, sessionId = randomUUID() as string): Promise<Started> {
  const data = await mkdtemp(join(tmpdir(), 's3batch-misses-'));
  const engine = await startEngine({ dataDirectory: data });
  await engine.store.createBucket('photos');
  const channel = createMissChannel(engine.connection, sessionId);
  const client = createLocalClient(engine.connection, { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' });
  t.after(async () => {
    channel.dispose();
    client.dispose();
    await engine.close();
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    engine,
    channel,
    submit: async () => {
      const submitted = await submitJob({
        client,
        job: withReadThrough(job, sessionId),
        readFile: () => Promise.resolve(Buffer.from('photos,a\n')),
        clientRequestToken: randomUUID(),
      });
      return submitted.jobId;
    },
    ended: (jobId) =>
      eventually(async () => {
        const described = await client.describeJob(jobId);
        assert.ok(hasEnded(described.Status), described.Status);
        return described;
      }),
  };
}

test('a job waits for what it misses, over the wire', async (t) => {
  const { engine, channel, submit, ended } = await start(t);
  await channel.open();
  const jobId = await submit();
  const { missed } = await channel.next();
  assert.deepEqual(missed, [{ number: 1, bucket: 'photos', key: 'a' }]);
  await engine.store.write('photos', 'a', Buffer.from('real'));
  await channel.settle([1]);
  assert.equal((await ended(jobId)).Status, 'Complete');
  assert.deepEqual((await engine.store.head('photos', 'a')).tags, [{ key: 'k', value: 'v' }]);
  assert.deepEqual(await channel.next(), { missed: [], endedJobs: 1 });
  await channel.close();
  await assert.rejects(channel.next(), { code: 'NoSuchSession' });
});

test('a session that ends cancels its job, which says why', async (t) => {
  const { channel, submit, ended } = await start(t);
  await channel.open();
  const jobId = await submit();
  await channel.next();
  await channel.close('The limit of 5 MB – reached.');
  const { Status, StatusUpdateReason } = await ended(jobId);
  assert.deepEqual([Status, StatusUpdateReason], ['Cancelled', 'The limit of 5 MB – reached.']);
});

test('a reason longer than the service allows cancels the job all the same', async (t) => {
  const { channel, submit, ended } = await start(t);
  await channel.open();
  const jobId = await submit();
  await channel.next();
  await channel.close('x'.repeat(300));
  const { Status, StatusUpdateReason } = await ended(jobId);
  assert.deepEqual([Status, StatusUpdateReason], ['Cancelled', 'x'.repeat(256)]);
});

test('a job that nobody fetches for fails before its first task', async (t) => {
  const { submit, ended } = await start(t);
  const { Status, FailureReasons, ProgressSummary } = await ended(await submit());
  assert.equal(Status, 'Failed');
  assert.equal(FailureReasons?.[0]?.FailureCode, 'FetcherGone');
  assert.equal(ProgressSummary?.NumberOfTasksFailed ?? 0, 0);
});

test('a name that is no UUID is no session', async (t) => {
  const { channel } = await start(t, '../../buckets');
  await assert.rejects(channel.open(), { code: 'InvalidArgument' });
});
