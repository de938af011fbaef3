import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };
const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script> & "slip"';

for (const [name, theme] of Object.entries(themes)) {
  const options = { settings: { 'workbench.colorTheme': theme }, viewport: { width: 1280, height: 1400 } };
  e2eTest(`the page of a job says what happened, by keyboard, in a ${name} theme`, options, async ({ workbench, folder }) => {
    const file = join(folder, 'rename-reports', 'rename-slip.s3job.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"Rename reports, with a slip"', JSON.stringify(hostile)));
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally…');
    await workbench.treeRow(/slip.*3 failed/).waitFor({ timeout: 90_000 });
    await workbench.focusRow('Jobs', /slip.*3 failed/);
    await workbench.page.keyboard.press('Control+Enter');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    const heading = page.getByRole('heading', { level: 1, name: /slip/ });
    await heading.waitFor();
    // What somebody else named stays text.
    assert.equal(await heading.innerText(), hostile);
    assert.equal(await page.locator('main :is(img, script)').count(), 0);
    await page.getByRole('status').filter({ hasText: '3 failed' }).waitFor();
    await page.locator('ol.causes li').first().waitFor();
    assert.match(await page.locator('ol.causes').innerText(), /newKey is not defined/);
    for (const button of ['Open Report', 'Retry Failed Tasks…', 'Open Manifest'])
      await page.getByRole('button', { name: button }).waitFor();
    assert.match(await page.locator('pre.request').innerText(), /"LambdaInvoke"/);
    for (const region of ['Tasks over time', 'Timeline', 'Failures by cause', 'Job', 'Request']) {
      await page.getByRole('region', { name: region, exact: true }).waitFor();
    }
    const timeline = page.getByRole('region', { name: 'Timeline' }).getByRole('listitem');
    assert.match(await timeline.first().innerText(), /^Created/);
    assert.match(await page.locator('ol.timeline li[aria-current]').innerText(), /^Complete/);
    await workbench.screenshot(`out/e2e/jobPage-${name}.png`);
    if (name !== 'dark') return;

    // The same after the window was loaded anew, without another word about its end; and what the page offers works by keyboard.
    await workbench.command('Developer: Reload Window');
    await heading.waitFor({ state: 'detached' });
    await heading.waitFor();
    assert.match(await page.locator('ol.timeline').innerText(), /Created[^]*Active[^]*Complete/);
    await page.locator('ol.causes li').first().waitFor();
    assert.equal(await workbench.statusBarItem(/3 failed/).count(), 0);
    await page.getByRole('button', { name: 'Open Report' }).focus();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('Report').waitFor();
  });
}
