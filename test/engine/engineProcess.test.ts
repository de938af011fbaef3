import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runEngine } from '../../src/engine/engineProcess.js';
import { launchEngine } from '../../src/engine/launchEngine.js';
import { startEngine } from '../../src/engine/startEngine.js';
import { canReach, engineFor, temporaryFolder } from '../support/engineHarness.js';

const engineScript = fileURLToPath(new URL('../../src/engine/main.js', import.meta.url));

test('an engine starts in a process of its own, answers, and ends cleanly', async (t) => {
  const dataDirectory = join(await temporaryFolder(t), 'data');
  const lines: string[] = [];
  const engine = await launchEngine({ engineScript, dataDirectory, region: 'eu-west-1', onLog: (line) => lines.push(line) });
  assert.equal(engine.connection.region, 'eu-west-1');
  assert.ok(await canReach(engine.connection));
  assert.match(await readFile(join(dataDirectory, 'engine.lock'), 'utf8'), new RegExp(`"pid":${engine.pid}\\b`));
  await engine.close();
  assert.equal(await engine.exited, 'exit code 0');
  assert.equal(await canReach(engine.connection), false);
  assert.ok(!(await readdir(dataDirectory)).includes('engine.lock'));
  assert.ok(!lines.some((line) => line.includes(engine.connection.secretAccessKey)), 'the secret is in the log');
});

test('an engine ends when whoever started it has gone', async (t) => {
  const dataDirectory = join(await temporaryFolder(t), 'data');
  const child = spawn(process.execPath, [engineScript, '--data', dataDirectory, '--exit-with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.destroy();
  child.stdout.destroy();
  assert.equal(await exited, 0);
});

test('two engines never share a data directory; a dead one’s lock is taken over', async (t) => {
  const { dataDirectory } = await engineFor(t);
  await assert.rejects(startEngine({ dataDirectory }), { code: 'DataDirectoryInUse' });
  await assert.rejects(launchEngine({ engineScript, dataDirectory, onLog: () => undefined }), {
    code: 'EngineStartFailed',
    message: /Another local engine/,
  });

  const other = await temporaryFolder(t);
  const killed = await launchEngine({ engineScript, dataDirectory: other, onLog: () => undefined });
  process.kill(killed.pid, 'SIGKILL');
  assert.equal(await killed.exited, 'signal SIGKILL');
  assert.ok((await readdir(other)).includes('engine.lock'));
  const starts = await Promise.allSettled([startEngine({ dataDirectory: other }), startEngine({ dataDirectory: other })]);
  const running = starts.filter((start) => start.status === 'fulfilled');
  assert.equal(running.length, 1);
  for (const start of running) await start.value.close();

  // A process id that is in use again, by a process that is no engine.
  if (process.platform === 'linux') {
    await writeFile(join(other, 'engine.lock'), JSON.stringify({ pid: process.pid, processStart: 'earlier', instance: 'x' }));
    await (await startEngine({ dataDirectory: other })).close();
  }
  await writeFile(join(other, 'engine.lock'), '{"pid":');
  await (await startEngine({ dataDirectory: other })).close();
});

test('a taken port and wrong arguments are told clearly, and nothing stays locked', async (t) => {
  const { engine } = await engineFor(t);
  const dataDirectory = await temporaryFolder(t);
  await assert.rejects(startEngine({ dataDirectory, port: engine.connection.port }), { code: 'PortInUse' });
  assert.ok(!(await readdir(dataDirectory)).includes('engine.lock'));
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, cwd: dataDirectory, env: {}, version: '' };
  assert.equal(await runEngine(['--port', 'x'], io), 2);
  assert.match(String(stderr.read()), /--port must be a number[^]*Usage: s3batch engine/);
});

test('a start can be called off', async (t) => {
  const dataDirectory = await temporaryFolder(t);
  const controller = new AbortController();
  const start = launchEngine({ engineScript, dataDirectory, signal: controller.signal, onLog: () => undefined });
  controller.abort();
  await assert.rejects(start, { code: 'Cancelled' });
  await assert.rejects(launchEngine({ engineScript, dataDirectory, signal: controller.signal, onLog: () => undefined }), {
    code: 'Cancelled',
  });
});

test('what prints anything else than an engine is ended, and told', async (t) => {
  const folder = await temporaryFolder(t);
  const engineScript = join(folder, 'other.js');
  const pidFile = join(folder, 'pid');
  for (const [printed, message] of [
    ['hello '.repeat(100), /^The local engine could not be started\. Instead of its address it printed: (hello ){33}he…$/],
    ['{"port":1,"secretAccessKey":"s3cr3t', /printed: \{"port":1,"secretAccessKey":"…"$/],
    ['{"port":1}', /printed: \{"port":1\}$/],
    ['', /printed: $/],
  ] as const) {
    await writeFile(
      engineScript,
      `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      console.log(${JSON.stringify(printed)}); setInterval(() => undefined, 1000);`,
    );
    const start = launchEngine({ engineScript, dataDirectory: join(folder, 'data'), onLog: () => undefined });
    await assert.rejects(start, { code: 'EngineStartFailed', message });
    const pid = Number(await readFile(pidFile, 'utf8'));
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'the child still runs');
  }
});

test('a data folder that can’t be one is told in a sentence', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  for (const [dataDirectory, why] of [
    [file, 'it is a file'],
    [join(file, 'below'), 'a folder above it is a file'],
  ] as const) {
    const started = launchEngine({ engineScript, dataDirectory, onLog: () => undefined });
    await assert.rejects(started, {
      code: 'EngineStartFailed',
      message: `The local engine could not be started (exit code 2). The data folder ${dataDirectory} can't be used: ${why}. Name another folder.`,
    });
  }
});
