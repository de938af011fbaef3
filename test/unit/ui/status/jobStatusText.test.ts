import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveJob } from '../../../../src/ui/platform/jobActivity.js';
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

test('no job, nothing to say', () => assert.equal(jobStatusText([], l10n), undefined));

test('one job: its progress, and its failures only when there are some', () => {
  assert.equal(jobStatusText([job({})], l10n)?.text, '$(sync~spin) 1,200 of 2,868');
  const failing = jobStatusText([job({ failedTasks: 4 })], l10n);
  assert.equal(failing?.text, '$(sync~spin) 1,204 of 2,868 · 4 failed');
  assert.equal(failing.hasFailures, true);
  assert.equal(jobStatusText([job({ totalTasks: undefined, status: 'Preparing' })], l10n)?.text, '$(sync~spin) Preparing');
});

test('several jobs: how many, each in the tooltip', () => {
  const text = jobStatusText([job({}), job({ label: 'Other', status: 'Suspended' })], l10n);
  assert.equal(text?.text, '$(sync~spin) 2 jobs');
  assert.equal(text.tooltip, 'Rename reports: 1,200 of 2,868\nOther: Waits for confirmation');
});

test('a job that waits for a person does not spin', () => {
  assert.equal(jobStatusText([job({ status: 'Suspended' })], l10n)?.text, '$(debug-pause) Waits for confirmation');
});
