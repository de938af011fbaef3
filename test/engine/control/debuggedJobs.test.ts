import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { debugSessionEnded } from '../../../src/core/job/debugRun.js';
import { debugTag } from '../../../src/core/job/runTags.js';
import type { CreateJobRequest } from '../../../src/core/job/jobTypes.js';
import { connectLimitMs } from '../../../src/engine/debug/jobDebugger.js';
import { maxDebugMessageBytes } from '../../../src/engine/debug/debugMessages.js';
import { debuggerFile, outputFile } from '../../../src/engine/run/jobFiles.js';
import { eventually } from '../../support/eventually.js';
import { JobEngine, type JobEngineOptions, textAt } from '../../support/jobEngine.js';
import { JobSession } from '../../support/jobSession.js';
import { ManualClock } from '../../support/manualClock.js';

const Tags = [{ Key: debugTag, Value: 'yes' }];

async function start(t: TestContext, options: JobEngineOptions = {}): Promise<JobEngine> {
  const startRun = (): never => assert.fail('a debugged job has no host of lanes');
  const engine = await JobEngine.start({ startRun, ...options });
  t.after(() => engine.dispose());
  return engine;
}

function folderOf(engine: JobEngine, jobId: string): string {
  return join(engine.directory, 'data', 'jobs', jobId);
}

async function debugged(
  t: TestContext,
  keys: readonly string[],
  options: JobEngineOptions & { readonly changes?: Partial<CreateJobRequest> } = {},
): Promise<{ engine: JobEngine; id: string; folder: string; session: JobSession }> {
  const engine = await start(t, options);
  const id = await engine.create(keys, { Tags, ...options.changes });
  const folder = folderOf(engine, id);
  const session = await JobSession.connect(folder);
  t.after(() => session.peer.destroy());
  return { engine, id, folder, session };
}

async function reasonOf(engine: JobEngine, jobId: string): Promise<string> {
  return textAt(await engine.describe(jobId), 'StatusUpdateReason');
}

test('a debugged job invokes its handler in its debug session, row by row, and ends as every job', async (t) => {
  const { engine, id, folder, session } = await debugged(t, ['a', 'b', 'c'], { settings: { redriveDelayMs: 300 } });
  const first = await session.answer();
  assert.deepEqual([first['row'], first['attempt'], first['bucket'], first['keyField']], [0, 0, 'bucket', 'a']);
  await session.answer({
    kind: 'functionError',
    errorType: 'TypeError',
    errorMessage: 'oh',
    trace: ['TypeError: oh', '  at app.js:1'],
  });
  // Both are counted before the third is answered, however long that takes.
  assert.equal((await session.next('invoke'))['keyField'], 'c');
  session.peer.send({ kind: 'output', stream: 'stdout', line: 'made C' });
  assert.equal(await engine.status(id), 'Active');
  assert.deepEqual(await engine.counts(id), [3, 1, 0]);
  session.peer.send({ kind: 'outcome', outcome: { kind: 'invalidJson', text: 'NaN' } });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    assert.equal(
      (
        await session.answer(
          attempt < 3 ? { kind: 'functionError', errorType: 'TypeError', errorMessage: 'oh', trace: [] } : undefined,
        )
      )['attempt'],
      attempt,
    );
  }
  const end = await session.next('end');
  assert.equal(end['text'], `Job ${id} is Complete: 2 succeeded, 1 failed.`);
  assert.equal(end['isSucceeded'], false);
  assert.equal(await engine.until(id, 'Complete'), 'Complete');
  assert.deepEqual(await engine.report(id), {
    succeeded: ['bucket,a,,succeeded,200,,A', 'bucket,b,,succeeded,200,,B'],
    failed: ['bucket,c,,failed,200,PermanentFailure,Invalid JSON returned in Lambda payload'],
  });
  const output = await readFile(outputFile(folder), 'utf8');
  assert.match(output, /stdout \[row 3, bucket\/c\] made C\n/);
  assert.match(output, /stderr \[row 2, bucket\/b\] TypeError: oh\n {6}at app\.js:1\n/);
  await session.peer.closed;
  // The engine removes it beside closing.
  await eventually(async () => await assert.rejects(stat(debuggerFile(folder)), { code: 'ENOENT' }));
});

test('what came of each task is said in the debug console', async (t) => {
  const { session } = await debugged(t, ['a', 'b']);
  await session.answer();
  assert.equal((await session.next('print'))['line'], 'Row 1, bucket/a: succeeded: A');
  await session.answer({ kind: 'functionError', errorType: 'Error', errorMessage: 'no', trace: [] });
  assert.equal((await session.next('print'))['line'], 'Error: no');
  assert.match(
    String((await session.next('print'))['line']),
    /^Row 2, bucket\/b: failed and is tried again, PermanentFailure: Lambda returned/,
  );
});

