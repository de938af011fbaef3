import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobListItem, JobStatus } from '../../../../src/core/job/jobTypes.js';
import {
  changeBetween,
  type JobList,
  unfinishedJobs,
  withFirstPage,
  withJobs,
  withNextPage,
} from '../../../../src/core/view/jobList.js';

/** `minute` is the time of creation. */
function job(id: string, minute: number, status: JobStatus = 'Complete', succeeded = 0): JobListItem {
  return {
    JobId: id,
    Status: status,
    CreationTime: new Date(minute * 60_000).toISOString(),
    ProgressSummary: { TotalNumberOfTasks: 9, NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: 0 },
  };
}

const ids = (list: JobList): string => list.jobs.map((item) => item.JobId).join(' ');

describe('withFirstPage', () => {
  it('sorts newest first, whatever the service says', () => {
    assert.equal(ids(withFirstPage(undefined, { jobs: [job('b', 2), job('d', 4), job('a', 1), job('c', 2)] })), 'd b c a');
  });

  it('keeps the pages that were loaded after it, and their token', () => {
    let list = withFirstPage(undefined, { jobs: [job('d', 4), job('c', 3)], nextToken: 't1' });
    list = withNextPage(list, 't1', { jobs: [job('b', 2), job('a', 1)], nextToken: 't2' });
    list = withFirstPage(list, { jobs: [job('e', 5), job('d', 4)], nextToken: 't1b' });
    assert.equal(ids(list), 'e d c b a');
    assert.equal(list.nextToken, 't2');
  });

  it('forgets a job that the page would hold if it still were', () => {
    let list = withFirstPage(undefined, { jobs: [job('d', 4), job('c', 3), job('b', 2)], nextToken: 't1' });
    list = withFirstPage(list, { jobs: [job('d', 4), job('b', 2)], nextToken: 't1' });
    assert.equal(ids(list), 'd b');
  });

  it('forgets everything else when the page is all there is', () => {
    const list = withFirstPage({ jobs: [job('a', 1)], nextToken: 't' }, { jobs: [job('d', 4)] });
    assert.equal(ids(list), 'd');
    assert.equal(list.nextToken, undefined);
  });
});

describe('changeBetween', () => {
  const before = withFirstPage(undefined, { jobs: [job('b', 2, 'Active', 1), job('a', 1)] });

  it('names only the jobs that look different', () => {
    const after = withJobs(before, [job('b', 2, 'Active', 2), job('a', 1)]);
    assert.deepEqual(changeBetween(before, after), { isListChanged: false, changed: new Set(['b']) });
    assert.deepEqual(changeBetween(before, before), { isListChanged: false, changed: new Set() });
  });

  it('sees jobs that came, went or stand elsewhere', () => {
    assert.equal(changeBetween(undefined, before).isListChanged, true);
    assert.equal(changeBetween(before, { ...before, jobs: before.jobs.slice(1) }).isListChanged, true);
    assert.equal(changeBetween(before, { ...before, nextToken: 't' }).isListChanged, true);
    assert.equal(changeBetween(before, { ...before, jobs: before.jobs.toReversed() }).isListChanged, true);
  });

  it('knows which jobs are still worth asking about', () => {
    assert.deepEqual(
      unfinishedJobs(before).map((item) => item.JobId),
      ['b'],
    );
  });
});
