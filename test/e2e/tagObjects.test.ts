import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import type { Session } from '../../src/build/host/session.js';
import type { Workbench } from '../../src/build/host/workbench.js';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';

const keys = ['A1', 'A2', 'A3'].map((name) => `report/date=2023-01-01/id=XYZ/test_${name}.snappy.parquet`);

/** Waits until the question with this title is open: the name of the wizard says much of what titles do. */
async function asks(workbench: Workbench, title: string): Promise<void> {
  await workbench
    .quickTitle()
    .filter({ hasText: new RegExp(`: ${title} \\(\\d`) })
    .waitFor();
}

/** Answers the question with this title: types a text, or takes what is offered. */
async function answer(workbench: Workbench, title: string, text?: string): Promise<void> {
  await asks(workbench, title);
  await workbench.enter(text);
}

/** Takes an entry of a list by typing a part of it. */
async function choose(workbench: Workbench, title: string, text: string): Promise<void> {
  await asks(workbench, title);
  await workbench.page.keyboard.type(text);
  await workbench.quickRows().filter({ hasText: text }).and(workbench.page.locator('.focused')).waitFor();
  await workbench.page.keyboard.press('Enter');
}

/** From the manifest to the review; all of it by keyboard. */
async function fillIn({ workbench }: Session): Promise<void> {
  await workbench.openFile('manifest.csv');
  await workbench.command('S3 Batch: Create Job…');
  await choose(workbench, 'Manifest', 'manifest.csv');
  await answer(workbench, 'Upload the manifest to');
  await choose(workbench, 'Operation', 'Replace all object tags');
  await answer(workbench, 'TagSet', 'team=data');
  await workbench.quickRows().filter({ hasText: 'team = data' }).first().waitFor();
  await workbench.enter('stage=checked twice');
  await workbench.quickRows().filter({ hasText: 'stage = checked' }).first().waitFor();
  await answer(workbench, 'TagSet');
  await answer(workbench, 'Completion report');
  await answer(workbench, 'Report bucket');
  await answer(workbench, 'Report prefix', 'reports');
  await answer(workbench, 'Report scope');
  await answer(workbench, 'Job role');
  await answer(workbench, 'Priority');
  await answer(workbench, 'Description', 'Tag the reports');
  await answer(workbench, 'Tags');
  await answer(workbench, 'Confirmation');
  await asks(workbench, 'Review');
}

/** A client of the engine that runs in the window, as anybody gets it: by the variables that the command copies. */
async function storageOf({ workbench }: Session): Promise<S3Client> {
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.command('S3 Batch: Copy Environment of Local Engine');
  const text = await eventually(async () => {
    const copied = await workbench.page.evaluate<string>('navigator.clipboard.readText()');
    assert.match(copied, /HTTP_PROXY/);
    return copied;
  });
  const value = (name: string): string =>
    new RegExp(`^export ${name}='([^']*)'$`, 'm').exec(text)?.[1] ?? assert.fail(`${name} in ${text}`);
  return new S3Client({
    endpoint: value('HTTP_PROXY'),
    region: value('AWS_REGION'),
    forcePathStyle: true,
    credentials: { accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') },
  });
}

async function assertTagged(session: Session): Promise<void> {
  const storage = await storageOf(session);
  try {
    for (const Key of keys) {
      const { TagSet } = await storage.send(new GetObjectTaggingCommand({ Bucket: 'test', Key }));
      assert.deepEqual(
        new Map(TagSet?.map((tag) => [tag.Key, tag.Value])),
        new Map([
          ['team', 'data'],
          ['stage', 'checked twice'],
        ]),
      );
    }
  } finally {
    storage.destroy();
  }
}

e2eTest('by keyboard alone: objects get tags, from the manifest to the end of the job', {}, async (session) => {
  const { workbench } = session;
  await fillIn(session);
  await workbench.tab('Request of the new job').waitFor();
  const review = workbench.page.locator('.editor-instance').filter({ hasText: 'S3PutObjectTagging' }).first();
  await review.filter({ hasText: /3\sobjects\sin\stest,\sabout\s\$\d/ }).waitFor();
  await workbench.screenshot('out/e2e/review.png');
  await choose(workbench, 'Review', 'Submit to Local');
  await workbench.treeRow(/Tag the reports.*Complete · 3 succeeded/).waitFor({ timeout: 90_000 });
  await assertTagged(session);

  // The job again, with everything filled in.
  await workbench.command('S3 Batch: Clone Job…');
  await workbench.page.locator('.quick-input-widget').filter({ hasText: 'Complete · 3 succeeded' }).waitFor();
  await workbench.page.keyboard.press('Enter');
  await asks(workbench, 'Review');
  await workbench.screenshot('out/e2e/clone.png');
  await choose(workbench, 'Review', 'Submit to Local');
  await eventually(
    async () =>
      assert.equal(
        await workbench
          .treeRows()
          .filter({ hasText: /Tag the reports.*Complete/ })
          .count(),
        2,
      ),
    60_000,
  );
});

e2eTest('from the wizard to a job file without problems, and its cost', {}, async (session) => {
  const { workbench, folder } = session;
  await fillIn(session);
  await choose(workbench, 'Review', 'Save as Job File');
  const file = join(folder, 'rename-reports', 'tag.s3job.json');
  await workbench.page.locator('.quick-input-widget').filter({ hasText: 'rename-slip.s3job.json' }).waitFor();
  await workbench.enter(file);
  await workbench.tab('tag.s3job.json').waitFor();
  const saved = JSON.parse(await eventually(() => readFile(file, 'utf8'))) as { ManifestFile?: string };
  assert.equal(saved.ManifestFile, 'manifest.csv');
  await workbench.command('S3 Batch: Check Job File');
  await workbench.page.waitForTimeout(1500);
  assert.equal(await workbench.squiggles('error').count(), 0);
  await workbench.screenshot('out/e2e/jobFile.png');

  await workbench.command('S3 Batch: Show Cost and Reach');
  await workbench.tab('Cost of tag.s3job.json').waitFor();
  await workbench.settle();
  await workbench.screenshot('out/e2e/cost.png');
});
