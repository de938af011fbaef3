import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDescriptor } from '../../../../src/core/job/jobTypes.js';
import { nextJob, parseLineage } from '../../../../src/core/report/lineage.js';

const job: JobDescriptor = {
  JobId: '11111111-2222-3333-4444-555555555555',
  Description: 'Rename reports',
  Status: 'Complete',
  Priority: 3,
  RoleArn: 'arn:aws:iam::111122223333:role/batch',
  ConfirmationRequired: false,
  Operation: { S3DeleteObjectTagging: {} },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::lists/2026/all.csv', ETag: 'x' },
  },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
};

test('the next job says which one it retries, and is else the same', () => {
  const next = nextJob(job, 'retry', ['Bucket', 'Key', 'VersionId']);
  assert.equal(next.Description, `Rename reports (Retries ${job.JobId}, attempt 2)`);
  assert.deepEqual(next.Manifest, {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
    Location: { ObjectArn: `arn:aws:s3:::lists/2026/${job.JobId}.retry-2.csv` },
  });
  assert.deepEqual([next.Operation, next.Priority, next.RoleArn, next.Report], [job.Operation, 3, job.RoleArn, job.Report]);
});

test('attempts count on, and the first description stays', () => {
  const second = {
    ...job,
    JobId: '99999999-2222-3333-4444-555555555555',
    Description: nextJob(job, 'retry', undefined).Description ?? '',
  };
  const third = nextJob(second, 'resume', undefined);
  assert.equal(third.Description, `Rename reports (Resumes ${second.JobId}, attempt 3)`);
  assert.deepEqual(parseLineage(third.Description), {
    text: `Resumes ${second.JobId}, attempt 3`,
    jobId: second.JobId,
    attempt: 3,
  });
  assert.equal(
    nextJob({ ...job, Description: `Retries ${job.JobId}, attempt 7` }, 'retry', undefined).Description,
    `Retries ${job.JobId}, attempt 8`,
  );
});

test('a long description makes room, and a generated manifest goes beside the report', () => {
  const { Manifest: _, ...generated } = {
    ...job,
    Description: 'x'.repeat(256),
    ManifestGenerator: { S3JobManifestGenerator: {} },
  };
  const next = nextJob(generated as unknown as JobDescriptor, 'rest', ['Bucket', 'Key']);
  assert.equal(next.Description?.length, 256);
  assert.deepEqual(parseLineage(next.Description), {
    text: `Goes on after sample ${job.JobId}, attempt 2`,
    jobId: job.JobId,
    attempt: 2,
  });
  assert.equal(next.ManifestGenerator, undefined);
  assert.equal(next.Manifest?.Location.ObjectArn, `arn:aws:s3:::reports/manifests/${job.JobId}.rest-2.csv`);
});

test('other descriptions are no lineage', () => {
  for (const text of [undefined, '', 'Retries everything', 'attempt 2']) assert.equal(parseLineage(text), undefined);
});
