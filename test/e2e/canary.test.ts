import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('a job is tried on a sample, and goes on with the rows that the sample left', {}, async ({ workbench, folder }) => {
  const rows = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, 'rename-reports', name), 'utf8')).split('\n').filter((line) => line !== '');
  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Try on a Sample First…');
  await workbench.quickTitle().filter({ hasText: 'Try on a Sample First' }).waitFor();
  await workbench.enter('1');
  await workbench.treeRow(/Sample of Rename reports: A becomes B.*Complete · 1 succeeded/).waitFor({ timeout: 90_000 });

  await workbench.waitForNotification('The one task of the sample succeeded.');
  await workbench.screenshot('out/e2e/canary.png');
  await workbench.answer('The one task of the sample succeeded.', 'Go On with the Rest…');
  await workbench.page.locator('.quick-input-widget').filter({ hasText: 'Submit to Local' }).waitFor();
  const [sample, rest, all] = [await rows('manifest-sample.csv'), await rows('manifest-rest.csv'), await rows('manifest.csv')];
  assert.equal(sample.length, 1);
  assert.deepEqual([...sample, ...rest].toSorted(), all.toSorted(), 'every row is in one of both, and in no more than one');

  await workbench.screenshot('out/e2e/canary-rest.png');
  await workbench.page.keyboard.press('Enter');
  await workbench
    .treeRow(/^Rename reports: A becomes B \(Goes on after sample.*Complete · 2 succeeded/)
    .waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/canary-done.png');
});

e2eTest('a sample that fails offers its report, and no rest', {}, async ({ workbench }) => {
  await workbench.openFile('rename-slip.s3job.json');
  await workbench.command('S3 Batch: Try on a Sample First…');
  await workbench.quickTitle().filter({ hasText: 'Try on a Sample First' }).waitFor();
  await workbench.enter('2');
  const outcome = 'The sample did not go well: 2 failed, 0 succeeded.';
  await workbench.treeRow(/Sample of Rename reports, with a slip.*2 failed/).waitFor({ timeout: 90_000 });
  await workbench.waitForNotification(outcome);
  assert.equal(await workbench.notification(outcome).locator('.monaco-button', { hasText: 'Go On' }).count(), 0);
  await workbench.answer(outcome, 'Open Report');
  await workbench.focusedRow(/PermanentFailure: .*newKey is not defined/).waitFor();
});
