import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobDescriptor } from '../../../../src/core/job/jobTypes.js';
import type { Target } from '../../../../src/core/job/target.js';
import type { Formats } from '../../../../src/core/view/formats.js';
import { jobDetails, reportLocation } from '../../../../src/core/view/jobDetails.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { jobTooltip, viewOf } from '../../../../src/core/view/nodeView.js';
import type { DetailNode, JobNode } from '../../../../src/core/view/treeNode.js';

const formats: Formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };
const local: Target = { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' };

const descriptor: JobDescriptor = {
  JobId: 'f3cc4f60-61f6-4a2b-8a21-d07600c373ce',
  Status: 'Failed',
  Priority: 10,
  RoleArn: 'arn:aws:iam::000000000000:role/path/batch',
  CreationTime: '2026-01-02T03:04:05.678Z',
  SuspendedDate: '2026-01-02T03:04:06.000Z',
  SuspendedCause: 'AWAITING_CONFIRMATION',
  TerminationDate: '2026-01-02T04:00:00.000Z',
  StatusUpdateReason: 'confirmed by me',
  ProgressSummary: { TotalNumberOfTasks: 3, Timers: { ElapsedTimeInActiveSeconds: 75 } },
  FailureReasons: [{ FailureCode: 'ManifestNotFound', FailureReason: 'Etag mismatch reading manifest' }],
  Operation: {
    LambdaInvoke: {
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rename-reports',
      InvocationSchemaVersion: '2.0',
      UserArguments: { suffix: 'B' },
    },
  },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::manifests/rename/manifest.csv', ETag: 'abc' },
  },
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Format: 'Report_CSV_20180820',
    Prefix: 'rename',
    ReportScope: 'AllTasks',
  },
};

function outline(nodes: readonly DetailNode[], indent = ''): string[] {
  return nodes.flatMap((node) => [
    `${indent}${node.label}${node.value === undefined ? '' : `: ${node.value}`}`,
    ...outline(node.children, `${indent}  `),
  ]);
}

function flat(nodes: readonly DetailNode[]): DetailNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}

describe('jobDetails', () => {
  it('shows what a job is, what it did and why it failed, failures first', () => {
    const details = jobDetails(local, descriptor, [{ Key: 'team', Value: 'data' }], formats);
    assert.deepEqual(
      outline(details),
      [
        'Reasons for failure',
        '  Etag mismatch reading manifest: ManifestNotFound',
        '    The manifest was changed after the job was written down. Submit the job again with the ETag that the manifest has now.',
        'Invoke AWS Lambda function: rename-reports',
        '  FunctionArn: arn:aws:lambda:us-east-1:000000000000:function:rename-reports',
        '  InvocationSchemaVersion: 2.0',
        '  UserArguments',
        '    suffix: B',
        'Manifest: s3://manifests/rename/manifest.csv',
        '  Format: S3BatchOperations_CSV_20180820',
        '  Columns: Bucket, Key',
        '  ETag: abc',
        'Report: s3://reports/rename/job-f3cc4f60-61f6-4a2b-8a21-d07600c373ce/',
        'Job role: batch',
        'Priority: 10',
        'Timeline: Failed',
        '  Created: Jan 2, 2026, 3:04:05 AM',
        '  Suspended: Jan 2, 2026, 3:04:06 AM · AWAITING_CONFIRMATION',
        '  Active for: 1 min 15 s',
        '  Failed: Jan 2, 2026, 4:00:00 AM',
        '  Reason given: confirmed by me',
        'Tags: 1',
        '  team: data',
        'Job ID: f3cc4f60-61f6-4a2b-8a21-d07600c373ce',
      ].map((line) => line.replaceAll('\u202f', ' ')),
    );
  });

  it('gives every node an id of its own below the job', () => {
    const ids = flat(jobDetails(local, descriptor, [], formats)).map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => id.startsWith('local/f3cc4f60-61f6-4a2b-8a21-d07600c373ce/')));
  });

  it('copes with a job of which little is known', () => {
    const bare: JobDescriptor = { JobId: 'j-1', Status: 'New', Priority: 0 };
    assert.deepEqual(outline(jobDetails(local, bare, undefined, formats)), [
      'Operation: ',
      'Report: none',
      'Priority: 0',
      'Timeline: New',
      'Tags: could not be read',
      'Job ID: j-1',
    ]);
  });

  it('opens a report only once it is written, a manifest only where it is a file of this machine, and a role only where there are roles', () => {
    const actions = (job: JobDescriptor, target: Target): string[] =>
      jobDetails(target, job, [], formats).flatMap((node) => node.action ?? []);
    assert.deepEqual(actions(descriptor, local), ['openManifest', 'openReport']);
    assert.deepEqual(actions({ ...descriptor, Status: 'Active' }, local), ['openManifest']);
    assert.deepEqual(actions(descriptor, { ...local, id: 'aws:p:r', kind: 'aws' }), ['openReport', 'openRole']);
  });
});

describe('reportLocation', () => {
  it('finds the manifest of the report, without a prefix at the root of the bucket', () => {
    assert.equal(reportLocation(descriptor)?.manifestKey, `rename/job-${descriptor.JobId}/manifest.json`);
    const { Prefix: _, ...report } = descriptor.Report ?? { Enabled: true };
    assert.equal(reportLocation({ ...descriptor, Report: report })?.manifestKey, `job-${descriptor.JobId}/manifest.json`);
    assert.equal(reportLocation({ ...descriptor, Report: { Enabled: false } }), undefined);
  });
});

describe('viewOf', () => {
  it('shows a job with its state, and says both to a screen reader', () => {
    const node: JobNode = {
      kind: 'job',
      id: 'local/j-1',
      targetId: 'local',
      jobId: 'j-1',
      job: {
        JobId: 'j-1',
        Description: 'Rename',
        Operation: 'LambdaInvoke',
        Priority: 10,
        Status: 'Active',
        ProgressSummary: { TotalNumberOfTasks: 2868, NumberOfTasksSucceeded: 1201, NumberOfTasksFailed: 3 },
      },
    };
    const view = viewOf(node, formats);
    assert.equal(view.label, 'Rename');
    assert.equal(view.description, '1,204 of 2,868 · 3 failed');
    assert.equal(view.accessibilityLabel, 'Job Rename, 1,204 of 2,868 · 3 failed');
    assert.equal(
      jobTooltip(node, formats),
      'Rename\n1,204 of 2,868 · 3 failed\nJob ID: j-1\nOperation: LambdaInvoke\nPriority: 10',
    );
    assert.deepEqual([...(view.abilities ?? [])].toSorted(), ['cancellable', 'copyable', 'logged', 'pinnable', 'prioritizable']);
  });

  it('marks a target whose data is old, and an error as something to try again', () => {
    const target = { kind: 'target', id: 'local', target: local, isStale: true } as const;
    assert.match(viewOf(target, formats).description ?? '', /could not be read/);
    const old = viewOf({ ...target, readAt: '2026-11-22T10:00:00Z' }, formats);
    assert.match(old.description ?? '', /not up to date, as of Nov 22, 2026/);
    assert.match(old.accessibilityLabel, /not up to date/);
    const error = viewOf(
      { kind: 'error', id: 'local/error', targetId: 'local', message: 'Local does not answer.', hint: 'Start it.' },
      formats,
    );
    assert.equal(error.action, 'retry');
    assert.match(error.accessibilityLabel, /Local does not answer\.\nStart it\. Press Enter/);
  });
});
