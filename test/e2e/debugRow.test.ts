import { e2eTest } from '../support/e2eTest.js';
import { openFailedTask } from '../support/slipReport.js';

e2eTest('a failed task of a report is debugged, by keyboard', {}, async ({ workbench }) => {
  const { page } = workbench;
  await openFailedTask(workbench, 'test_A2.snappy.parquet');
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
