import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultyPerform } from '../../../src/engine/run/faults.js';
import type { TaskAttempt, TaskResult } from '../../../src/engine/run/taskPerformer.js';

const good: TaskResult = { kind: 'succeeded', httpStatus: 200, errorCode: '', message: 'done', isRetryable: false };

async function outcomes(chaosSeed: number, attempt: number): Promise<{ codes: string[]; performed: number }> {
  let performed = 0;
  const perform = faultyPerform(
    () => {
      performed += 1;
      return Promise.resolve(good);
    },
    { chaosSeed, settings: { redrives: 3 } },
  );
  const codes: string[] = [];
  for (let row = 0; row < 2000; row += 1) codes.push((await perform({ row, attempt } as TaskAttempt)).errorCode);
  return { codes, performed };
}

test('faults are the same for the same seed, some before and some after the work, and none at the last attempt', async () => {
  const { codes, performed } = await outcomes(7, 0);
  const throttled = codes.filter((code) => code === 'SlowDown').length;
  const lost = codes.filter((code) => code === 'TemporaryFailure').length;
  assert.ok(throttled > 180 && throttled < 320, String(throttled));
  assert.ok(lost > 180 && lost < 320, String(lost));
  // A throttled task was not begun; one whose answer was lost has done its work.
  assert.equal(performed, 2000 - throttled);
  assert.deepEqual((await outcomes(7, 0)).codes, codes);
  assert.notDeepEqual((await outcomes(8, 0)).codes, codes);
  assert.notDeepEqual((await outcomes(7, 1)).codes, codes);
  assert.deepEqual(new Set((await outcomes(7, 3)).codes), new Set(['']));
});
