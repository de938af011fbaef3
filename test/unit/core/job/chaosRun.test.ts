import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosRun, chaosTag } from '../../../../src/core/job/chaosRun.js';
import type { JobFile } from '../../../../src/core/job/jobFile.js';

const job: JobFile = {
  Operation: { S3DeleteObjectTagging: {} },
  Priority: 1,
  RoleArn: 'arn:aws:iam::000000000000:role/any',
  Report: { Enabled: false },
  Tags: [
    { Key: 'team', Value: 'data' },
    { Key: chaosTag, Value: '99' },
  ],
};

test('the two runs of a seed meet other faults in another order, and both report every task', () => {
  const [first, second] = [chaosRun(job, 7, 'first'), chaosRun(job, 7, 'second')];
  assert.deepEqual([first.shuffleSeed, second.shuffleSeed], [14, 15]);
  assert.deepEqual(first.job.Tags, [
    { Key: 'team', Value: 'data' },
    { Key: chaosTag, Value: '14' },
  ]);
  assert.deepEqual(second.job.Report, {
    Enabled: true,
    Bucket: 'arn:aws:s3:::s3batch-chaos-reports',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  });
});

test('a report goes where the job wants it', () => {
  const reported: JobFile = {
    ...job,
    Report: { Enabled: true, Bucket: 'arn:aws:s3:::mine', Prefix: 'p', ReportScope: 'FailedTasksOnly' },
  };
  assert.deepEqual(chaosRun(reported, 0, 'first').job.Report, {
    Enabled: true,
    Bucket: 'arn:aws:s3:::mine',
    Prefix: 'p',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  });
});
