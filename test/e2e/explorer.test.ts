import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJobFile } from '../../src/build/host/sampleJob.js';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('jobs are filtered while one types, and grouped by status, by keyboard', {}, async ({ workbench }) => {
  const { page } = workbench;
  await runJobFile({ workbench }, 'rename-slip.s3job.json', /with a slip/);
  await runJobFile({ workbench }, 'rename.s3job.json', /A becomes B/);
  await workbench.clearNotifications();
  const slip = workbench.treeRow(/with a slip/);
  const good = workbench.treeRow(/A becomes B/);

  const askFilter = async (): Promise<void> => {
    await workbench.command('S3 Batch: Filter Jobs…');
    await workbench.quickTitle().filter({ hasText: 'Filter Jobs' }).waitFor();
  };
  await askFilter();
  await page.keyboard.type('status:failures');
  await good.waitFor({ state: 'detached' });
  await slip.waitFor();
  await page.keyboard.press('Escape');
  await good.waitFor();

  await askFilter();
  await page.keyboard.type('age:soon');
  await workbench.quickMessage().filter({ hasText: 'An age is a number' }).waitFor();
  await workbench.enter('becomes age:<7d');
  await slip.waitFor({ state: 'detached' });
  await page.locator('.part.sidebar').filter({ hasText: '1 of 2 jobs: becomes age:<7d' }).first().waitFor();
  await workbench.screenshot('out/e2e/filter.png');
  await workbench.command('S3 Batch: Clear Filter of Jobs');
  await slip.waitFor();

  await workbench.command('S3 Batch: Group Jobs by Status');
  await workbench.treeRow(/^Complete/).waitFor();
  await workbench.treeRow(/^Local/).waitFor({ state: 'detached' });
  await workbench.screenshot('out/e2e/groups.png');
  await workbench.command('S3 Batch: Group Jobs by Target');
  await workbench.focusRow('Jobs', /with a slip/);
});

const folder = await mkdtemp(join(tmpdir(), 's3batch-aws-'));
await writeFile(join(folder, 'config'), '[profile data-team]\nregion = eu-west-1\n');
await writeFile(join(folder, 'credentials'), '[data-team]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = none\n');
process.on('exit', () => void rm(folder, { recursive: true, force: true }));

// Nothing listens there: what AWS would answer is of no interest here.
const env = {
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
};

e2eTest('a profile becomes a target beside Local, says why it shows no jobs, and is removed', { env }, async ({ workbench }) => {
  await workbench.command('S3 Batch: Add Target…');
  await workbench.quickTitle().filter({ hasText: 'Add Target: Profile' }).waitFor();
  await workbench.quickRows().filter({ hasText: 'data-team' }).waitFor();
  await workbench.page.keyboard.type('data-team');
  await workbench.quickRows().filter({ hasText: 'data-team' }).and(workbench.page.locator('.focused')).waitFor();
  await workbench.page.keyboard.press('Enter');
  await workbench.quickTitle().filter({ hasText: 'Add Target: Region' }).waitFor();
  // The Region of the profile comes first.
  await workbench.quickRows().filter({ hasText: 'eu-west-1' }).and(workbench.page.locator('.focused')).waitFor();
  await workbench.page.keyboard.press('Enter');
  await workbench.treeRow(/data-team.*eu-west-1/).waitFor();
  await workbench.treeRow(/Could not find out the account/).waitFor();
  await workbench.treeRow(/Local/).waitFor();
  await workbench.screenshot('out/e2e/target.png');
  await workbench.command('S3 Batch: Remove Target…');
  await workbench.pick('data-team');
  await workbench.treeRow(/data-team/).waitFor({ state: 'detached' });
});
