import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('what can be done with jobs from their menu, and with the history of jobs, by keyboard', {}, async (session) => {
  const { workbench, folder } = session;
  const { page } = workbench;
  for (const [file, row] of [
    ['rename-slip.s3job.json', /with a slip.*3 failed/],
    ['rename.s3job.json', /A becomes B.*Complete · 3 succeeded/],
  ] as const) {
    await workbench.openFile(file);
    await workbench.command('S3 Batch: Run Locally…');
    await workbench.treeRow(row).waitFor({ timeout: 90_000 });
  }
  await workbench.clearNotifications();
  const choose = async (entry: string): Promise<void> => {
    await workbench.focusRow('Jobs', /A becomes B/);
    await workbench.chooseInMenu(entry);
  };

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await choose('Copy as AWS CLI Command');
  await eventually(async () => {
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    assert.match(copied, /aws s3control create-job/);
    assert.match(copied, /function:rename-reports/);
  }, 30_000);

  await choose('Tags…');
  await workbench.quickTitle().filter({ hasText: 'Tags of' }).waitFor();
  await workbench.enter('no tag');
  await workbench.enter('team=blue');
  await workbench.quickRows().filter({ hasText: 'team = blue' }).first().waitFor();
  await workbench.screenshot('out/e2e/job-tags.png');
  await workbench.enter();
  await choose('Tags…');
  await workbench.quickRows().filter({ hasText: 'team = blue' }).first().waitFor();
  await page.keyboard.press('Escape');

  await choose('Pin');
  await workbench.treeRow(/^Pinned/).waitFor();
  await workbench.screenshot('out/e2e/job-pinned.png');
  await choose('Unpin');
  await workbench.treeRow(/^Pinned/).waitFor({ state: 'detached' });

  await choose('Compare With…');
  await workbench.pick(/with a slip/);
  await page.locator('.tab.active').filter({ hasText: '↔' }).waitFor();
  await page.locator('.monaco-diff-editor').first().waitFor();
  await workbench.screenshot('out/e2e/jobs-compared.png');

  await choose('Clone Job…');
  await workbench.quickTitle().filter({ hasText: 'New S3 Batch Operations Job: Review' }).waitFor();
  await workbench.screenshot('out/e2e/job-clone.png');
  await page.keyboard.press('Escape');

  await workbench.command('S3 Batch: Search Job History…');
  await workbench.quickRows().filter({ hasText: 'with a slip' }).first().waitFor();
  await workbench.enter('A becomes B');
  await workbench.quickRows().filter({ hasText: 'Show What Is Kept' }).first().waitFor();
  await workbench.enter();
  await page.locator('.editor-instance .view-lines').filter({ hasText: '"manifestSha256"' }).waitFor();
  await workbench.screenshot('out/e2e/job-kept.png');

  await workbench.command('S3 Batch: Export Job History…');
  await workbench.enterPath('Export Job History', join(folder, 'jobs.csv'));
  await eventually(async () => assert.match(await readFile(join(folder, 'jobs.csv'), 'utf8'), /with a slip/), 30_000);
});
