import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('what a job reaches and costs, what its role needs and lacks, by keyboard', {}, async ({ workbench, folder }) => {
  const { page } = workbench;
  const policy = join(folder, 'role-policy.json');
  const statement = { Effect: 'Allow', Action: ['s3:GetObject', 's3:DeleteObject'], Resource: '*' };
  await writeFile(policy, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  const card = page.locator('iframe.webview').last().contentFrame().locator('iframe').contentFrame().locator('body');

  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Show Cost and Reach');
  await card.filter({ hasText: /estimate/i }).waitFor({ timeout: 60_000 });
  await workbench.screenshot('out/e2e/cost-card.png');

  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Policy of Job File…');
  await workbench.enter('CloudFormation');
  await page.locator('.editor-instance .view-lines').filter({ hasText: 'AWS::IAM::Role' }).waitFor();
  await workbench.screenshot('out/e2e/policy.png');

  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Compare with Role Policy File…');
  await workbench.enterPath('Files with the policies of the role', policy);
  await workbench.tab('Role s3-batch-local').waitFor();
  await card.filter({ hasText: 'lambda:InvokeFunction' }).filter({ hasText: 's3:DeleteObject' }).waitFor();
  await workbench.screenshot('out/e2e/role.png');

  // A file that is no policy says so, and nothing else happens.
  await writeFile(policy, 'no policy');
  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Compare with Role Policy File…');
  await workbench.enterPath('Files with the policies of the role', policy);
  await workbench.waitForNotification(/role-policy\.json/);
  await workbench.screenshot('out/e2e/role-bad.png');
});
