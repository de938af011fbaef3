import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };

for (const [name, theme] of Object.entries(themes)) {
  const options = { settings: { 'workbench.colorTheme': theme } };
  e2eTest(`from a failure over its cause to a retry that succeeds, by keyboard, in a ${name} theme`, options, async (session) => {
    const { workbench, folder } = session;
    const { page } = workbench;
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally…');
    await workbench.treeRow(/with a slip.*3 failed/).waitFor({ timeout: 90_000 });
    await workbench.clearNotifications();

    await workbench.command('S3 Batch: Open Report');
    await workbench.pick(/with a slip/);
    await workbench.tab('Report of Rename reports, with a slip').waitFor();
    const cause = page.locator('.monaco-list-row').filter({ hasText: /PermanentFailure: .*newKey is not defined/ });
    await cause.waitFor();
    // The first cause has the focus: what is known of it and the failed tasks are one key away.
    await workbench.focusedRow(/PermanentFailure: .*newKey is not defined/).waitFor();
    await page.keyboard.press('ArrowRight');
    await workbench.treeRow('test_A1.snappy.parquet').waitFor();
    await workbench.focusRow('Report', 'test_A1.snappy.parquet');
    await workbench.screenshot(`out/e2e/report-${name}.png`);

    const handler = join(folder, 'rename-reports', 'slipNode.js');
    await writeFile(handler, (await readFile(handler, 'utf8')).replace('resultString: newKey', 'resultString: renamed'));
    await workbench.command('S3 Batch: Retry Failed Tasks…');
    await page.locator('.quick-input-widget').filter({ hasText: 'Where to Write the Manifest' }).waitFor();
    await page.keyboard.press('Enter');
    const review = page.locator('.quick-input-widget').filter({ hasText: 'Submit to Local' });
    await review.waitFor({ timeout: 60_000 });
    await workbench.screenshot(`out/e2e/retry-${name}.png`);
    await page.keyboard.press('Enter');
    await workbench.treeRow(/Retries .*attempt 2.*3 succeeded/).waitFor({ timeout: 90_000 });
    await workbench.screenshot(`out/e2e/retried-${name}.png`);
  });
}
