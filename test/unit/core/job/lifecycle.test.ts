import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JobStatus, jobStatuses, type RequestedJobStatus } from '../../../../src/core/job/jobTypes.js';
import { canTransition, isOverFailureThreshold, isTerminal, requestStatus } from '../../../../src/core/job/lifecycle.js';

const status = fc.constantFrom(...jobStatuses);

test('the way of a job that works, with and without confirmation', () => {
  const ways: JobStatus[][] = [
    ['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Completing', 'Complete'],
    ['New', 'Preparing', 'Ready', 'Active', 'Pausing', 'Paused', 'Active', 'Completing', 'Failed'],
    ['New', 'Preparing', 'Failing', 'Failed'],
    ['New', 'Preparing', 'Ready', 'Active', 'Failing', 'Failed'],
  ];
  for (const way of ways) {
    way.forEach((to, index) => {
      const from = way[index - 1];
      if (from !== undefined) assert.ok(canTransition(from, to), `${from} -> ${to}`);
    });
  }
});

test('Complete, Cancelled and Failed are the ends, and every status leads to one of them', () => {
  assert.deepEqual(jobStatuses.filter(isTerminal), ['Complete', 'Cancelled', 'Failed']);
  for (const from of jobStatuses) {
    const reached = new Set<JobStatus>([from]);
    for (const seen of reached) for (const next of jobStatuses) if (canTransition(seen, next)) reached.add(next);
    assert.ok([...reached].some(isTerminal), from);
  }
});

test('Suspended is entered once, from Preparing only', () => {
  assert.deepEqual(
    jobStatuses.filter((from) => canTransition(from, 'Suspended')),
    ['Preparing'],
  );
  assert.ok(!jobStatuses.some((from) => canTransition(from, 'New')));
});

test('a request moves only as the table of transitions allows', () => {
  fc.assert(
    fc.property(status, fc.constantFrom<RequestedJobStatus>('Ready', 'Cancelled'), (current, requested) => {
      const moved = requestStatus(current, requested);
      if (moved !== undefined) assert.ok(canTransition(current, moved));
      if (isTerminal(current)) assert.equal(moved, undefined);
      if (requested === 'Ready') assert.equal(moved, current === 'Suspended' ? 'Ready' : undefined);
    }),
  );
  assert.equal(requestStatus('Suspended', 'Cancelled'), 'Cancelled');
  assert.equal(requestStatus('Active', 'Cancelled'), 'Cancelling');
  assert.equal(requestStatus('Completing', 'Cancelled'), undefined);
  assert.equal(requestStatus('Cancelling', 'Cancelled'), undefined);
});

/** A job that anything may happen to: it never gets stuck, never leaves an end, and never runs unconfirmed. */
test('model: whatever is asked and happens, a job runs only once confirmed and ends once', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('happen' as const), to: status }),
    fc.record({ kind: fc.constant('ask' as const), to: fc.constantFrom<RequestedJobStatus>('Ready', 'Cancelled') }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let current: JobStatus = 'New';
      let wasSuspended = false;
      let wasConfirmed = false;
      let ended = 0;
      for (const { kind, to } of steps) {
        const next: JobStatus | undefined =
          kind === 'ask' ? requestStatus(current, to) : canTransition(current, to) ? to : undefined;
        if (next === undefined) continue;
        if (next === 'Suspended') {
          assert.ok(!wasSuspended);
          wasSuspended = true;
        }
        if (current === 'Suspended' && next === 'Ready') wasConfirmed = true;
        if (next === 'Active') assert.ok(!wasSuspended || wasConfirmed);
        if (isTerminal(next)) ended += 1;
        current = next;
      }
      assert.ok(ended <= 1);
    }),
  );
});

test('the failure threshold: more than half, of 1,000 tasks at least', () => {
  assert.equal(isOverFailureThreshold(0, 999), false);
  assert.equal(isOverFailureThreshold(0, 1000), true);
  assert.equal(isOverFailureThreshold(500, 500), false);
  assert.equal(isOverFailureThreshold(499, 501), true);
});
