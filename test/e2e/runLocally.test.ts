import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

e2eTest(
  'a job with a slip is run from its lens, ends as a warning, and its report names the cause',
  {},
  async ({ workbench }) => {
    const { page } = workbench;
    await workbench.openFile('rename-slip.s3job.json');
    await page.locator('.codelens-decoration a').filter({ hasText: 'Run Locally' }).first().click();
    await workbench.treeRow(/with a slip.*Complete, 3 failed/).waitFor({ timeout: 60_000 });
    const row = workbench.treeRow(/with a slip/);
    assert.equal(await row.locator('.codicon-warning').count(), 1, 'it does not look like a success');

    await workbench.waitForNotification(/with a slip.*Complete, 3 failed/);
    await workbench.answer(/with a slip.*Complete, 3 failed/, 'Open Report');
    await workbench.tab('Report of Rename reports, with a slip').waitFor();
    assert.match(await workbench.editorText(), /newKey is not defined/);

    // The first cause takes the focus; the last line of the document is the link to the failed rows, followed by keyboard.
    await workbench.focusedRow(/newKey is not defined/).waitFor();
    await workbench.command('View: Focus Active Editor Group');
    await page.locator('.editor-instance .detected-link').first().waitFor();
    for (const key of ['Control+End', 'ArrowUp', 'End', 'ArrowLeft']) await page.keyboard.press(key);
    await workbench.command('Open Link');
    await workbench.page.locator('.tab.active').filter({ hasText: /\.csv/ }).waitFor();
    assert.match(await workbench.editorText(), /test_A\d\.snappy\.parquet,,failed,200,PermanentFailure/);

    // What the handler wrote, of a job that is chosen.
    await workbench.command('S3 Batch: Open Handler Log');
    await workbench.pick(/with a slip/);
    await workbench.tab('output.log').waitFor();
    assert.match(await workbench.editorText(), /\[row 1, test\/\S+\] .*newKey is not defined/);
  },
);

e2eTest('the sample job succeeds, and its details and manifest open from the tree', {}, async ({ workbench }) => {
  const { page } = workbench;
  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Run Locally…');
  await workbench.treeRow(/A becomes B.*Complete · 3 succeeded/).waitFor({ timeout: 60_000 });
  await workbench.treeRow(/A becomes B/).click();
  await page.keyboard.press('ArrowRight');
  await workbench.treeRow(/Invoke AWS Lambda function.*rename-reports/).waitFor();
  await workbench.treeRow(/^Manifest/).click();
  await workbench.tab('rename-reports.csv').waitFor();
  assert.match(await workbench.editorText(), /^test,report\/date%3D2023-01-01/m);
});

e2eTest('a job file with mistakes is marked, and running it offers to show them', {}, async ({ workbench, folder }) => {
  // A file that is there already: the list of files may be read before a new one is seen.
  await writeFile(join(folder, 'rename-reports', 'rename-slip.s3job.json'), '{ "Operation": {}, "Priority": "high" }\n');
  await workbench.openFile('rename-slip.s3job.json');
  await workbench.squiggles('error').first().waitFor();
  await workbench.command('S3 Batch: Run Locally…');
  await workbench.waitForNotification(/has errors/);
  await workbench.answer(/has errors/, 'Show Problems');
  const problems = workbench.page.locator('.markers-panel .monaco-list-row');
  await problems.filter({ hasText: 'Operation must name one operation' }).first().waitFor();
  await problems.filter({ hasText: 'Priority must be a whole number' }).first().waitFor();
});
