import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../../../src/core/manifest/making/random.js';
import { JobEngine } from '../../support/jobEngine.js';
import { proofRuns } from '../../support/proofRuns.js';

const script = fileURLToPath(new URL('../../fakes/jobEngineProcess.js', import.meta.url));
const rows = proofRuns(2000, 10_000);

interface Line {
  readonly id: string;
  readonly status: string;
  readonly done: number;
}

/** Kills the engine at random points of one job, and lets the last one bring it to its end. */
async function killAgainAndAgain(t: TestContext, kind: 'lambda' | 'store'): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 's3batch-killed-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const tag = `s3batch-test-${process.pid}-${kind}`;
  const start = (): ChildProcess =>
    spawn(process.execPath, [script, directory, String(rows), kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TAG: tag },
    });
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const kills = proofRuns(3, 200);
  // Where the job shall be when it is hit; the kill comes a little later, wherever that is.
  const points = Array.from({ length: kills }, () => random.below(rows)).toSorted((a, b) => a - b);
  let last: Line = { id: '', status: '', done: 0 };
  let hits = 0;
  let slowestMs = 0;
  for (const point of points) {
    const child = start();
    const delayMs = random.below(12);
    const startedMs = Date.now();
    let isUp = false;
    let isHit = false;
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      last = JSON.parse(line) as Line;
      if (!isUp && last.status === 'Active') {
        isUp = true;
        slowestMs = Math.max(slowestMs, Date.now() - startedMs);
      }
      if (isHit || last.done < point) continue;
      isHit = true;
      await wait(delayMs);
      if (child.kill('SIGKILL')) hits += 1;
    }
    if (process.platform === 'linux') await untilGone(tag);
    if (last.status === 'Complete') break;
  }
  assert.ok(hits > kills / 2, `only ${hits} of ${kills} kills hit the job`);
  t.diagnostic(`${hits} kills; the slowest start until the job went on took ${slowestMs} ms`);
  const child = start();
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) last = JSON.parse(line) as Line;
  assert.deepEqual([last.status, last.done], ['Complete', rows]);
  const engine = await JobEngine.start({ directory });
  try {
    assert.deepEqual(await engine.counts(last.id), [rows, rows * 0.9, rows / 10]);
    const { succeeded = [], failed = [] } = await engine.report(last.id);
    assert.deepEqual([succeeded.length, failed.length], [rows * 0.9, rows / 10]);
    // Rows of one key can't be told apart in a report; where each has its own, none may be there twice.
    const keys = [...(kind === 'lambda' ? succeeded : []), ...failed].map((row) => row.split(',')[1]);
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(failed.every((row) => row.startsWith('bucket,fail')));
  } finally {
    await engine.stop();
  }
}

test('an engine killed at random points of a job that calls a function loses and doubles nothing', (t) =>
  killAgainAndAgain(t, 'lambda'));
test('an engine killed at random points of a job on the store loses and doubles nothing', (t) => killAgainAndAgain(t, 'store'));

/** Waits until no process carries the tag: hosts must end with their engine. */
async function untilGone(tag: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await tagged(tag)).length === 0) return;
    await wait(20);
  }
  assert.fail(`still running: ${(await tagged(tag)).join(', ')}`);
}

async function tagged(tag: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(`TAG=${tag}`))
      found.push(`${pid} ${await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')}`);
  }
  return found;
}
