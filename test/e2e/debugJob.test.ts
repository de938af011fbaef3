import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';

e2eTest(
  'a job is debugged from its file by keyboard, and waits while the debugger has stopped',
  {},
  async ({ workbench, folder }) => {
    const { page } = workbench;
    const code = join(folder, 'rename-reports');
    const template = await readFile(join(code, 'template.yaml'), 'utf8');
    await writeFile(join(code, 'template.yaml'), template.replace('Timeout: 10', 'Timeout: 1'));
    const handler = await readFile(join(code, 'handler.ts'), 'utf8');
    const line = handler.split('\n').findIndex((text) => text.includes('new CopyObjectCommand')) + 1;
    await workbench.openFile('handler.ts', line);
    await page.keyboard.press('F9');
    await page.locator('.codicon-debug-breakpoint').first().waitFor();
    await workbench.openFile('rename.s3job.json');
    await page.locator('.codelens-decoration a').filter({ hasText: 'Debug Locally' }).first().waitFor();
    await page.keyboard.press('F5');
    await page.locator('.debug-toolbar').waitFor({ timeout: 90_000 });
    await page.locator('[class*="codicon-debug-"][class*="stackframe"]').first().waitFor({ timeout: 90_000 });
    // In the file itself, and not in what was made of it.
    await eventually(async () => assert.match(await workbench.editorText(), /handler\(event: BatchEvent\)/));
    assert.equal(await page.locator('.tab').filter({ hasText: 'handler.ts' }).count(), 1);
    await workbench.screenshot('out/e2e/debugJob-stopped.png');
    // Longer than the function's timeout.
    await wait(2500);
    await workbench.command('S3 Batch Operations: Focus on Jobs View');
    await workbench.treeRow(/A becomes B.*of 3/).waitFor();
    await workbench.screenshot('out/e2e/debugJob-active.png');
    await workbench.command('Remove All Breakpoints');
    await workbench.command('Debug: Continue');
    await workbench.treeRow(/A becomes B.*Complete · 3 succeeded/).waitFor({ timeout: 60_000 });
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await workbench.command('Debug Console: Focus on Debug Console View');
    await page
      .locator('.part.panel')
      .filter({ hasText: /is Complete: 3 succeeded, 0 failed\./ })
      .waitFor();
    await workbench.screenshot('out/e2e/debugJob-complete.png');
  },
);

e2eTest('a job of a launch configuration breaks before a row, and its session ends when it is cancelled', {}, async (session) => {
  const { workbench, folder } = session;
  const { page } = workbench;
  await mkdir(join(folder, '.vscode'), { recursive: true });
  const configuration = {
    type: 's3batch',
    request: 'launch',
    name: 'Rename reports',
    run: 'job',
    jobFile: '${workspaceFolder}/rename-reports/rename.s3job.json',
    breakOnRow: 2,
  };
  await writeFile(
    join(folder, '.vscode', 'launch.json'),
    JSON.stringify({ version: '0.2.0', configurations: [configuration] }, undefined, 2),
  );
  await workbench.openFile('handler.ts', 1);
  await page.keyboard.press('F5');
  await page.locator('.debug-toolbar').waitFor({ timeout: 90_000 });
  await page.locator('[class*="codicon-debug-"][class*="stackframe"]').first().waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/debugJob-row.png');
  await workbench.command('S3 Batch Operations: Focus on Jobs View');
  await workbench.focusRow('Jobs', /A becomes B.*of 3/);
  await page.keyboard.press('Delete');
  await workbench.screenshot('out/e2e/debugJob-cancel.png');
  await workbench.confirm('Cancel Job');
  await workbench.treeRow(/A becomes B.*Cancelled/).waitFor({ timeout: 30_000 });
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: 30_000 });
  await workbench.command('Debug Console: Focus on Debug Console View');
  await page
    .locator('.part.panel')
    .filter({ hasText: /Row 1, .*succeeded.*The job is Cancelled/s })
    .waitFor();
  await workbench.screenshot('out/e2e/debugJob-cancelled.png');
});
