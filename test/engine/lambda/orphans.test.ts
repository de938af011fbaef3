import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FunctionDefinition } from '../../../src/engine/contracts.js';
import { HandlerFolder } from '../../support/environmentThread.js';
import { noPython } from '../../support/python.js';

const script = fileURLToPath(new URL('../../support/orphanParent.js', import.meta.url));

/** Kills a process that runs a function; resolves when the function's own processes, whose ids it prints, are gone. */
async function killParent(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  more: Partial<FunctionDefinition>,
): Promise<void> {
  const folder = new HandlerFolder(files);
  t.after(() => folder.remove());
  if ('bootstrap' in files) chmodSync(join(folder.path, 'bootstrap'), 0o755);
  const parent = spawn(process.execPath, [script, JSON.stringify(folder.definition(more))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pids = line.trim().split(' ').map(Number);
  assert.ok(
    pids.every((pid) => isAlive(pid)),
    line,
  );
  parent.kill('SIGKILL');
  for (let tries = 0; tries < 100 && pids.some(isAlive); tries += 1) await wait(100);
  assert.deepEqual(pids.filter(isAlive), []);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const skip = process.platform === 'win32' && 'process groups are tested on Unix';

test('a Node.js handler that waits ends with the engine', (t) =>
  killParent(
    t,
    { 'app.js': 'exports.handler = () => new Promise(() => { console.log(process.pid); setInterval(() => {}, 1000) })' },
    {},
  ));

test('a Node.js handler that spins ends with the engine, and so does what it started', { skip }, (t) => {
  const source = `const { spawn } = require('child_process'); const { writeSync } = require('fs');
    exports.handler = () => { const child = spawn('sleep', ['60']); writeSync(1, process.pid + ' ' + child.pid + '\\n'); for (;;); };`;
  return killParent(t, { 'app.js': source }, {});
});

test('a Python handler that spins ends with the engine, and so does what it started', { skip: noPython || skip }, (t) => {
  const source = `import os, subprocess
def handler(event, context):
    child = subprocess.Popen(["sleep", "60"])
    print(os.getpid(), child.pid)
    while True: pass
`;
  return killParent(t, { 'app.py': source }, { runtime: 'python3.12' });
});

test('an executable that never stops asking ends with the engine', { skip }, (t) => {
  const source = `#!/bin/sh\necho $$\nwhile :; do :; done\n`;
  return killParent(t, { bootstrap: source }, { runtime: 'provided.al2023' });
});
