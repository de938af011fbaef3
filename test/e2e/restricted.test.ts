import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

e2eTest(
  'in Restricted Mode manifests are checked, and nothing of the workspace runs',
  { isTrustOn: true },
  async ({ workbench, folder }) => {
    await workbench.openFile('manifest-broken.csv');
    const problems = await workbench.problems();
    await problems.filter({ hasText: 'header-row' }).first().waitFor();
    await workbench.openFile('manifest-broken.csv');

    // No offer to debug the row; the key says why not.
    assert.equal(await workbench.hasCommand('S3 Batch: Debug Handler on This Row'), false);
    await workbench.page.keyboard.press('F5');
    await workbench.waitForNotification(/which is not trusted.*Trust the workspace/);
    await workbench.screenshot('out/e2e/restricted-debug.png');
    assert.equal(await workbench.page.locator('.debug-toolbar:visible').count(), 0);
    const written = await readdir(join(folder, '..'), { recursive: true });
    assert.deepEqual(
      written.filter((name) => name.endsWith('engine.lock')),
      [],
      'no engine was started for it',
    );
    await workbench.clearNotifications();

    await workbench.command('S3 Batch Operations: Focus on Jobs View');
    assert.match(await workbench.welcome().innerText(), /trust/i);

    await workbench.openFile('rename.s3job.json');
    assert.equal(await workbench.hasCommand('S3 Batch: Run Locally…'), false);
    assert.equal(await workbench.hasCommand('S3 Batch: Run Locally on a Sample…'), false);
    assert.equal(await workbench.hasCommand('S3 Batch: Start Local Engine'), false);
    assert.equal(await workbench.hasCommand('S3 Batch: Show Log'), true, 'the palette offers what does no harm');
  },
);
