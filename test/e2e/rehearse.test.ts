import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Session } from '../../src/build/host/session.js';
import { e2eTest } from '../support/e2eTest.js';
import { FakeRealBuckets } from '../support/fakeRealBuckets.js';

/** Waits until the question with this title is open; then takes what is offered, the entry that a text finds, or a typed value. */
async function answer({ workbench }: Session, title: string, given?: { pick: string } | { type: string }): Promise<void> {
  await workbench
    .quickTitle()
    .filter({ hasText: new RegExp(`^Run Locally: ${title} \\(\\d`) })
    .waitFor();
  if (given !== undefined && 'type' in given) {
    await workbench.enter(given.type);
    return;
  }
  if (given !== undefined) await workbench.page.keyboard.type(given.pick);
  await workbench
    .quickRows()
    .filter({ hasText: given?.pick ?? '' })
    .and(workbench.page.locator('.focused'))
    .waitFor();
  await workbench.page.keyboard.press('Enter');
}

/** A job on manifest.csv, in place of a sample: the list of files may be read before a new one is seen. */
async function writeJob(folder: string, description: string, operation: object): Promise<void> {
  const job = {
    Description: description,
    ManifestFile: 'manifest.csv',
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::test/manifests/rehearsed.csv' },
    },
    Operation: operation,
    Report: { Enabled: false },
    Priority: 10,
    RoleArn: 'arn:aws:iam::000000000000:role/s3-batch-local',
  };
  await writeFile(join(folder, 'rename-reports', 'rename-slip.s3job.json'), `${JSON.stringify(job)}\n`);
}

/** A handler that is not idempotent for keys that begin with `append`, and takes its time for each, and its job. */
async function writeAppender(folder: string, taskMs = 0): Promise<void> {
  const file = (name: string): string => join(folder, 'rename-reports', name);
  await writeFile(
    file('slipNode.js'),
    `const { S3Client, PutObjectCommand, GetObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async (event) => {
  const [task] = event.tasks;
  await new Promise((resolve) => setTimeout(resolve, ${taskMs}));
  const place = { Bucket: 'report-dest', Key: task.s3Key };
  const old = await s3.send(new GetObjectCommand(place)).then((answer) => answer.Body.transformToString(), () => '');
  const isAppend = task.s3Key.startsWith('append');
  await s3.send(new PutObjectCommand({ ...place, Body: isAppend ? old + 'one more line\\n' : 'a line\\n' }));
  const result = { taskId: task.taskId, resultCode: 'Succeeded', resultString: isAppend ? old.length + ' characters before' : 'set' };
  return { invocationSchemaVersion: event.invocationSchemaVersion, invocationId: event.invocationId, treatMissingKeysAs: 'PermanentFailure', results: [result] };
};
`,
  );
  await writeFile(file('manifest.csv'), 'test,set1\ntest,append1\ntest,set2\ntest,append2\n');
  const FunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rename-reports-slip-node';
  await writeJob(folder, 'Write lines', { LambdaInvoke: { FunctionArn } });
}

e2eTest('by keyboard alone: the chaos switch names the rows and objects that are not idempotent', {}, async (session) => {
  const { workbench, folder } = session;
  const { page } = workbench;
  await writeAppender(folder);
  await workbench.openFile('rename-slip.s3job.json');
  await workbench.command('S3 Batch: Run Locally on a Sample…');
  await answer(session, 'Rows', { pick: 'All rows' });
  await workbench.quickTitle().filter({ hasText: 'Objects (2/3)' }).waitFor();
  await workbench.screenshot('out/e2e/rehearse-objects.png');
  await answer(session, 'Objects');
  await workbench.quickTitle().filter({ hasText: 'Chaos (3/3)' }).waitFor();
  await workbench.screenshot('out/e2e/rehearse-chaos.png');
  await answer(session, 'Chaos', { pick: 'On' });
  await answer(session, 'Seed of the chaos', { type: '7' });
  await workbench.treeRow(/Write lines \(chaos 1\/2\).*Complete · 4 succeeded/).waitFor({ timeout: 90_000 });
  await workbench.treeRow(/Write lines \(chaos 2\/2\).*Complete · 4 succeeded/).waitFor({ timeout: 90_000 });

  const said = '"Write lines" is not idempotent: the second time 2 rows end otherwise, and 2 objects are left otherwise.';
  await workbench.waitForNotification(said);
  await workbench.screenshot('out/e2e/rehearse-said.png');
  await workbench.answer(said, 'Show Details');
  await workbench.tab('Chaos of Write lines').waitFor();
  const text = (await workbench.editorText()).replaceAll(/\s+/g, ' ');
  assert.match(text, /s3:\/\/test\/append1: first succeeded "\d+ characters before"; then succeeded "\d+ characters before"/);
  assert.match(text, /s3:\/\/report-dest\/append2, \d+ bytes → \d+ bytes \[compare\]/);
  assert.doesNotMatch(text, /set1/);
  await workbench.clearNotifications();
  await workbench.settle();
  await workbench.screenshot('out/e2e/rehearse-found.png');

  // The last link of the list, by keyboard: the object before the second run, and as it is now.
  await page.locator('.editor-instance .detected-link').first().waitFor();
  for (const key of ['Control+End', 'ArrowUp', 'End', 'ArrowLeft']) await page.keyboard.press(key);
  await workbench.command('Open Link');
  await workbench.tab('append2 (before ↔ now)').waitFor();
  await workbench.settle();
  await workbench.screenshot('out/e2e/rehearse-compare.png');
});

