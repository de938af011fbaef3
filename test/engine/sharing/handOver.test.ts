import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import type { EngineLog } from '../../../src/engine/contracts.js';
import { EngineUsers } from '../../../src/engine/engineUsers.js';
import { type HandOver, openHandOver } from '../../../src/engine/handOver.js';
import type { EngineMessage } from '../../../src/engine/sharing/messages.js';
import { temporaryFolder } from '../../support/engineHarness.js';
import { eventually } from '../../support/eventually.js';
import { silentLog } from '../../support/runJob.js';

const ready: Extract<EngineMessage, { kind: 'ready' }> = {
  kind: 'ready',
  pid: process.pid,
  connection: {
    endpoint: 'http://127.0.0.1:1',
    port: 1,
    accountId: '000000000000',
    region: 'us-east-1',
    accessKeyId: 'A',
    secretAccessKey: 'S',
    dataDirectory: '/data',
  },
  terms: {
    version: '',
    region: 'us-east-1',
    templates: [],
    functions: [],
    seedDirectory: undefined,
    python: undefined,
    settings: {},
  },
};

interface Channel {
  handOver: HandOver;
  users: EngineUsers;
  asked: string[];
  dataDirectory: string;
}

async function open(t: TestContext, options: { proofMs?: number; log?: EngineLog } = {}): Promise<Channel> {
  const dataDirectory = await temporaryFolder(t);
  const asked: string[] = [];
  const users = new EngineUsers((why) => asked.push(why));
  const handOver = await openHandOver({ dataDirectory, users, log: silentLog, ...options });
  assert.ok(handOver !== undefined);
  t.after(() => handOver.close());
  return { handOver, users, asked, dataDirectory };
}

/** One end of the channel, which does as the test says. */
async function end(channel: Channel): Promise<{
  nonce: string;
  prove(): Promise<void>;
  say(line: string): void;
  close(): void;
  /** The next message; undefined at the end. */
  next(): Promise<EngineMessage | undefined>;
}> {
  const socket = connect(channel.handOver.address);
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const next = async (): Promise<EngineMessage | undefined> => {
    const line = await lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as EngineMessage);
  };
  const first = await next();
  assert.ok(first?.kind === 'prove');
  const { nonce } = first;
  return {
    nonce,
    prove: async () => await writeFile(join(channel.dataDirectory, `engine.join.${nonce}`), ''),
    say: (line) => socket.write(`${line}\n`),
    close: () => socket.destroy(),
    next,
  };
}

test('who does not prove itself in time is let go, and so is its proof', async (t) => {
  // Long enough for the proof to be there before: one that comes later is for the window to remove.
  const channel = await open(t, { proofMs: 1000 });
  channel.handOver.serve(ready);
  const idle = await end(channel);
  await idle.prove();
  assert.equal(await idle.next(), undefined);
  await eventually(async () => assert.deepEqual(await readdir(channel.dataDirectory), []));
  assert.equal(channel.users.count, 0);
});

test('who comes before the engine is ready waits for it', async (t) => {
  const channel = await open(t, { proofMs: 60_000 });
  const early = await end(channel);
  await early.prove();
  early.say('{"kind":"join"}');
  const message = early.next();
  await eventually(async () => assert.deepEqual(await readdir(channel.dataDirectory), []));
  assert.equal(channel.users.count, 0);
  channel.handOver.serve(ready);
  assert.equal((await message)?.kind, 'ready');
  assert.deepEqual(await early.next(), { kind: 'users', count: 1 });
});

test('the proof of one connection is none for another, and counts once', async (t) => {
  const channel = await open(t);
  channel.handOver.serve(ready);
  const [one, two] = [await end(channel), await end(channel)];
  assert.notEqual(one.nonce, two.nonce);
  await one.prove();
  two.say('{"kind":"join"}');
  assert.equal(await two.next(), undefined);
  one.say('{"kind":"join"}');
  assert.equal((await one.next())?.kind, 'ready');
  await one.next();
  one.say('{"kind":"join"}');
  assert.equal(await one.next(), undefined);
  await eventually(async () => assert.deepEqual(channel.asked, ['unused']));
});

test('an engine that is about to end lets nobody in', async (t) => {
  const channel = await open(t);
  channel.handOver.serve(ready);
  channel.handOver.refuse();
  const late = await end(channel);
  await late.prove();
  late.say('{"kind":"join"}');
  assert.equal(await late.next(), undefined);
});

test('windows hear of each other, of the log and of the end; the last to leave ends it', async (t) => {
  const channel = await open(t);
  channel.handOver.serve(ready);
  const windows = [await end(channel), await end(channel)];
  for (const window of windows) {
    await window.prove();
    window.say('{"kind":"join"}');
    assert.equal((await window.next())?.kind, 'ready');
  }
  const [one, two] = windows;
  assert.deepEqual(
    [await one?.next(), await one?.next()],
    [
      { kind: 'users', count: 1 },
      { kind: 'users', count: 2 },
    ],
  );
  channel.users.log('hello');
  assert.deepEqual(await one?.next(), { kind: 'log', line: 'hello' });
  two?.close();
  assert.deepEqual(await one?.next(), { kind: 'users', count: 1 });
  assert.deepEqual(channel.asked, []);
  channel.users.sayEnding('stopped');
  assert.deepEqual(await one?.next(), { kind: 'ending', why: 'stopped' });
  one?.close();
  await eventually(async () => assert.deepEqual(channel.asked, ['unused']));
});
