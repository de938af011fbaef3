import { e2eTest } from '../support/e2eTest.js';

e2eTest('a problem leads to the page of its rule, by its link and by keyboard', {}, async ({ workbench }) => {
  const { page } = workbench;
  const card = page.locator('iframe.webview').last().contentFrame().locator('iframe').contentFrame().locator('body');
  await workbench.openFile('manifest-broken.csv', 1);
  const problems = await workbench.problems();
  await problems.filter({ hasText: 'header-row' }).locator('a').filter({ hasText: 'header-row' }).click();
  await workbench.tab('Preview header-row.md').waitFor();
  await card.filter({ hasText: 'A manifest has no header row' }).filter({ hasText: 'Offered:' }).waitFor();
  await workbench.screenshot('out/e2e/rule-page.png');

  // Not by the file's name while the page is still taking the focus.
  await workbench.command('View: Close All Editors');
  await workbench.tab('Preview header-row.md').waitFor({ state: 'detached' });
  await workbench.openFile('manifest-broken.csv', 1);
  await workbench.command('S3 Batch: Explain Manifest Rule…');
  // The rule that this line breaks comes first.
  await workbench.quickRows().first().filter({ hasText: 'header-row' }).waitFor();
  await workbench.enter('bad-escape');
  await workbench.tab('Preview bad-escape.md').waitFor();
  await card.filter({ hasText: 'a percent sign is written %25' }).waitFor();
});
