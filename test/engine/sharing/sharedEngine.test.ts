import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deferred } from '../../../src/base/async.js';
import { differingTerms } from '../../../src/engine/sharing/engineTerms.js';
import { type EngineHandle, openEngine, openRunning, type OpenOptions } from '../../../src/engine/sharing/openEngine.js';
import { launchEngine } from '../../../src/engine/launchEngine.js';
import { canReach, temporaryFolder } from '../../support/engineHarness.js';
import { eventually } from '../../support/eventually.js';

const engineScript = fileURLToPath(new URL('../../../src/engine/main.js', import.meta.url));

/** Windows of one data folder. What they hold is ended with the test. */
async function windowsOf(t: TestContext): Promise<{
  dataDirectory: string;
  open: (options?: Partial<OpenOptions>) => Promise<EngineHandle>;
}> {
  const handles: EngineHandle[] = [];
  t.after(async () => {
    await Promise.all(handles.map((handle) => handle.end('stopped')));
  });
  const dataDirectory = join(await temporaryFolder(t), 'data');
  return {
    dataDirectory,
    open: async (options = {}) => {
      const handle = await openEngine({ engineScript, dataDirectory, onLog: () => undefined, ...options });
      handles.push(handle);
      return handle;
    },
  };
}

interface Lock {
  pid: number;
  channel: string;
}

async function readLock(dataDirectory: string): Promise<Lock> {
  return JSON.parse(await readFile(join(dataDirectory, 'engine.lock'), 'utf8')) as Lock;
}

test('a second window gets the engine of the first, and its keys lie in no file', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const lines: string[] = [];
  const first = await open({ region: 'eu-west-1' });
  const second = await open({ region: 'eu-west-1', onLog: (line) => lines.push(line) });
  assert.deepEqual(second.connection, first.connection);
  assert.deepEqual([first.joined, second.joined?.region], [undefined, 'eu-west-1']);
  assert.equal(second.pid, first.pid);
  await eventually(async () => assert.deepEqual([first.users, second.users], [2, 2]));
  assert.ok(await canReach(second.connection));

  const { channel } = await readLock(dataDirectory);
  for (const entry of await readdir(dataDirectory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    assert.ok(!text.includes(first.connection.secretAccessKey), `${entry.name} holds the secret`);
    assert.ok(!entry.name.startsWith('engine.join.'), 'the proof stays');
  }
  assert.ok(!lines.some((line) => line.includes(first.connection.secretAccessKey)));
  if (process.platform !== 'win32') {
    assert.equal((await lstat(dirname(channel))).mode & 0o777, 0o700);
    assert.ok(Buffer.byteLength(channel) < 104);
  }
});

test('an engine lives until its last window lets go, whoever started it', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const first = await open();
  const second = await open();
  const third = await open();
  await first.release();
  await eventually(async () => assert.deepEqual([second.users, third.users], [2, 2]));
  assert.ok(await canReach(second.connection));
  await second.release();
  await eventually(async () => assert.equal(third.users, 1));
  assert.ok(await canReach(third.connection));
  const { channel } = await readLock(dataDirectory);
  await third.release();
  assert.deepEqual(await first.ended, { why: 'unused', how: 'exit code 0' });
  assert.ok(!(await readdir(dataDirectory)).includes('engine.lock'));
  await assert.rejects(lstat(dirname(channel)), { code: 'ENOENT' });
});

test('the log of an engine reaches the windows that joined, also after the one that started it has gone', async (t) => {
  const { open } = await windowsOf(t);
  const first = await open();
  const heard = deferred<string>();
  const second = await open({ onLog: (line) => line.includes('Ends') && heard.resolve(line) });
  await first.release();
  await second.end('stopped');
  assert.match(await heard.promise, /info Ends: it was stopped\.$/);
});

test('one window stops the engine for all, and they hear why', async (t) => {
  const { open } = await windowsOf(t);
  const first = await open();
  const second = await open();
  await second.end('stopped');
  assert.deepEqual(await first.ended, { why: 'stopped', how: 'exit code 0' });
  assert.equal((await second.ended).why, 'stopped');

  const third = await open();
  const fourth = await open();
  await third.end('restarted');
  assert.equal((await fourth.ended).why, 'restarted');
  // Each asks for itself; whoever is faster starts it.
  const [fifth, sixth] = await Promise.all([open(), open()]);
  assert.equal(fifth.pid, sixth.pid);
  assert.notEqual(fifth.pid, third.pid);
});

test('of windows that start at the same instant one starts the engine, and the others join it', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const handles = await Promise.all(Array.from({ length: 4 }, () => open()));
  assert.equal(new Set(handles.map(({ pid }) => pid)).size, 1);
  assert.equal(handles.filter(({ joined }) => joined === undefined).length, 1);
  await eventually(async () => assert.deepEqual(new Set(handles.map(({ users }) => users)), new Set([4])));
  assert.deepEqual(
    (await readdir(dataDirectory)).filter((name) => name.startsWith('engine')),
    ['engine.lock'],
  );
});

test('after kill -9 the windows share one new engine, and what the old one left is cleared away', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const first = await open();
  const second = await open();
  const { channel } = await readLock(dataDirectory);
  process.kill(first.pid, 'SIGKILL');
  assert.deepEqual(await first.ended, { why: 'crashed', how: 'signal SIGKILL' });
  assert.equal((await second.ended).why, 'crashed');
  if (process.platform !== 'win32') assert.ok((await lstat(channel)).isSocket());
  const [third, fourth] = await Promise.all([open(), open()]);
  assert.equal(third.pid, fourth.pid);
  assert.notEqual(third.pid, first.pid);
  assert.ok(await canReach(fourth.connection));
  await assert.rejects(lstat(dirname(channel)), { code: 'ENOENT' });
});

