import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTestFile, type TestFileResult } from '../../../src/build/testFile.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3b-test-file-'));
});
after(() => rm(folder, { recursive: true, force: true }));

let written = 0;

/** Runs a test file of this text. */
async function run(text: string, silenceMs = 60_000): Promise<TestFileResult> {
  written += 1;
  const file = join(folder, `file${written}.mjs`);
  await writeFile(file, `import { describe, test } from 'node:test';\nimport { spawn } from 'node:child_process';\n${text}`);
  const limits = { fileMs: 120_000, silenceMs, patienceMs: 500 };
  return runTestFile({ root: process.cwd(), file, nodeArgs: [], env: {}, limits, onLine: undefined });
}

test('counts what passed, failed and was skipped', async () => {
  const result = await run(
    "describe('suite', () => { test('a', () => {}); test('b', () => { throw new Error('no'); }); }); test.skip('c', () => {});",
  );
  assert.deepEqual(result.counts, { passed: 1, failed: 1, skipped: 1 });
  assert.equal(result.problem, undefined);
  assert.ok(result.lines.some((line) => line.includes('✖ b')));
});

test('a test that never ends is cut and named', async () => {
  const result = await run(
    "describe('suite', () => { test('quick', () => {}); test('stuck', () => new Promise(() => setInterval(() => {}, 1000))); });",
    4000,
  );
  assert.deepEqual(result.counts, { passed: 1, failed: 1, skipped: 0 });
  assert.equal(result.problem, 'cut because no test began or ended for 4 s, in: suite > stuck');
});

test('a handle that stays open behind the last test is cut', async () => {
  const result = await run("test('last', () => { setInterval(() => {}, 1000); });", 4000);
  assert.deepEqual(result.counts, { passed: 1, failed: 1, skipped: 0 });
  assert.equal(result.problem, 'cut because no test began or ended for 4 s, behind: last');
});

test('a file that runs no test, or crashes behind its last, fails', async () => {
  assert.deepEqual((await run('')).problem, 'ran no test');
  const crashed = await run("test('fine', () => {}); process.on('exit', () => { process.exitCode = 3; });");
  assert.deepEqual([crashed.counts.failed, crashed.problem], [1, 'ended with code 3, though no test failed']);
});

const skip = process.platform === 'linux' ? false : 'only Linux shows whose a process is';
test('a process that is left running, in a group of its own, fails the file and is ended', { skip }, async () => {
  const result = await run(
    `test('fine', () => {
       const child = spawn('sleep', ['300'], { stdio: 'ignore', detached: true });
       console.log('pid ' + child.pid);
       child.unref();
     });`,
  );
  assert.deepEqual(result.counts, { passed: 1, failed: 1, skipped: 0 });
  assert.match(result.problem ?? '', /^ended; processes that it left running were ended:\n {2}sleep 300$/);
  const pid = Number(/pid (\d+)/.exec(result.lines.join('\n'))?.[1]);
  // Whoever adopted it may not have noticed that it ended.
  assert.equal(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), '');
});
