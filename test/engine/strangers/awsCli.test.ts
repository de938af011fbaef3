import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { canRun, runProgram } from '../../support/program.js';
import { sampleFolder, startSampleEngine } from '../../support/sampleEngine.js';

const hasCli = await canRun('aws', ['--version']);

test(
  'the AWS CLI runs the sample job from suspended to its report',
  { skip: hasCli ? false : 'the AWS CLI is not on this machine' },
  async () => {
    const { engine, close } = await startSampleEngine();
    const folder = await mkdtemp(join(tmpdir(), 's3batch-cli-'));
    try {
      const { connection } = engine;
      const env = {
        PATH: process.env['PATH'],
        HOME: folder,
        HTTP_PROXY: connection.endpoint,
        AWS_ACCESS_KEY_ID: connection.accessKeyId,
        AWS_SECRET_ACCESS_KEY: connection.secretAccessKey,
        AWS_DEFAULT_REGION: connection.region,
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      const aws = async (service: string, ...args: string[]): Promise<Record<string, unknown>> => {
        const url = `http://${service === 's3control' ? 's3-control' : 's3'}.local.test`;
        const result = await runProgram('aws', [service, ...args, '--endpoint-url', url, '--output', 'json'], { env });
        assert.equal(result.code, 0, `aws ${service} ${args.join(' ')}\n${result.stderr}`);
        return (result.stdout.trim().startsWith('{') ? JSON.parse(result.stdout) : {}) as Record<string, unknown>;
      };
      const control = (...args: string[]): Promise<Record<string, unknown>> =>
        aws('s3control', ...args, '--account-id', connection.accountId);

      const put = await aws(
        's3api',
        'put-object',
        '--bucket',
        'test',
        '--key',
        'manifests/cli.csv',
        '--body',
        join(sampleFolder, 'manifest.csv'),
      );
      const request = join(folder, 'job.json');
      await writeFile(
        request,
        JSON.stringify({
          ConfirmationRequired: true,
          Operation: {
            LambdaInvoke: { FunctionArn: `arn:aws:lambda:${connection.region}:${connection.accountId}:function:rename-reports` },
          },
          Manifest: {
            Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
            Location: { ObjectArn: 'arn:aws:s3:::test/manifests/cli.csv', ETag: put['ETag'] },
          },
          Report: {
            Enabled: true,
            Bucket: 'arn:aws:s3:::report-dest',
            Prefix: 'cli',
            Format: 'Report_CSV_20180820',
            ReportScope: 'AllTasks',
          },
          Priority: 1,
          RoleArn: `arn:aws:iam::${connection.accountId}:role/s3-batch-local`,
        }),
      );
      const jobId = String((await control('create-job', '--cli-input-json', `file://${request}`))['JobId']);

      const waitFor = async (status: string): Promise<Record<string, unknown>> => {
        for (let attempt = 0; attempt < 60; attempt += 1) {
          const job = (await control('describe-job', '--job-id', jobId))['Job'] as Record<string, unknown>;
          if (job['Status'] === status) return job;
          await sleep(50);
        }
        throw new Error(`The job never reached ${status}.`);
      };
      await waitFor('Suspended');
      assert.equal((await control('update-job-priority', '--job-id', jobId, '--priority', '42'))['Priority'], 42);
      assert.equal((await control('update-job-status', '--job-id', jobId, '--requested-job-status', 'Ready'))['Status'], 'Ready');
      const done = await waitFor('Complete');
      assert.equal(done['Priority'], 42);
      assert.deepEqual(
        { ...(done['ProgressSummary'] as Record<string, unknown>), Timers: undefined },
        { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 0, Timers: undefined },
      );

      await control('put-job-tagging', '--job-id', jobId, '--tags', 'Key=team,Value=data platform');
      assert.deepEqual((await control('get-job-tagging', '--job-id', jobId))['Tags'], [{ Key: 'team', Value: 'data platform' }]);
      await control('delete-job-tagging', '--job-id', jobId);
      assert.deepEqual((await control('get-job-tagging', '--job-id', jobId))['Tags'] ?? [], []);

      const copy = join(folder, 'copy');
      await aws('s3', 'cp', '--only-show-errors', 's3://report-dest/report/date=2023-01-01/id=XYZ/test_B2.snappy.parquet', copy);
      assert.deepEqual(
        await readFile(copy),
        await readFile(join(sampleFolder, 'buckets/test/report/date=2023-01-01/id=XYZ/test_A2.snappy.parquet')),
      );
      const reportFile = join(folder, 'manifest.json');
      await aws('s3', 'cp', '--only-show-errors', `s3://report-dest/cli/job-${jobId}/manifest.json`, reportFile);
      const report = JSON.parse(await readFile(reportFile, 'utf8')) as { Results: { TaskExecutionStatus: string }[] };
      assert.deepEqual(
        report.Results.map((part) => part.TaskExecutionStatus),
        ['succeeded'],
      );
    } finally {
      await close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