e2eTest(
  'by keyboard alone: a reload between the two runs is told, they go on, and are compared whenever somebody asks',
  {},
  async (session) => {
    const { workbench, folder } = session;
    await writeAppender(folder, 2500);
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally on a Sample…');
    await answer(session, 'Rows', { pick: 'All rows' });
    await answer(session, 'Objects');
    await answer(session, 'Chaos', { pick: 'On' });
    await answer(session, 'Seed of the chaos', { type: '7' });
    // It is there, and has not ended.
    await workbench.treeRow(/Write lines \(chaos 1\/2\)(?!.*Complete)/).waitFor({ timeout: 90_000 });
    await workbench.command('Developer: Reload Window');
    const told = /loaded anew before the second run of "Write lines" under chaos: nothing was compared yet/;
    await workbench.waitForNotification(told);
    await workbench.screenshot('out/e2e/rehearse-reloaded.png');
    await workbench.answer(told, 'Go On');
    await workbench.treeRow(/Write lines \(chaos 1\/2\).*Complete/).waitFor({ timeout: 90_000 });
    await workbench.treeRow(/Write lines \(chaos 2\/2\).*Complete/).waitFor({ timeout: 90_000 });
    await workbench.waitForNotification('"Write lines" is not idempotent');
    await workbench.clearNotifications();

    await workbench.command('S3 Batch: Show Chaos Comparison');
    await workbench.quickRows().filter({ hasText: 'Write lines (chaos 2/2)' }).waitFor();
    assert.equal(await workbench.quickRows().count(), 1);
    await workbench.screenshot('out/e2e/rehearse-which.png');
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('Chaos of Write lines').waitFor();
    assert.match((await workbench.editorText()).replaceAll(/\s+/g, ' '), /s3:\/\/report-dest\/append2, \d+ bytes → \d+ bytes/);
    await workbench.command('View: Close All Editors');
    await workbench.tab('Chaos of Write lines').waitFor({ state: 'detached' });

    await workbench.focusRow('Jobs', /Write lines \(chaos 2\/2\)/);
    await workbench.chooseInMenu('Show Chaos Comparison');
    await workbench.tab('Chaos of Write lines').waitFor();
    await workbench.settle();
    await workbench.screenshot('out/e2e/rehearse-again.png');
  },
);

const real = await FakeRealBuckets.start({
  'photos/cats/a b.txt': { text: 'the first', headers: { 'content-type': 'text/plain' }, tags: { team: 'red' } },
  'photos/dogs/c.txt': { text: 'the second' },
  'photos/denied.txt': { text: '', error: { status: 403, code: 'AccessDenied' } },
  'copies/dogs/c.txt': { text: 'an older copy' },
});
after(async () => await real.close());

