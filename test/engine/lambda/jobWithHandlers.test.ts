import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FunctionDefinition } from '../../../src/engine/contracts.js';
import { startRunProcess } from '../../../src/engine/run/runProcess.js';
import { compiledBootstrap, noCompiler } from '../../support/bootstraps.js';
import { HandlerFolder } from '../../support/environmentThread.js';
import { noPython } from '../../support/python.js';
import { JobRun, silentLog } from '../../support/runJob.js';

const script = fileURLToPath(new URL('../../support/handlerRunHost.js', import.meta.url));

interface Result {
  readonly succeeded: number;
  readonly failed: number;
  readonly rows: readonly string[];
  readonly elapsedMs: number;
  readonly output: string;
}

/** Runs a job of these keys with a handler, in lanes as the engine has them. */
async function runJob(
  t: TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<FunctionDefinition>,
  keys: readonly string[] = ['a', 'b', 'c'],
): Promise<Result> {
  const folder = new HandlerFolder(files);
  t.after(() => folder.remove());
  if ('bootstrap' in files) chmodSync(join(folder.path, 'bootstrap'), 0o755);
  const run = await JobRun.create(keys, { settings: { redrives: 1, concurrency: 2 } });
  t.after(() => run.dispose());
  const startedMs = performance.now();
  const plan = { ...run.plan, work: { ...run.plan.work, definition: folder.definition(more) } };
  const end = await startRunProcess({ script, plan, log: silentLog, onProgress: () => undefined }).ended;
  const elapsedMs = performance.now() - startedMs;
  assert.ok(end.kind === 'ended', JSON.stringify(end));
  const results = await run.results();
  const rows = [...results.entries()].toSorted(([a], [b]) => a - b).flatMap(([, texts]) => texts);
  return { succeeded: end.succeeded, failed: end.failed, rows, elapsedMs, output: await run.output().catch(() => '') };
}

const answer = `({ invocationSchemaVersion: '1.0', invocationId: event.invocationId,
  results: [{ taskId: event.tasks[0].taskId, resultCode: 'Succeeded', resultString: event.tasks[0].s3Key + state }] })`;
const state = 'let state = 0;';

for (const [name, source] of [
  ['an async handler', `${state} exports.handler = async (event) => { state += 1; return ${answer}; }`],
  ['a callback', `${state} exports.handler = (event, context, callback) => { setTimeout(() => callback(null, ${answer}), 1); }`],
  ['a callback at once', `${state} exports.handler = (event, context, callback) => { callback(null, ${answer}); }`],
] as const) {
  test(`a job with ${name}`, async (t) => {
    const result = await runJob(t, { 'app.js': source }, {});
    assert.equal(result.succeeded, 3);
    assert.match(result.rows[0] ?? '', /succeeded,200,,a\d/);
  });
}

test('a handler starts in the folder of its code, as on Lambda', async (t) => {
  const source = `const { readFileSync } = require('node:fs');
  const state = readFileSync('./word.txt', 'utf8'); exports.handler = async (event) => ${answer}`;
  const result = await runJob(t, { 'app.js': source, 'word.txt': '-word' }, {}, ['a']);
  assert.deepEqual(result.rows, ['bucket,a,,succeeded,200,,a-word\r\n']);
});

test('a job whose code is nowhere says so in each row', async (t) => {
  const result = await runJob(t, {}, { codeDirectory: join('gone', 'code') }, ['a']);
  assert.match(result.rows[0] ?? '', /failed,200,PermanentFailure,.*Cannot find module 'app' in /);
});

test('a plain function that returns has no answer on nodejs22.x, which shows at once and not by a timeout', async (t) => {
  const source = `${state} exports.handler = (event) => ${answer}`;
  const result = await runJob(t, { 'app.js': source }, { timeoutMs: 20_000 });
  assert.equal(result.failed, 3);
  assert.match(result.rows[0] ?? '', /failed,200,PermanentFailure,Invalid JSON returned in Lambda payload/);
  assert.ok(result.elapsedMs < 15_000, `${result.elapsedMs} ms`);
  const newer = await runJob(t, { 'app.js': source }, { timeoutMs: 20_000, runtime: 'nodejs24.x' });
  assert.equal(newer.succeeded, 3);
});

