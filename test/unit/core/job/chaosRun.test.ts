import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosRun, firstChaosRun, isSecondChaosRun, nameUnderChaos } from '../../../../src/core/job/chaosRun.js';
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
  const [first, second] = [chaosRun(job, 7), chaosRun(job, 7, 'one')];
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
  const values = [undefined, 'one'].map((firstJobId) => {
    const { job: turned, shuffleSeed } = chaosRun(job, Number.MAX_SAFE_INTEGER, firstJobId);
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
  assert.deepEqual(chaosRun(reported, 0).job.Report, {
    Enabled: true,
    Bucket: 'arn:aws:s3:::mine',
    Prefix: 'p',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  });
});

test('each run says which it is, and the second of which first one', () => {
  const [first, second] = [
    chaosRun({ ...job, Description: 'Rename' }, 7).job,
    chaosRun({ ...job, Description: 'Rename' }, 7, 'one').job,
  ];
  assert.deepEqual([first.Description, second.Description], ['Rename (chaos 1/2)', 'Rename (chaos 2/2)']);
  assert.deepEqual([isSecondChaosRun(first), isSecondChaosRun(second), isSecondChaosRun({})], [false, true, false]);
  assert.deepEqual([first, second].map(nameUnderChaos), ['Rename', 'Rename']);
  assert.deepEqual([firstChaosRun(first.Tags ?? []), firstChaosRun(second.Tags ?? [])], [undefined, 'one']);
  // A run that is itself run under chaos, and one without a name, or with a name as long as may be.
  assert.equal(firstChaosRun(chaosRun(second, 7, 'two').job.Tags ?? []), 'two');
  assert.equal(chaosRun(job, 7).job.Description, '(chaos 1/2)');
  assert.equal(nameUnderChaos(chaosRun(job, 7).job), '');
  assert.equal(chaosRun({ ...job, Description: 'x'.repeat(256) }, 7, 'one').job.Description?.length, 256);
});
