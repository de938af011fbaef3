import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type JobDescriptor,
  type JobListItem,
  type JobProgressSummary,
  type JobStatus,
  jobStatuses,
} from '../../../../src/core/job/jobTypes.js';
import { formatDuration, type Formats } from '../../../../src/core/view/formats.js';
import { abilitiesOf, hasHandlerLog } from '../../../../src/core/view/jobAbilities.js';
import { jobEndMessage } from '../../../../src/core/view/jobEnd.js';
import { outcomeIcon, outcomeOf } from '../../../../src/core/view/jobOutcome.js';
import { jobLabel, progressText, stateText } from '../../../../src/core/view/jobText.js';
import { untranslated } from '../../../../src/core/view/localizer.js';

const formats: Formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };

function counts(total: number, succeeded: number, failed: number): JobProgressSummary {
  return { TotalNumberOfTasks: total, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: failed };
}

describe('stateText', () => {
  const cases: readonly [JobStatus, JobProgressSummary | undefined, string][] = [
    ['New', undefined, 'Preparing'],
    ['Preparing', counts(0, 0, 0), 'Preparing'],
    ['Suspended', counts(2868, 0, 0), 'Waits for confirmation · 2,868 objects'],
    ['Suspended', undefined, 'Waits for confirmation'],
    ['Ready', counts(10, 0, 0), 'Ready · 0 of 10'],
    ['Active', counts(2868, 1201, 3), '1,204 of 2,868 · 3 failed'],
    ['Active', counts(2868, 1204, 0), '1,204 of 2,868'],
    ['Active', undefined, 'Active'],
    ['Paused', counts(10, 4, 1), 'Paused · 5 of 10 · 1 failed'],
    ['Completing', counts(10, 9, 1), 'Completing · 10 of 10 · 1 failed'],
    ['Complete', counts(3, 3, 0), 'Complete · 3 succeeded'],
    ['Complete', counts(2868, 2865, 3), 'Complete, 3 failed · 2,865 succeeded'],
    ['Complete', undefined, 'Complete, counts unknown'],
    ['Failed', counts(0, 0, 0), 'Failed'],
    ['Failed', counts(4000, 400, 601), 'Failed · 1,001 of 4,000 · 601 failed'],
    ['Cancelled', counts(10, 4, 0), 'Cancelled · 4 of 10'],
    ['Hibernating' as JobStatus, counts(10, 4, 0), 'Hibernating · 4 of 10'],
  ];
  for (const [Status, summary, text] of cases) {
    it(`${Status} ${summary === undefined ? 'without counts' : JSON.stringify(Object.values(summary))}: ${text}`, () => {
      const job = summary === undefined ? { Status } : { Status, ProgressSummary: summary };
      assert.equal(stateText(job, formats), text);
    });
  }

  it('never looks like a success when tasks failed or the counts are unknown', () => {
    const success = outcomeIcon('succeeded');
    assert.notDeepEqual(outcomeIcon(outcomeOf('Complete', counts(3, 2, 1))), success);
    assert.notDeepEqual(outcomeIcon(outcomeOf('Complete', undefined)), success);
    assert.deepEqual(outcomeIcon(outcomeOf('Complete', counts(3, 3, 0))), success);
    for (const status of jobStatuses) {
      if (status !== 'Complete') assert.notDeepEqual(outcomeIcon(outcomeOf(status, counts(3, 3, 0))), success, status);
    }
  });
});

describe('progressText', () => {
  it('is undefined as long as nothing is known', () => {
    assert.equal(progressText(undefined, formats), undefined);
    assert.equal(progressText({}, formats), undefined);
    assert.equal(progressText(counts(0, 0, 0), formats), undefined);
  });

  it('writes numbers as the language does', () => {
    assert.equal(progressText(counts(2868, 1204, 0), { ...formats, locale: 'de' }), '1.204 of 2.868');
  });
});

