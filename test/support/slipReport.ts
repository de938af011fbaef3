import type { Workbench } from '../../src/build/host/workbench.js';

/** Runs the sample job with the slip, opens its report and goes to the failed task of `key`, all by keyboard. */
export async function openFailedTask(workbench: Workbench, key: string): Promise<void> {
  await workbench.openFile('rename-slip.s3job.json');
  await workbench.command('S3 Batch: Run Locally…');
  await workbench.treeRow(/with a slip.*3 failed/).waitFor({ timeout: 90_000 });
  await workbench.clearNotifications();
  await workbench.command('S3 Batch: Open Report');
  await workbench.pick(/with a slip/);
  await workbench.tab('Report of Rename reports, with a slip').waitFor();
  // The first cause has the focus: what is known of it and the failed tasks are one key away.
  await workbench.focusedRow(/PermanentFailure: .*newKey is not defined/).waitFor();
  await workbench.page.keyboard.press('ArrowRight');
  await workbench.treeRow(key).waitFor();
  await workbench.focusRow('Report', key);
}
