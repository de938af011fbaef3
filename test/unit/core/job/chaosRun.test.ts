import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosRun } from '../../../../src/core/job/chaosRun.js';
import { chaosTag } from '../../../../src/core/job/runTags.js';
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

test('also the largest seed that may be asked for makes faults, others in each turn', () => {
  const values = (['first', 'second'] as const).map((turn) => {
    const { job: turned, shuffleSeed } = chaosRun(job, Number.MAX_SAFE_INTEGER, turn);
    const value = turned.Tags?.find(({ Key }) => Key === chaosTag)?.Value ?? '';
    assert.match(value, /^\d{1,15}$/, 'what the engine takes for a seed');
    assert.equal(value, String(shuffleSeed));
    return value;
  });
  assert.notEqual(values[0], values[1]);
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