test('a job waits for its debugger, and is cancelled when none comes', async (t) => {
  const clock = new ManualClock();
  const engine = await start(t, { clock });
  const id = await engine.create(['a'], { Tags });
  await JobSession.addressOf(folderOf(engine, id));
  await clock.advance(connectLimitMs - 1);
  assert.equal(await engine.status(id), 'Active');
  await clock.advance(1);
  assert.equal(await engine.until(id, 'Cancelled'), 'Cancelled');
  assert.equal(await reasonOf(engine, id), 'No debug session has connected within 120 seconds.');
});

test('nothing is limited in time once the debugger is there', async (t) => {
  const clock = new ManualClock();
  const { engine, id, session } = await debugged(t, ['a'], { clock, timeoutMs: 1000 });
  await session.next('invoke');
  await clock.advance(10 * connectLimitMs);
  assert.equal(await engine.status(id), 'Active');
});

test('a session that ends in the midst of a task cancels the job, with a report of what has run', async (t) => {
  const { engine, id, session } = await debugged(t, ['a', 'b', 'c']);
  await session.answer();
  await session.next('invoke');
  session.peer.destroy();
  assert.equal(await engine.until(id, 'Cancelled'), 'Cancelled');
  assert.equal(await reasonOf(engine, id), debugSessionEnded);
  assert.deepEqual(await engine.report(id), { succeeded: ['bucket,a,,succeeded,200,,A'] });
});

test('a job that is cancelled while the debugger has stopped ends at once, and so does its session', async (t) => {
  const { engine, id, session } = await debugged(t, ['a', 'b']);
  await session.answer();
  await session.next('invoke');
  await engine.call('POST', `/v20180820/jobs/${id}/status?requestedJobStatus=Cancelled&statusUpdateReason=enough`);
  assert.equal((await session.next('end'))['text'], `Job ${id} is Cancelled: 1 succeeded, 0 failed. enough`);
  await session.peer.closed;
  assert.equal(await engine.status(id), 'Cancelled');
  assert.equal(await reasonOf(engine, id), 'enough');
});

test('a job keeps its session while one of a higher priority has its turn', async (t) => {
  const { engine, id, session } = await debugged(t, ['a', 'b'], { settings: { activeJobs: 1 } });
  assert.equal((await session.next('invoke'))['keyField'], 'a');
  const other = await engine.create(['x'], { Tags, Priority: 11 });
  assert.equal(await engine.until(id, 'Pausing'), 'Pausing');
  // The task that is stopped at a breakpoint has all the time it wants.
  session.peer.send({ kind: 'outcome', outcome: { kind: 'invalidJson', text: '' } });
  assert.equal(await engine.until(id, 'Paused'), 'Paused');
  const second = await JobSession.connect(folderOf(engine, other));
  await second.answer();
  await second.next('end');
  await session.answer();
  assert.match(String((await session.next('end'))['text']), /Complete: 1 succeeded, 1 failed/);
});

test('a session that ends while its job is paused cancels it', async (t) => {
  const { engine, id, session } = await debugged(t, ['a', 'b'], { settings: { activeJobs: 1 } });
  await session.next('invoke');
  await engine.create(['x'], { Tags, Priority: 11 });
  await engine.until(id, 'Pausing');
  session.peer.send({ kind: 'outcome', outcome: { kind: 'invalidJson', text: '' } });
  await engine.until(id, 'Paused');
  session.peer.destroy();
  assert.equal(await engine.until(id, 'Cancelled'), 'Cancelled');
});

test('an engine that is started again has lost the session: the job is cancelled, and says so', async (t) => {
  const { engine, id, session } = await debugged(t, ['a', 'b']);
  await session.answer();
  await session.next('invoke');
  await engine.restart();
  await session.peer.closed;
  assert.equal(await engine.until(id, 'Cancelled'), 'Cancelled');
  assert.equal(await reasonOf(engine, id), `${debugSessionEnded} The local engine was restarted meanwhile.`);
  assert.deepEqual(await engine.report(id), { succeeded: ['bucket,a,,succeeded,200,,A'] });
});

