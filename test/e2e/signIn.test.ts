import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { AwsStandIn } from '../support/awsStandIn.js';
import { e2eTest } from '../support/e2eTest.js';

const folder = await mkdtemp(join(tmpdir(), 's3batch-mfa-'));
const aws = new AwsStandIn();
aws.jobs = Array.from({ length: 2500 }, (_, index) => ({
  JobId: `job-${index}`,
  Status: index < 3 ? 'Suspended' : 'Complete',
  Description: `Backfill ${String(index).padStart(4, '0')}`,
  Operation: 'S3DeleteObjectTagging',
  Priority: 10,
  CreationTime: new Date(Date.UTC(2026, 9, 1) - index * 60_000).toISOString(),
  ProgressSummary: {
    TotalNumberOfTasks: 100,
    NumberOfTasksSucceeded: index < 3 ? 0 : 99,
    NumberOfTasksFailed: index < 3 ? 0 : 1,
  },
}));
await writeFile(
  join(folder, 'config'),
  '[profile prod]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/jobs\nsource_profile = keys\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n',
);
await writeFile(join(folder, 'credentials'), '[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = none\n');
const env = {
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  AWS_ENDPOINT_URL: await aws.start(),
};
after(async () => {
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});

e2eTest(
  'a code is asked for, again when it is refused, and after the session has ended; by keyboard',
  { env },
  async ({ workbench }) => {
    const { page } = workbench;
    const asks = workbench.quickTitle().filter({ hasText: 'Sign In to prod' });
    const logins = (): string[] => aws.calls.filter((call) => call.startsWith('AssumeRole'));
    await workbench.command('S3 Batch: Add Target…');
    await workbench.quickTitle().filter({ hasText: 'Add Target: Profile' }).waitFor();
    await workbench.quickRows().filter({ hasText: 'prod' }).waitFor();
    await page.keyboard.type('prod');
    await workbench.quickRows().filter({ hasText: 'prod' }).and(page.locator('.focused')).waitFor();
    await page.keyboard.press('Enter');
    await workbench.quickTitle().filter({ hasText: 'Add Target: Region' }).waitFor();
    await workbench.quickRows().filter({ hasText: 'eu-west-1' }).and(page.locator('.focused')).waitFor();
    await page.keyboard.press('Enter');
    await asks.waitFor();
    assert.equal(await page.locator('.quick-input-widget:visible input').first().getAttribute('type'), 'password');
    await page.keyboard.type('12');
    await workbench.quickMessage().filter({ hasText: 'The code has six digits' }).waitFor();
    await workbench.screenshot('out/e2e/mfa.png');
    await page.keyboard.type('3999');
    await page.keyboard.press('Enter');
    await workbench.quickMessage().filter({ hasText: 'AWS did not accept that code' }).waitFor();
    await workbench.screenshot('out/e2e/mfa-refused.png');
    await page.keyboard.press('Escape');
    await workbench.treeRow(/needs a code to sign in/).waitFor();
    await workbench.screenshot('out/e2e/mfa-declined.png');
    assert.deepEqual(logins(), ['AssumeRole 123999']);

    await workbench.focusRow('Jobs', /needs a code/);
    await page.keyboard.press('Enter');
    await asks.waitFor();
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await workbench.treeRow(/Backfill 0000/).waitFor();
    await workbench.screenshot('out/e2e/mfa-jobs.png');

    aws.endSessions();
    await workbench.command('S3 Batch: Refresh Jobs');
    await workbench.waitForNotification(/The session of prod has ended/);
    await workbench.screenshot('out/e2e/mfa-ended.png');
    await workbench.answer(/The session of prod has ended/, 'Enter Code');
    await asks.waitFor();
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await asks.waitFor({ state: 'detached' });
    await workbench.treeRow(/Backfill 0000/).waitFor();
    assert.deepEqual(logins(), ['AssumeRole 123999', 'AssumeRole 123456', 'AssumeRole 123456']);

    // 2,500 jobs: 200 at first, then what was read, then the next page.
    const list = page.locator('.part.sidebar .monaco-list').first();
    const more = workbench.focusedRow(/Load more/);
    const toTheEnd = async (): Promise<string> => {
      await list.focus();
      await page.keyboard.press('End');
      await more.waitFor();
      return (await more.getAttribute('aria-label')) ?? '';
    };
    await workbench.focusRow('Jobs', /Backfill 0000/);
    assert.match(await toTheEnd(), /200/);
    await page.keyboard.press('Enter');
    // The keys go on where the new jobs begin.
    await workbench.focusedRow(/Backfill 0200/).waitFor();
    assert.match(await toTheEnd(), /1,000/);
    await page.keyboard.press('Enter');
    await workbench.focusedRow(/Backfill 1000/).waitFor();
    await workbench.screenshot('out/e2e/load-more.png');
    assert.match(await toTheEnd(), /2,000/);

    // Three jobs, one question. Local, what it says, the target, its first job.
    const toTheFirst = async (): Promise<void> => {
      await list.focus();
      // Nothing is selected but this row: what follows adds to it.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Home');
      await workbench.focusedRow(/Local/).waitFor();
      for (let moves = 0; moves < 3; moves += 1) await page.keyboard.press('ArrowDown');
      await workbench.focusedRow(/Backfill 0000/).waitFor();
      await page.keyboard.press('Control+Shift+Enter');
      await page.locator('.monaco-list:focus .monaco-list-row.selected').filter({ hasText: 'Backfill 0000' }).waitFor();
    };
    await toTheFirst();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete');
    await workbench.dialog().waitFor();
    const question = await workbench.dialog().innerText();
    await workbench.screenshot('out/e2e/multi-cancel.png');
    for (const part of ['Cancel 3 jobs?', 'Backfill 0000', 'Backfill 0002', '1 of the chosen jobs can no longer be cancelled']) {
      assert.ok(question.includes(part), question);
    }
    assert.ok(!question.includes('Backfill 0003'), question);
    await page.keyboard.press('Escape');
    await workbench.dialog().waitFor({ state: 'detached' });
    assert.ok(!aws.calls.some((call) => call.startsWith('UpdateJobStatus')));
    await toTheFirst();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete');
    await workbench.dialog().waitFor();
    await workbench.confirm('Cancel Jobs');
    await workbench.treeRow(/Backfill 0001.*Cancelled/).waitFor();
    assert.deepEqual(aws.calls.filter((call) => call.startsWith('UpdateJobStatus')).toSorted(), [
      'UpdateJobStatus job-0 Cancelled',
      'UpdateJobStatus job-1 Cancelled',
    ]);
  },
);