test('a handler that never settles shows at once, one that spins by its timeout', async (t) => {
  const never = await runJob(t, { 'app.js': 'exports.handler = () => new Promise(() => {})' }, { timeoutMs: 20_000 });
  assert.match(never.rows[0] ?? '', /Invalid JSON returned/);
  const spins = await runJob(t, { 'app.js': 'exports.handler = async () => { for (;;); }' }, { timeoutMs: 500 }, ['a']);
  assert.match(spins.rows[0] ?? '', /Task timed out after 0\.50 seconds/);
});

test('a job whose handler exits or throws goes on with the other rows', async (t) => {
  const source = `${state} exports.handler = async (event) => {
    const key = event.tasks[0].s3Key;
    if (key === 'exits') process.exit(3);
    if (key === 'throws') return newKey;
    console.log('did', key);
    return ${answer};
  }`;
  const result = await runJob(t, { 'app.js': source }, {}, ['a', 'exits', 'throws', 'b']);
  assert.deepEqual([result.succeeded, result.failed], [2, 2]);
  assert.match(result.rows[1] ?? '', /Runtime exited with error: exit status 3/);
  assert.match(result.rows[2] ?? '', /newKey is not defined/);
  assert.match(result.output, /did a\n/);
  assert.match(result.output, /app\.js:4/);
});

test('a handler that takes more memory than its function has is killed, and the job goes on', async (t) => {
  const source = `${state} exports.handler = async (event) => {
    if (event.tasks[0].s3Key === 'greedy') for (const all = []; ;) all.push(new Array(100_000).fill(all.length));
    return ${answer};
  }`;
  const result = await runJob(t, { 'app.js': source }, { timeoutMs: 60_000, memoryMb: 128 }, ['a', 'greedy', 'b']);
  assert.deepEqual([result.succeeded, result.failed], [2, 1]);
  assert.match(result.rows[1] ?? '', /RequestId: \S+ Error: Runtime exited with error: signal: killed/);
});

test('a job in TypeScript and in Python', { skip: noPython }, async (t) => {
  const typed = `const state: number = 1; export async function handler(event: any) { return ${answer}; }`;
  assert.equal((await runJob(t, { 'app.ts': typed }, {})).succeeded, 3);
  const python = `def handler(event, context):
    task = event["tasks"][0]
    if task["s3Key"] == "b":
        return {"invocationId": event["invocationId"], "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": new_key}]}
    return {"invocationId": event["invocationId"], "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": "é"}]}
`;
  const result = await runJob(t, { 'app.py': python }, { runtime: 'python3.12' });
  assert.deepEqual([result.succeeded, result.failed], [2, 1]);
  assert.match(result.rows[1] ?? '', /name 'new_key' is not defined/);
});

test('a job of an executable', { skip: noCompiler('rs') || (process.platform === 'win32' && 'not on Windows') }, async (t) => {
  const keys = ['abc', 'print-1', 'exit', 'fail', 'error', 'print-2'];
  const result = await runJob(
    t,
    { bootstrap: compiledBootstrap('rs') },
    { runtime: 'provided.al2023', handler: 'bootstrap' },
    keys,
  );
  assert.deepEqual([result.succeeded, result.failed], [3, 3]);
  assert.match(result.rows[0] ?? '', /succeeded,200,,3/);
  assert.match(result.rows[2] ?? '', /Runtime exited with error: exit status 7/);
  assert.match(result.rows[3] ?? '', /failed,200,PermanentFailure,4/);
  assert.match(result.rows[4] ?? '', /no error/);
  assert.match(result.output, /stdout \[row 2, [^\]]*print-1\] did print-1/);
  assert.match(result.output, /stdout \[row 6, [^\]]*print-2\] did print-2/);
});
