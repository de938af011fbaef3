import assert from 'node:assert/strict';
import { openReport, runSampleJob } from '../../src/build/host/sampleJob.js';
import { eventually } from '../support/eventually.js';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('the sample job runs locally from its job file, shows in the tree, and its report opens', {}, async (session) => {
  assert.deepEqual(await runSampleJob(session), { status: 'Complete', succeeded: 3, failed: 0 });
  const { workbench } = session;
  assert.match(await workbench.editorText(), /Rows in the report: 0 failed, 3 succeeded/);

  // The tree says what the job is made of, and the log what happened.
  await workbench.focusRow('Jobs', /Rename reports/);
  await workbench.page.keyboard.press('ArrowRight');
  for (const detail of [/Invoke AWS Lambda/, /Manifest/, /Report/, /Job role/, /Timeline/])
    await workbench.treeRow(detail).waitFor();
});

e2eTest(
  'the slip of a name that was never assigned is caught by a rehearsal, and the report names it',
  {},
  async ({ workbench }) => {
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally…');
    const row = workbench.treeRow(/with a slip/);
    await workbench.treeRow(/with a slip.*3 failed/).waitFor({ timeout: 90_000 });
    assert.doesNotMatch(await row.innerText(), /Complete ·/, 'never shown as a success');
    await openReport({ workbench }, /with a slip/);
    await eventually(async () => assert.match(await workbench.editorText(), /newKey is not defined/));
  },
);
