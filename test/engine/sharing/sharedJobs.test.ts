import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLocalClient } from '../../../src/aws/localClient.js';
import type { TargetClient } from '../../../src/core/job/target.js';
import { type EngineHandle, openEngine } from '../../../src/engine/sharing/openEngine.js';
import { temporaryFolder } from '../../support/engineHarness.js';
import { eventually } from '../../support/eventually.js';

const engineScript = fileURLToPath(new URL('../../../src/engine/main.js', import.meta.url));
const rows = 300;

const handler = `
exports.handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 15));
  const results = event.tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString: '' }));
  return { invocationSchemaVersion: '1.0', treatMissingKeysAs: 'PermanentFailure', invocationId: event.invocationId, results };
};`;

interface Window {
  readonly engine: EngineHandle;
  readonly client: TargetClient;
}

/** Opens windows of one data folder, which run a slow function. */
async function windowsOf(t: TestContext): Promise<{ dataDirectory: string; open: () => Promise<Window> }> {
  const windows: Window[] = [];
  t.after(async () => {
    for (const { engine, client } of windows) {
      client.dispose();
      await engine.end('stopped');
    }
  });
  const root = await temporaryFolder(t);
  const code = join(root, 'code');
  await mkdir(code);
  await writeFile(join(code, 'index.js'), handler);
  const dataDirectory = join(root, 'data');
  return {
    dataDirectory,
    open: async () => {
      const engine = await openEngine({
        engineScript,
        dataDirectory,
        functions: [{ name: 'slow', folder: code, handler: 'index.handler', runtime: 'nodejs22.x' }],
        settings: { concurrency: 4 },
        onLog: () => undefined,
      });
      const client = createLocalClient(engine.connection, { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' });
      windows.push({ engine, client });
      return { engine, client };
    },
  };
}

async function createJob(client: TargetClient): Promise<string> {
  for (const bucket of ['manifests', 'reports']) await client.createBucket(bucket);
  const manifest = Array.from({ length: rows }, (_, index) => `bucket,key${index}\n`).join('');
  const { etag } = await client.putObject('manifests', 'm.csv', new TextEncoder().encode(manifest));
  const { jobId } = await client.createJob({
    ConfirmationRequired: false,
    Operation: { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:slow' } },
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::manifests/m.csv', ETag: etag },
    },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Format: 'Report_CSV_20180820',
      Prefix: 'p',
      ReportScope: 'AllTasks',
    },
    Priority: 10,
    RoleArn: 'arn:aws:iam::000000000000:role/local',
    ClientRequestToken: crypto.randomUUID(),
  });
  return jobId;
}

/** Waits until some of the job is done, and it still runs. */
async function untilHalfway(client: TargetClient, jobId: string): Promise<void> {
  await eventually(async () => {
    const { Status, ProgressSummary } = await client.describeJob(jobId);
    assert.equal(Status, 'Active');
    assert.ok((ProgressSummary?.NumberOfTasksSucceeded ?? 0) > 0);
  });
}

/** Waits for the end of a job, and holds that each of its rows was reported once. */
async function untilComplete(client: TargetClient, jobId: string): Promise<void> {
  await eventually(async () => {
    const { Status, ProgressSummary } = await client.describeJob(jobId);
    assert.deepEqual([Status, ProgressSummary?.NumberOfTasksSucceeded], ['Complete', rows]);
  });
  const { objects } = await client.listObjects('reports', { prefix: `p/job-${jobId}/results/` });
  const texts = await Promise.all(
    objects.map(async ({ key }) => new TextDecoder().decode(await client.getObject('reports', key))),
  );
  const lines = texts.join('').split('\r\n').slice(0, -1);
  assert.deepEqual([lines.length, new Set(lines.map((line) => line.split(',')[1])).size], [rows, rows]);
}

test('a job of one window is seen in the other, and goes on when the first closes', async (t) => {
  const { open } = await windowsOf(t);
  const one = await open();
  const two = await open();
  const jobId = await createJob(one.client);
  assert.deepEqual(
    (await two.client.listJobs()).jobs.map((job) => job.JobId),
    [jobId],
  );
  await untilHalfway(two.client, jobId);
  await one.engine.release();
  assert.equal((await two.client.describeJob(jobId)).Status, 'Active');
  await untilComplete(two.client, jobId);
});

test('a job goes on in the engine that the windows share after the one before was killed', async (t) => {
  const { open } = await windowsOf(t);
  const [one, two] = [await open(), await open()];
  const jobId = await createJob(one.client);
  await untilHalfway(two.client, jobId);
  process.kill(one.engine.pid, 'SIGKILL');
  await Promise.all([one.engine.ended, two.engine.ended]);
  const [three, four] = await Promise.all([open(), open()]);
  assert.equal(three.engine.pid, four.engine.pid);
  await untilComplete(four.client, jobId);
});

test('a data folder deleted under a running job leaves nothing behind, and the next engine begins anew', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const [one, two] = [await open(), await open()];
  const jobId = await createJob(one.client);
  await untilHalfway(two.client, jobId);
  // As a person would: again, when something was written meanwhile.
  await rm(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 5 });
  const ends = await Promise.all([one.engine.ended, two.engine.ended]);
  assert.deepEqual(new Set(ends.map(({ why }) => why)), new Set(['lost']));
  assert.deepEqual(await readdir(dataDirectory).catch(() => []), []);
  const three = await open();
  assert.deepEqual((await three.client.listJobs()).jobs, []);
  const next = await createJob(three.client);
  await untilComplete(three.client, next);
});
