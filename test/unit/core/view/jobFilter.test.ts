import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobListItem, JobStatus } from '../../../../src/core/job/jobTypes.js';
import { isEmptyFilter, matchesFilter, parseJobFilter } from '../../../../src/core/view/jobFilter.js';

const day = 86_400_000;
const now = 1000 * day;

function job(status: JobStatus, more: Partial<JobListItem> = {}): JobListItem {
  return {
    JobId: '11112222',
    Status: status,
    Operation: 'LambdaInvoke',
    CreationTime: new Date(now - 3 * day).toISOString(),
    ...more,
  };
}

const fits = (text: string, item: JobListItem, tags?: { Key: string; Value: string }[]): boolean =>
  matchesFilter(item, parseJobFilter(text).filter, now, tags);

describe('parseJobFilter', () => {
  it('takes words, in quotes too, in label, id and operation', () => {
    const item = job('Active', { Description: 'Tag all "old" reports' });
    assert.equal(fits('TAG reports', item), true);
    assert.equal(fits('"all "', item), true);
    assert.equal(fits('"reports tag"', item), false);
    assert.equal(fits('1111', item), true);
    assert.equal(fits('lambda', item), true);
    assert.equal(fits('s3://x', item), false);
  });

  it('tells a job that is complete with failures from a success', () => {
    const bad = job('Complete', {
      ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 1 },
    });
    const good = job('Complete', {
      ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 2, NumberOfTasksFailed: 0 },
    });
    assert.deepEqual(
      ['status:failures', 'status:succeeded', 'status:complete', 'status:ended'].map((text) => fits(text, bad)),
      [true, false, true, true],
    );
    assert.deepEqual(
      ['status:failures', 'status:succeeded', 'status:complete', 'status:ended'].map((text) => fits(text, good)),
      [false, true, true, true],
    );
    assert.equal(fits('status:failed', bad), false);
    assert.equal(fits('status:failed,failures', bad), true);
    assert.equal(fits('status:waiting', job('Suspended')), true);
    assert.equal(fits('status:running', job('Suspended')), false);
  });

  it('takes operation, tags and age', () => {
    assert.equal(fits('operation:copy,lambda', job('Active')), true);
    assert.equal(fits('operation:copy', job('Active')), false);
    const tags = [{ Key: 'team', Value: 'data' }];
    assert.deepEqual(
      ['tag:team', 'tag:team=data', 'tag:team=x', 'tag:tea'].map((text) => fits(text, job('Active'), tags)),
      [true, true, false, false],
    );
    assert.equal(fits('tag:team', job('Active')), false, 'unknown tags');
    assert.deepEqual(
      ['age:<7d', 'age:7d', 'age:<2d', 'age:>2d', 'age:>1w', 'age:<100h'].map((text) => fits(text, job('Active'))),
      [true, true, false, true, false, true],
    );
  });

  it('says what it does not understand, and filters nothing by it', () => {
    const { filter, problems } = parseJobFilter('status:bogus age:soon colour:red status:');
    assert.equal(isEmptyFilter(filter), true);
    assert.deepEqual(problems, [
      { text: 'bogus', kind: 'status' },
      { text: 'soon', kind: 'age' },
      { text: 'colour:', kind: 'part' },
    ]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { filter } = parseJobFilter(text);
        matchesFilter(job('Active'), filter, now);
        if (text.trim() === '') assert.equal(isEmptyFilter(filter), true);
      }),
    );
  });
});
