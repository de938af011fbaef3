import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JobEngine } from '../../support/jobEngine.js';

const script = fileURLToPath(new URL('../../fakes/jobEngineProcess.js', import.meta.url));

interface Line {
  readonly id: string;
  readonly status: string;
  readonly done: number;
}

test('an engine that is killed three times in a job of 20,000 rows loses and doubles nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 's3batch-killed-'));
  const tag = `s3batch-test-${process.pid}-${Date.now()}`;
  const start = (): ChildProcess =>
    spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TAG: tag } });
  try {
    let last: Line = { id: '', status: '', done: 0 };
    for (let kills = 0; kills < 3; kills += 1) {
      const child = start();
      const before = last.done;
      for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
        last = JSON.parse(line) as Line;
        if (last.done > before) child.kill('SIGKILL');
      }
      if (process.platform === 'linux') await untilGone(tag);
    }
    assert.ok(last.done > 0 && last.done < 20_000, `${last.done} done: killed too late to show anything`);
    const child = start();
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) last = JSON.parse(line) as Line;
    assert.deepEqual([last.status, last.done], ['Complete', 20_000]);
    const engine = await JobEngine.start({ directory });
    const { succeeded = [], failed = [] } = await engine.report(last.id);
    assert.deepEqual(await engine.counts(last.id), [20_000, 18_000, 2000]);
    await engine.stop();
    const keys = [...succeeded, ...failed].map((row) => row.split(',')[1]);
    assert.equal(keys.length, 20_000);
    assert.equal(new Set(keys).size, 20_000);
    assert.ok(failed.every((row) => row.startsWith('bucket,fail')));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

/** Waits until no process carries the tag: hosts must end with their engine. */
async function untilGone(tag: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
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