describe('jobLabel', () => {
  it('is the description, else operation and the beginning of the id', () => {
    assert.equal(jobLabel({ JobId: '12345678-9', Description: ' Rename ' }), 'Rename');
    assert.equal(jobLabel({ JobId: '12345678-9', Description: ' ', Operation: 'LambdaInvoke' }), 'LambdaInvoke 12345678');
    assert.equal(jobLabel({ JobId: '12345678-9', Operation: { S3DeleteObjectTagging: {} } }), 'S3DeleteObjectTagging 12345678');
    assert.equal(jobLabel({ JobId: '12345678-9' }), '12345678');
  });
});

describe('jobEndMessage', () => {
  const job = (Status: JobStatus, summary?: JobProgressSummary): JobListItem => ({
    JobId: '12345678-9',
    Description: 'Rename',
    Status,
    ...(summary === undefined ? {} : { ProgressSummary: summary }),
  });

  it('warns of failed tasks and says how many', () => {
    assert.deepEqual(jobEndMessage(job('Complete', counts(3, 2, 1)), formats), {
      severity: 'warning',
      text: 'Job "Rename": Complete, 1 failed · 2 succeeded',
      mayHaveReport: true,
    });
  });

  it('has one severity for each way to end, and nothing to say before', () => {
    assert.equal(jobEndMessage(job('Complete', counts(3, 3, 0)), formats)?.severity, 'information');
    assert.equal(jobEndMessage(job('Complete'), formats)?.severity, 'warning');
    assert.equal(jobEndMessage(job('Failed', counts(0, 0, 0)), formats)?.severity, 'error');
    assert.equal(jobEndMessage(job('Failed', counts(0, 0, 0)), formats)?.mayHaveReport, false);
    assert.equal(jobEndMessage(job('Cancelled', counts(3, 1, 0)), formats)?.severity, 'warning');
    assert.equal(jobEndMessage(job('Active'), formats), undefined);
    assert.equal(jobEndMessage(job('Hibernating' as JobStatus), formats), undefined);
  });
});

describe('abilitiesOf', () => {
  const abilities = (Status: JobStatus): string => [...abilitiesOf({ JobId: 'j', Status })].toSorted().join(' ');

  it('follows the life cycle', () => {
    assert.equal(abilities('Suspended'), 'cancellable confirmable copyable prioritizable');
    assert.equal(abilities('Active'), 'cancellable copyable prioritizable');
    assert.equal(abilities('Complete'), 'copyable reported');
    assert.equal(abilities('Hibernating' as JobStatus), 'copyable');
  });

  it('a local job has a handler log once its function was called', () => {
    const has = (Status: JobStatus, Operation = 'LambdaInvoke'): boolean => hasHandlerLog({ JobId: 'j', Status, Operation });
    assert.deepEqual(
      (['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Paused', 'Complete', 'Failed'] as const).map((status) =>
        has(status),
      ),
      [false, false, false, false, true, true, true, true],
    );
    assert.equal(has('Complete', 'S3PutObjectCopy'), false);
  });

  it('offers the comparison of a second run under chaos that has ended', () => {
    const can = (Description: string, Status: JobStatus = 'Complete'): boolean =>
      abilitiesOf({ JobId: 'j', Status, Description }).has('chaosCompared');
    assert.deepEqual([can('Rename (chaos 2/2)'), can('Rename (chaos 1/2)'), can('Rename')], [true, false, false]);
    assert.equal(can('Rename (chaos 2/2)', 'Active'), false);
  });

  it('rules a report out once it is known that there is none', () => {
    const job: JobListItem = { JobId: 'j', Status: 'Complete' };
    const without: JobDescriptor = { JobId: 'j', Status: 'Complete', Priority: 1, Report: { Enabled: false } };
    assert.equal(abilitiesOf(job, without).has('reported'), false);
  });
});

describe('formatDuration', () => {
  it('shows the two biggest units', () => {
    const texts = [-1, 0, 59.6, 200, 7500, 90_000].map((seconds) => formatDuration(seconds, formats));
    assert.deepEqual(texts, ['0 s', '0 s', '1 min 0 s', '3 min 20 s', '2 h 5 min', '1 d 1 h']);
  });
});
