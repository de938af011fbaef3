import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';
import { openFailedTask } from '../support/slipReport.js';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };

for (const [name, theme] of Object.entries(themes)) {
  const options = { settings: { 'workbench.colorTheme': theme } };
  e2eTest(`from a failure over its cause to a retry that succeeds, by keyboard, in a ${name} theme`, options, async (session) => {
    const { workbench, folder } = session;
    const { page } = workbench;
    await openFailedTask(workbench, 'test_A1.snappy.parquet');
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
