import assert from 'node:assert/strict';
import { afterEach, test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal } from '../../../src/core/job/lifecycle.js';
import { type Fault, type FaultKind, injectFault } from '../../fakes/faultyFiles.js';
import { ManualClock } from '../../fakes/manualClock.js';
import { JobEngine, textAt } from '../../support/jobEngine.js';
import { proofRuns } from '../../support/proofRuns.js';

const rows = 40;
const operation = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };
const quietly: JobEngine[] = [];
afterEach(async () => {
  for (const engine of quietly.splice(0)) await engine.dispose();
});

/** A job of 40 rows, of which every tenth fails, while the disk does what the fault says; then the disk is well again. */
async function runWithFault(fault: Fault): Promise<{ hits: number; status: string; reason: string }> {
  const clock = new ManualClock();
  const engine = await JobEngine.start({ clock, settings: { concurrency: 4 }, onError: () => undefined });
  quietly.push(engine);
  await engine.store.createBucket('bucket');
  const keys = Array.from({ length: rows }, (_, row) => (row % 10 === 0 ? `gone${row}` : `key${row}`));
  for (const key of keys) if (key.startsWith('key')) await engine.store.write('bucket', key, Buffer.from(key));
  const manifest = await engine.putManifest(keys);
  const request = engine.request(manifest, { Operation: operation });
  const installed = await injectFault(fault);
  let status = 'refused';
  try {
    const id = await engine.createFrom(request).catch((error: unknown) => {
      assert.equal((error as { code?: string }).code, fault.code, String(error));
      return undefined;
    });
    if (id === undefined) return { hits: installed.hits, status, reason: '' };
    for (let tries = 0; tries < 400; tries += 1) {
      status = await engine.status(id);
      if (isTerminal(status as never)) break;
      await wait(2);
      // Drivers that failed try again after a while.
      clock.advance(1000);
      if (tries === 100) installed.remove();
    }
    assert.ok(isTerminal(status as never), `the job stays ${status}`);
    const reason = textAt(await engine.describe(id), 'FailureReasons', 'member', 'FailureReason');
    const [, succeeded, failed] = await engine.counts(id);
    installed.remove();
    if (status === 'Complete') assert.deepEqual([succeeded, failed], [36, 4]);
    else assert.notEqual(reason, '');
    // What is reported is reported once, and is what was counted.
    const groups = await engine.report(id).catch(() => undefined);
    if (groups !== undefined) {
      const reported = Object.values(groups).flat();
      assert.equal(new Set(reported.map((row) => row.split(',')[1])).size, reported.length);
      assert.equal(reported.length, succeeded + failed);
    }
    // The engine goes on, also after a restart.
    await engine.restart();
    assert.equal(await engine.status(id), status);
    const next = await engine.createFrom(engine.request(manifest, { Operation: operation }));
    assert.equal(await engine.until(next), 'Complete');
    assert.deepEqual(await engine.counts(next), [rows, 36, 4]);
    return { hits: installed.hits, status, reason };
  } finally {
    installed.remove();
  }
}

/** The fault at every call of its kind (usually at every fourth), one job each, until no job gets as far. */
async function atEachCall(t: TestContext, kind: FaultKind, code: Fault['code'], times: number): Promise<void> {
  const statuses = new Map<string, number>();
  for (let at = 0; ; at += proofRuns(4, 1)) {
    const { hits, status } = await runWithFault({ kind, code, at, times, path: '/data/jobs/' });
    if (hits === 0) {
      assert.ok(at > 3, `only ${at} calls of ${kind}`);
      break;
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    for (const engine of quietly.splice(0)) await engine.dispose();
  }
  t.diagnostic([...statuses].map(([status, count]) => `${status} ${count}`).join(', '));
}

test('a disk that is full for a moment, at each write of a job', (t) => atEachCall(t, 'write', 'ENOSPC', 1));
test('a disk that stays full for a while, from each write of a job on', (t) => atEachCall(t, 'write', 'ENOSPC', 1000));
test('an fsync that fails, at each of a job', (t) => atEachCall(t, 'sync', 'EIO', 1));
test('no more file descriptors, at each open of a job', (t) => atEachCall(t, 'open', 'EMFILE', 1));
test('a rename that fails, at each of a job', (t) => atEachCall(t, 'rename', 'EIO', 1));
