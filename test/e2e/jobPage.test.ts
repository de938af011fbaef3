import assert from 'node:assert/strict';
import { e2eTest } from '../support/e2eTest.js';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };

for (const [name, theme] of Object.entries(themes)) {
  const options = { settings: { 'workbench.colorTheme': theme } };
  e2eTest(`the page of a job says what happened, by keyboard, in a ${name} theme`, options, async ({ workbench }) => {
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally…');
    await workbench.treeRow(/with a slip.*3 failed/).waitFor({ timeout: 90_000 });
    await workbench.treeRow(/with a slip/).click();
    await workbench.page.keyboard.press('Control+Enter');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await page.getByRole('heading', { level: 1, name: /slip/ }).waitFor();
    await page.getByRole('status').filter({ hasText: '3 failed' }).waitFor();
    await page.locator('ol.causes li').first().waitFor();
    assert.match(await page.locator('ol.causes').innerText(), /newKey is not defined/);
    await page.getByRole('button', { name: 'Open Report' }).waitFor();
    assert.match(await page.locator('pre.request').innerText(), /"LambdaInvoke"/);
    await workbench.screenshot(`out/e2e/jobPage-${name}.png`);
  });
}