test('more than half of 1,000 tasks that fail end the job and its session', async (t) => {
  const keys = Array.from({ length: 1002 }, (_, row) => `k${row}`);
  const { engine, id, session } = await debugged(t, keys);
  for (let row = 0; row < 1000; row += 1) await session.answer({ kind: 'invalidJson', text: '' });
  assert.equal(await engine.until(id, 'Failed'), 'Failed');
  assert.match(String((await session.next('end'))['text']), /is Failed: 0 succeeded, 1000 failed\. Job failed: more than 50%/);
});

test('a function that is missing fails its tasks without a session', async (t) => {
  const engine = await start(t);
  const Operation = { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:none' } };
  const id = await engine.create(['a'], { Tags, Operation });
  assert.equal(await engine.until(id, 'Complete'), 'Complete');
  assert.match((await engine.report(id))['failed']?.[0] ?? '', /404,ResourceNotFoundException,Function not found/);
});

test('where to connect is for this user alone', { skip: process.platform === 'win32' && 'modes of files' }, async (t) => {
  const { folder } = await debugged(t, ['a']);
  const file = debuggerFile(folder);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(await JobSession.addressOf(folder)))).mode & 0o777, 0o700);
  assert.deepEqual(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object), ['address']);
});

test('who does not know the keys of the engine is refused, and so is a second session', async (t) => {
  const { folder, session } = await debugged(t, ['a', 'b']);
  await assert.rejects(JobSession.connect(folder, 'another key'), { code: 'NoPeer' });
  // A second one is closed before it is told anything.
  const second = await JobSession.connect(folder);
  await second.peer.closed;
  assert.deepEqual(second.messages, []);
  await session.answer();
  await session.answer();
  assert.equal((await session.next('end'))['isSucceeded'], true);
});

for (const [what, lines] of [
  ['says nothing that is JSON', () => ['hello']],
  ['claims to be proven', () => ['{"kind":"outcome"}']],
  [
    'answers with what a server would',
    ({ nonce }: Greeting) => [JSON.stringify({ nonce: '0'.repeat(32), proof: proofOf('server', nonce) })],
  ],
  ['has an odd nonce', ({ nonce }: Greeting) => [JSON.stringify({ nonce: 'x', proof: proofOf('client', nonce, 'x') })]],
  ['writes a long line', () => ['x'.repeat(5000)]],
] as const) {
  test(`a connection that ${what} is closed, and the job waits on`, async (t) => {
    const engine = await start(t);
    const id = await engine.create(['a'], { Tags });
    const { socket, greeting } = await rawConnection(t, folderOf(engine, id));
    for (const line of lines(greeting)) socket.write(`${line}\n`);
    socket.resume();
    await once(socket, 'close');
    assert.equal(await engine.status(id), 'Active');
    const session = await JobSession.connect(folderOf(engine, id));
    await session.answer();
    assert.equal((await session.next('end'))['isSucceeded'], true);
  });
}

const answer = JSON.stringify({ kind: 'outcome', outcome: { kind: 'invalidJson', text: '' } });

for (const [what, send] of [
  [
    'an answer that nobody has asked for',
    // The second comes with the first, before there can be another task.
    (session: JobSession) => session.peer.socket.write(`${answer}\n${answer}\n`),
  ],
  [
    'an answer that is none',
    (session: JobSession) => session.peer.send({ kind: 'outcome', outcome: { kind: 'timedOut', afterMs: 1 } }),
  ],
  ['what is no message', (session: JobSession) => session.peer.socket.write('{\n')],
  [
    'an endless line',
    (session: JobSession) => {
      const piece = Buffer.alloc(1 << 20, 0x20);
      for (let bytes = 0; bytes <= maxDebugMessageBytes; bytes += piece.length) session.peer.socket.write(piece);
    },
  ],
] as const) {
  test(`a session that sends ${what} is ended, and its job cancelled`, async (t) => {
    const { engine, id, session } = await debugged(t, ['a', 'b', 'c']);
    await session.answer();
    await session.next('invoke');
    send(session);
    assert.equal(await engine.until(id, 'Cancelled'), 'Cancelled');
    assert.equal(await reasonOf(engine, id), debugSessionEnded);
    await session.peer.closed;
  });
}

interface Greeting {
  readonly nonce: string;
}

function proofOf(side: string, nonce: string, own = '0'.repeat(32)): string {
  return createHmac('sha256', 'local').update(`s3batch ${side} ${nonce} ${own}`).digest('hex');
}

async function rawConnection(t: TestContext, folder: string): Promise<{ socket: Socket; greeting: Greeting }> {
  const socket = connect(await JobSession.addressOf(folder));
  t.after(() => socket.destroy());
  const [data] = (await once(socket, 'data')) as [Buffer];
  return { socket, greeting: JSON.parse(data.toString()) as Greeting };
}