test('an engine whose folder is deleted says so and ends, and a new one starts in its place', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const first = await open();
  const second = await open();
  await rm(dataDirectory, { recursive: true, force: true });
  assert.equal((await first.ended).why, 'lost');
  assert.equal((await second.ended).why, 'lost');
  const third = await open();
  assert.ok(await canReach(third.connection));
});

test('looking for a running engine starts none', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const look = (): Promise<EngineHandle | undefined> => openRunning({ dataDirectory, onLog: () => undefined });
  assert.equal(await look(), undefined);
  const first = await open();
  const second = await look();
  assert.equal(second?.pid, first.pid);
});

test('windows come to the engine of a command and go again; it ends with the command', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const command = await launchEngine({ engineScript, dataDirectory, onLog: () => undefined });
  const passing = await open();
  assert.equal(passing.pid, command.pid);
  await eventually(async () => assert.equal(passing.users, 2));
  await passing.release();
  assert.ok(await canReach(command.connection));
  const window = await open();
  assert.equal(window.pid, command.pid);
  await command.close();
  assert.match((await window.ended).why, /^(signal|parentGone)$/);
});

test('what a window would have started is compared with what runs', async (t) => {
  const { open } = await windowsOf(t);
  await open({ region: 'eu-west-1', settings: { concurrency: 10 } });
  const { joined } = await open({ region: 'us-east-1' });
  assert.ok(joined !== undefined);
  const same = { ...joined, settings: {} };
  assert.deepEqual(differingTerms(joined, same), []);
  assert.deepEqual(differingTerms(joined, { ...same, region: 'us-east-1', settings: { redrives: 1 } }), ['region', 'settings']);
  assert.deepEqual(
    differingTerms({ ...joined, version: '1.0.0' }, { ...same, version: '2.0.0', templates: ['/t.yaml'], python: 'python3' }),
    ['version', 'templates', 'python'],
  );
});

// Strangers at the channel -----------------------------------------------------------------------------------------------------------

interface Stranger {
  readonly socket: Socket;
  /** All that the engine says until it ends the connection. */
  readonly heard: Promise<string>;
}

async function stranger(dataDirectory: string): Promise<Stranger> {
  const { channel } = await readLock(dataDirectory);
  const socket = connect(channel);
  let text = '';
  const heard = new Promise<string>((resolve) => {
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve(text));
  });
  await new Promise((resolve) => socket.once('data', resolve));
  return { socket, heard };
}

for (const { what, says } of [
  { what: 'garbage', says: '\u0000\u0001 GET / HTTP/1.1\r\n\r\n' },
  { what: 'a huge line', says: 'x'.repeat(100_000) },
  { what: 'a huge line after a fair beginning', says: `{"kind":"join","x":"${'x'.repeat(100_000)}` },
  { what: 'a join without the proof', says: '{"kind":"join"}\n' },
  { what: 'an order before it has joined', says: '{"kind":"end","why":"stopped"}\n' },
  { what: 'a join and an order at once', says: '{"kind":"join"}\n{"kind":"end","why":"stopped"}\n' },
]) {
  test(`who sends ${what} to the channel learns nothing, and the engine goes on`, async (t) => {
    const { dataDirectory, open } = await windowsOf(t);
    const { connection } = await open();
    const { socket, heard } = await stranger(dataDirectory);
    socket.write(says);
    const text = await heard;
    assert.match(text, /^\{"kind":"prove","protocol":1,"nonce":"[0-9a-f]{32}"\}\n$/);
    assert.ok(await canReach(connection));
    assert.equal((await open()).connection.port, connection.port);
  });
}

test('idle connections keep nobody out, and no engine alive', async (t) => {
  const { dataDirectory, open } = await windowsOf(t);
  const first = await open();
  const idle = await Promise.all(Array.from({ length: 20 }, () => stranger(dataDirectory)));
  const second = await open();
  assert.equal(second.pid, first.pid);
  await eventually(async () => assert.equal(first.users, 2));
  // An idle connection is no window: the engine ends without waiting for it.
  await Promise.all([first.release(), second.release()]);
  assert.deepEqual(await first.ended, { why: 'unused', how: 'exit code 0' });
  for (const { heard } of idle) assert.ok(!(await heard).includes(first.connection.secretAccessKey));
});

test('a lock that names a socket of somebody else is not followed', { skip: process.platform === 'win32' }, async (t) => {
  const parent = await temporaryFolder(t);
  const dataDirectory = join(parent, 'data');
  await mkdir(dataDirectory);
  let connections = 0;
  /** Looks for an engine where the lock says that it listens; somebody does, who hangs up at once. */
  const look = async (folder: string, name: string, mode: number): Promise<EngineHandle | undefined> => {
    const channel = join(parent, folder, name);
    await mkdir(dirname(channel));
    await chmod(dirname(channel), mode);
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(channel, resolve));
    t.after(() => server.close());
    const lock = { pid: process.pid, instance: 'x', channel };
    await writeFile(join(dataDirectory, 'engine.lock'), JSON.stringify(lock));
    return await openRunning({ dataDirectory, onLog: () => undefined });
  };
  await assert.rejects(look('docker', 'docker.sock', 0o700), { code: 'DataDirectoryInUse' });
  await assert.rejects(look('s3b-other', 'other.sock', 0o700), { code: 'DataDirectoryInUse' });
  // Of the right form, but in a folder that others may enter.
  await assert.rejects(look('s3b-open', 'engine.sock', 0o755), { code: 'DataDirectoryInUse' });
  assert.equal(connections, 0);
  assert.equal(await look('s3b-own', 'engine.sock', 0o700), undefined);
  assert.equal(connections, 1);
});
