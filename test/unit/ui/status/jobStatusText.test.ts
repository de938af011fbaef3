import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ActiveJob, JobActivity } from '../../../../src/ui/platform/jobActivity.js';
import { jobStatusText } from '../../../../src/ui/status/jobStatusText.js';

const l10n = {
  t: (text: string, ...args: unknown[]) => text.replaceAll(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
};

function job(values: Partial<ActiveJob>): ActiveJob {
  return {
    targetId: 'local',
    jobId: 'j1',
    label: 'Rename reports',
    status: 'Active',
    totalTasks: 2868,
    succeededTasks: 1200,
    failedTasks: 0,
    ...values,
  };
}

test('no job, nothing to say', () => assert.equal(jobStatusText([], undefined, l10n), undefined));

test('one job: its progress, and its failures only when there are some', () => {
  assert.equal(jobStatusText([job({})], undefined, l10n)?.text, '$(sync~spin) 1,200 of 2,868');
  const failing = jobStatusText([job({ failedTasks: 4 })], undefined, l10n);
  assert.equal(failing?.text, '$(sync~spin) 1,204 of 2,868 · 4 failed');
  assert.equal(failing.severity, 'warning');
  assert.equal(
    jobStatusText([job({ totalTasks: undefined, status: 'Preparing' })], undefined, l10n)?.text,
    '$(sync~spin) Preparing',
  );
});

test('several jobs: how many, each in the tooltip', () => {
  const text = jobStatusText([job({}), job({ label: 'Other', status: 'Suspended' })], undefined, l10n);
  assert.equal(text?.text, '$(sync~spin) 2 jobs');
  assert.equal(text.tooltip, 'Rename reports: 1,200 of 2,868\nOther: Waits for confirmation');
});

test('a job that waits for a person does not spin', () => {
  assert.equal(jobStatusText([job({ status: 'Suspended' })], undefined, l10n)?.text, '$(debug-pause) Waits for confirmation');
});

test('a job that ended with failures stays until somebody looks, behind those that run', () => {
  const end = {
    targetId: 'local',
    jobId: 'j1',
    label: 'Rename $(bug) reports',
    state: 'Complete, 3 failed',
    severity: 'warning',
  } as const;
  const text = jobStatusText([], end, l10n);
  assert.equal(text?.text, '$(warning) Rename $\u200b(bug) reports: Complete, 3 failed');
  assert.equal(text.severity, 'warning');
  assert.deepEqual(text.ended, { targetId: 'local', jobId: 'j1' });
  assert.equal(text.label, 'S3 Batch: Rename $(bug) reports: Complete, 3 failed');
  assert.equal(jobStatusText([], { ...end, severity: 'error' }, l10n)?.severity, 'error');
  assert.equal(jobStatusText([job({})], end, l10n)?.severity, 'none');
  const activity = new JobActivity();
  activity.noteBadEnd(end);
  activity.looked({ targetId: 'local', jobId: 'other' });
  assert.equal(activity.badEnd, end);
  activity.looked(end);
  assert.equal(activity.badEnd, undefined);
});
