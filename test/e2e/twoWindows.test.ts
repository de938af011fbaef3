import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runJobFile } from '../../src/build/host/sampleJob.js';
import { Workbench } from '../../src/build/host/workbench.js';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';

/** The lock of the one engine that runs below a folder. */
async function engineLock(folder: string): Promise<{ pid: number }> {
  const found = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('engine.lock'));
  assert.equal(found.length, 1, `engines: ${found.join(', ')}`);
  return JSON.parse(await readFile(join(folder, found[0] ?? ''), 'utf8')) as { pid: number };
}

e2eTest('two windows of one folder share an engine: jobs, stop, crash, and the end of one of them', {}, async (session) => {
  const { workbench: one, server, folder } = session;
  const home = join(folder, '..');
  // The data folder of the workspace's storage, which is where VS Code keeps the windows of a folder apart.
  await writeFile(join(folder, '.vscode', 'settings.json'), '{}\n');
  await runJobFile({ workbench: one }, 'rename-slip.s3job.json', /with a slip/);
  const { pid } = await engineLock(home);

  const browser = one.page.context().browser();
  assert.ok(browser !== null);
  const two = await Workbench.open(browser, server.url({ folder, extension: process.cwd() }));
  // The second window joins by itself once its view is looked at, and shows the jobs of the first.
  await two.command('S3 Batch Operations: Focus on Jobs View');
  await two.treeRow(/with a slip.*Complete, 3 failed/).waitFor();
  await runJobFile({ workbench: two }, 'rename.s3job.json', /A becomes B/);
  await one.treeRow(/A becomes B.*Complete/).waitFor();
  assert.equal((await engineLock(home)).pid, pid);
  await one.screenshot('out/e2e/two-windows-one.png');
  await two.screenshot('out/e2e/two-windows-two.png');

  // Nobody stops it under the other by mistake.
  await two.command('S3 Batch: Stop Local Engine');
  await two.dialog().filter({ hasText: 'Stop the local engine for all windows?' }).waitFor();
  await two.screenshot('out/e2e/two-windows-stop.png');
  await two.confirm('Stop');
  await one.waitForNotification(/stopped from another window/);
  await one.screenshot('out/e2e/two-windows-stopped.png');
  await one.clearNotifications();

  // What one starts again, the other joins.
  await one.command('S3 Batch: Start Local Engine');
  await one.treeRow(/A becomes B.*Complete/).waitFor();
  await two.treeRow(/A becomes B.*Complete/).waitFor();
  const second = await eventually(async () => {
    const lock = await engineLock(home);
    assert.notEqual(lock.pid, pid);
    return lock;
  });

  process.kill(second.pid, 'SIGKILL');
  const third = await eventually(async () => {
    const lock = await engineLock(home);
    assert.notEqual(lock.pid, second.pid);
    return lock;
  });
  await runJobFile({ workbench: two }, 'rename.s3job.json', /A becomes B/);
  await one
    .treeRows()
    .filter({ hasText: /A becomes B.*Complete/ })
    .nth(1)
    .waitFor();

  // The engine outlives the window that started it, whichever that was.
  await one.page.close({ runBeforeUnload: true });
  await runJobFile({ workbench: two }, 'rename.s3job.json', /A becomes B/);
  await two
    .treeRows()
    .filter({ hasText: /A becomes B.*Complete/ })
    .nth(2)
    .waitFor();
  assert.equal((await engineLock(home)).pid, third.pid);
});
