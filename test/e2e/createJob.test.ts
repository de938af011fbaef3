import assert from 'node:assert/strict';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';

e2eTest(
  'the wizard makes a job that waits, keeps answers on the way back, and the tree cancels it',
  {},
  async ({ workbench }) => {
    const { page } = workbench;
    const title = async (text: string): Promise<void> => {
      await workbench.quickTitle().filter({ hasText: text }).waitFor();
    };
    await workbench.openFile('manifest.csv');
    await workbench.command('S3 Batch: Create Job…');

    await title('Manifest');
    await workbench.pick('manifest.csv');
    await title('Upload the manifest to');
    await workbench.enter('not a place');
    await workbench.quickMessage().filter({ hasText: 'must be' }).waitFor();
    await workbench.enter('s3://test/manifests/from-wizard.csv');
    await title('Operation');
    await workbench.pick('Invoke AWS Lambda function');

    await title('FunctionArn');
    await workbench.enter('rename-reports');
    await title('InvocationSchemaVersion');
    await workbench.enter();
    await title('UserArguments');
    await workbench.enter('suffix=B');
    await workbench.quickRows().filter({ hasText: 'suffix = B' }).first().waitFor();
    await workbench.enter();

    await title('Completion report');
    await page
      .locator(
        '.quick-input-widget:visible .quick-input-titlebar .codicon-quick-input-back, .quick-input-widget:visible .quick-input-titlebar [aria-label="Back"]',
      )
      .first()
      .click();
    await title('UserArguments');
    await workbench.quickRows().filter({ hasText: 'suffix = B' }).first().waitFor();
    await workbench.enter();
    await title('Completion report');
    await workbench.enter();
    await title('Report bucket');
    await workbench.enter('report-dest');
    await title('Report prefix');
    await workbench.enter('completion-reports');
    await title('Report scope');
    await workbench.enter();
    await title('Job role');
    await workbench.enter();
    await title('Priority');
    await workbench.enter('high');
    await workbench.quickMessage().filter({ hasText: 'whole number' }).waitFor();
    await workbench.enter('7');
    await title('Description');
    await workbench.enter('From the wizard');
    await title('Tags');
    await workbench.enter();
    await title('Confirmation');
    await workbench.pick('Wait for confirmation');

    await title('Review');
    await workbench.tab('Request of the new job').waitFor();
    await workbench.pick('Submit to Local');
    const row = workbench.treeRow(/From the wizard/);
    await workbench.treeRow(/From the wizard.*Waits for confirmation/).waitFor();
    assert.equal(await workbench.tab('Request of the new job').count(), 0, 'the preview is gone');

    await row.click();
    await page.keyboard.press('ArrowRight');
    await workbench.treeRow(/Manifest.*s3:\/\/test\/manifests\/from-wizard\.csv/).waitFor();
    await workbench.treeRow(/Report.*s3:\/\/report-dest\/completion-reports/).waitFor();
    await workbench.treeRow(/Priority.*7/).waitFor();

    await workbench.command('S3 Batch: Cancel Job…');
    await workbench.pick('From the wizard');
    await workbench.dialog().filter({ hasText: 'Cancel job "From the wizard" on Local?' }).waitFor();
    await workbench.confirm('Cancel Job');
    await workbench.treeRow(/From the wizard.*Cancelled/).waitFor();
    await eventually(async () => assert.equal(await workbench.statusBarItem(/Waits for confirmation/).count(), 0));
  },
);
