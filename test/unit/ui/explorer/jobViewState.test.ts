import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobListItem } from '../../../../src/core/job/jobTypes.js';
import { JobViewState } from '../../../../src/ui/explorer/jobViewState.js';
import { FakeMemory } from '../../../support/fakeMemory.js';

const ended = (atMs: number): JobListItem => ({ JobId: 'j', Status: 'Complete', TerminationDate: new Date(atMs).toISOString() });

describe('JobViewState', () => {
  it('remembers pins and grouping in the next window, and forgets the filter', () => {
    const memory = new FakeMemory();
    const before = new JobViewState(memory, assert.ifError);
    before.setPinned([{ targetId: 'local', jobId: 'a' }], true);
    before.setGrouping('status');
    before.setFilter('failed');
    const after = new JobViewState(memory, assert.ifError);
    assert.equal(after.isPinned({ targetId: 'local', jobId: 'a' }), true);
    assert.equal(after.grouping, 'status');
    assert.equal(after.filter, undefined);
    after.setPinned([{ targetId: 'local', jobId: 'a' }], false);
    assert.equal(new JobViewState(memory, assert.ifError).isPinned({ targetId: 'local', jobId: 'a' }), false);
  });

  it('knows what ended between the last look of one window and the first of the next', () => {
    const memory = new FakeMemory();
    const first = new JobViewState(memory, assert.ifError);
    assert.equal(first.endedAway('local', ended(500)), false, 'nobody was here before');
    first.noteLook('local', 100_000);
    first.noteLook('local', 110_000);
    first.noteLook('local', 140_000);
    const next = new JobViewState(memory, assert.ifError);
    next.noteLook('local', 900_000);
    assert.equal(next.endedAway('local', ended(139_000)), false, 'was seen');
    assert.equal(next.endedAway('local', ended(141_000)), true);
    assert.equal(next.endedAway('local', ended(901_000)), false, 'ended while somebody looks');
    assert.equal(next.endedAway('other', ended(141_000)), false);
    next.dismissAway();
    assert.equal(next.endedAway('local', ended(141_000)), false);
  });
});