const fetching = {
  env: {
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_S3: real.endpoint,
    // Nothing else of the target is there: port 9 discards.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
};

e2eTest(
  'by keyboard alone: a job runs on objects that were fetched, and nothing but reads reaches their buckets',
  fetching,
  async (session) => {
    const { workbench, folder } = session;
    const manifest = join(folder, 'rename-reports', 'manifest.csv');
    await writeFile(manifest, 'photos,cats/a%20b.txt\nphotos,dogs/c.txt\nphotos,none.txt\nphotos,denied.txt\n');
    await writeJob(folder, 'Tag photos', { S3PutObjectTagging: { TagSet: [{ Key: 'team', Value: 'blue' }] } });
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally on a Sample…');
    await answer(session, 'Rows', { pick: 'First rows' });
    await answer(session, 'Number of rows', { type: '10' });
    await answer(session, 'Objects', { pick: 'Add AWS Target' });
    for (const [title, text] of [
      ['Add Target: Profile', 'Environment'],
      ['Add Target: Region', 'us-east-1'],
    ] as const) {
      await workbench.quickTitle().filter({ hasText: title }).waitFor();
      await workbench.page.keyboard.type(text);
      await workbench.quickRows().filter({ hasText: text }).and(workbench.page.locator('.focused')).waitFor();
      await workbench.page.keyboard.press('Enter');
    }
    // The same question again, and the new target is what Enter takes.
    await workbench.quickRows().filter({ hasText: 'Fetched from Environment (us-east-1)' }).waitFor();
    await workbench.screenshot('out/e2e/rehearse-added.png');
    await answer(session, 'Objects');
    await workbench.quickTitle().filter({ hasText: 'Limit of the fetch' }).waitFor();
    await workbench.screenshot('out/e2e/rehearse-limit.png');
    await answer(session, 'Limit of the fetch', { type: '64 KB' });
    await answer(session, 'Chaos');
    await workbench.treeRow(/Tag photos.*Complete, 2 failed/).waitFor({ timeout: 90_000 });

    const said = 'Fetched from Environment (us-east-1), which was only read: 2 objects, 19 bytes.';
    await workbench.waitForNotification(said);
    await workbench.notification('Show Changes').waitFor();
    await workbench.screenshot('out/e2e/rehearse-fetched.png');
    await workbench.answer(said, 'Show Details');
    await workbench.tab('Objects fetched for Tag photos').waitFor();
    const text = (await workbench.editorText()).replaceAll(/\s+/g, ' ');
    assert.match(text, /Not fetched: NoSuchKey \(1\).*s3:\/\/photos\/none\.txt/);
    assert.match(text, /Not fetched: AccessDenied \(1\).*s3:\/\/photos\/denied\.txt/);
    await workbench.clearNotifications();
    await workbench.settle();
    await workbench.screenshot('out/e2e/rehearse-details.png');

    assert.deepEqual(real.writes, []);
    // Of objects: what the buckets are like is read too.
    const reads = real.requests.map((request) => request.replace(/\?.*$/, '')).filter((request) => /photos\/./.test(request));
    assert.deepEqual([...new Set(reads)].toSorted(), [
      'GET /photos/cats/a%20b.txt',
      'GET /photos/denied.txt',
      'GET /photos/dogs/c.txt',
      'GET /photos/none.txt',
    ]);

    await workbench.command('S3 Batch: Show Changes');
    await workbench.quickRows().filter({ hasText: 'Tag photos' }).first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('Changes by Tag photos').waitFor();
    const changes = await workbench.editorText();
    assert.match(changes, /2 objects tagged/);
    assert.match(changes, /cats\/a b\.txt, 9 bytes; tagged: team=red → team=blue/);
    await workbench.settle();
    await workbench.screenshot('out/e2e/rehearse-changes.png');

    // What a copy is about to replace is fetched too, when the job comes to it: a bucket that no row names.
    await writeJob(folder, 'Copy photos', {
      S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::copies', MetadataDirective: 'COPY' },
    });
    await workbench.openFile('rename-slip.s3job.json');
    await workbench.command('S3 Batch: Run Locally on a Sample…');
    // The answers of the last time; text is selected, so that typing replaces it.
    await answer(session, 'Rows');
    await answer(session, 'Number of rows', { type: '10' });
    await answer(session, 'Objects');
    await answer(session, 'Limit of the fetch', { type: '64 KB' });
    await answer(session, 'Chaos');
    await workbench.treeRow(/Copy photos.*Complete, 2 failed/).waitFor({ timeout: 90_000 });
    await workbench.waitForNotification('Fetched while the job ran, because it looked for them: 1 object, 13 bytes.');
    await workbench.settle();
    await workbench.screenshot('out/e2e/rehearse-fetched-later.png');
    await workbench.command('S3 Batch: Show Changes');
    await workbench.quickRows().filter({ hasText: 'Copy photos' }).first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('Changes by Copy photos').waitFor();
    assert.match(await workbench.editorText(), /1 object copied, 1 overwritten/);
    assert.deepEqual(real.writes, []);
  },
);
