import { e2eTest } from '../support/e2eTest.js';

e2eTest('a failed task of a report is debugged, by keyboard', {}, async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openFile('rename-slip.s3job.json');
  await workbench.command('S3 Batch: Run Locally…');
  await workbench.treeRow(/with a slip.*3 failed/).waitFor({ timeout: 90_000 });
  await workbench.clearNotifications();
  await workbench.command('S3 Batch: Open Report');
  await workbench.pick(/with a slip/);
  await workbench.focusedRow(/PermanentFailure: .*newKey is not defined/).waitFor();
  await page.keyboard.press('ArrowRight');
  await workbench.treeRow('test_A2.snappy.parquet').waitFor();
  await workbench.focusRow('Report', 'test_A2.snappy.parquet');

  await workbench.chooseInMenu('Debug This Row');
  // It stops before the handler, with the task that the job had.
  await page.locator('.debug-toolbar').waitFor({ timeout: 90_000 });
  await page.locator('.editor-instance .codicon-debug-stackframe').first().waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/debugRow.png');
  await page.keyboard.press('F5');
  await workbench.command('Debug Console: Focus on Debug Console View');
  await page
    .locator('.part.panel')
    .filter({ hasText: /test_A2\.snappy\.parquet.*newKey is not defined/s })
    .waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/debugRow-said.png');
});
