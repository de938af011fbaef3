import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../../src/build/host/session.js';
import { hostVersions } from '../../src/build/host/versions.js';
import type { Workbench } from '../../src/build/host/workbench.js';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';
import { type StoppedProcess, stopEngineOf } from '../support/stoppedEngine.js';

const title = 'New Manifest from Bucket';
const command = `S3 Batch: ${title}…`;

/** A bucket that the engine starts with. */
async function fillBucket({ folder }: Session, bucket: string, objects: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, content] of Object.entries(objects)) {
    const file = join(folder, 'rename-reports', 'buckets', bucket, key);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }
}

/** Waits for a question by what its title ends with; what is typed into an earlier one would be lost. */
async function asks(workbench: Workbench, question: string): Promise<void> {
  await workbench
    .quickTitle()
    .filter({ hasText: new RegExp(`^${question}$`) })
    .waitFor();
}

async function chooseBucket(workbench: Workbench, bucket: string): Promise<void> {
  await asks(workbench, title);
  await workbench.quickRows().filter({ hasText: bucket }).first().waitFor();
  await workbench.page.keyboard.type(bucket);
  await workbench.quickRows().filter({ hasText: bucket }).and(workbench.page.locator('.focused')).waitFor();
  await workbench.page.keyboard.press('Enter');
}

async function givePrefix(workbench: Workbench, prefix: string): Promise<void> {
  await workbench.quickMessage().filter({ hasText: 'Prefix of the keys' }).waitFor();
  await workbench.enter(prefix);
}

/** Ticks what objects are chosen by, in the order of the list. */
async function chooseBy(workbench: Workbench, labels: readonly string[]): Promise<void> {
  const { page } = workbench;
  await workbench.quickRows().filter({ hasText: 'Storage class' }).waitFor();
  for (const label of labels) {
    const row = workbench.quickRows().filter({ hasText: new RegExp(`^${label}`) });
    const focused = row.and(page.locator('.focused'));
    for (let moves = 0; (await focused.count()) === 0; moves += 1) {
      assert.ok(moves < 20, `${label} is not reached`);
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Space');
  }
}

async function answer(workbench: Workbench, question: string, text: string): Promise<void> {
  await asks(workbench, `${title}: ${question}`);
  await workbench.enter(text);
}

/** Takes the file that the dialog proposes. */
async function takeProposedFile(workbench: Workbench, name: string): Promise<void> {
  const input = workbench.page.locator('.quick-input-widget:visible input.input').first();
  await eventually(async () => assert.match(await input.inputValue(), new RegExp(`/${name}$`)), 30_000);
  await workbench.page.keyboard.press('Enter');
}

for (const version of hostVersions) {
  e2eTest(`a manifest is made from a bucket by keyboard, in VS Code ${version.vscode}`, { version }, async (session) => {
    const { workbench, folder } = session;
    await fillBucket(session, 'archive', {
      'logs/a b+c.csv': 'x'.repeat(100),
      'logs/deep/ü.csv': 'x'.repeat(200),
      'logs/deep/tmp/cut.csv': 'x'.repeat(100),
      'logs/empty.csv': '',
      'logs/large.csv': 'x'.repeat(3000),
      'logs/notes.txt': 'x'.repeat(100),
      'other/a.csv': 'x'.repeat(100),
    });
    await workbench.command(command);
    await chooseBucket(workbench, 'archive');
    await givePrefix(workbench, 'logs/');
    await chooseBy(workbench, [
      'All versions',
      'Suffix',
      'Pattern',
      'Excluding pattern',
      'At least so big',
      'At most so big',
      'Modified at or after',
      'Modified before',
      'Storage class',
    ]);
    await workbench.screenshot(join(process.cwd(), 'out', 'screenshots', `new-manifest-filter-${version.vscode}.png`));
    await workbench.page.keyboard.press('Enter');
    await answer(workbench, 'Suffix', '.csv');
    await answer(workbench, 'Pattern', 'logs/**');
    await answer(workbench, 'Excluding pattern', '**/tmp/**');
    await asks(workbench, `${title}: At least so big`);
    await workbench.enter('many');
    await workbench.quickMessage().filter({ hasText: 'A number of bytes' }).waitFor();
    await workbench.enter('50');
    await answer(workbench, 'At most so big', '1 KB');
    await answer(workbench, 'Modified at or after', '2000-01-01');
    await answer(workbench, 'Modified before', '2100-01-01T00:00:00Z');
    await answer(workbench, 'Storage class', 'standard, GLACIER');
    await takeProposedFile(workbench, 'archive.csv');

    await workbench.tab('archive.csv').waitFor();
    assert.equal(
      await readFile(join(folder, 'archive.csv'), 'utf8'),
      'archive,logs/a%20b%2Bc.csv,null\narchive,logs/deep/%C3%BC.csv,null\n',
    );
    await workbench.page
      .locator('.codelens-decoration a')
      .filter({ hasText: '2 rows · 1 bucket · no problems' })
      .first()
      .waitFor();
    await workbench.waitForNotification('2 rows in archive.csv.');
    await workbench.screenshot(join(process.cwd(), 'out', 'screenshots', `new-manifest-${version.vscode}.png`));
  });

  e2eTest(`a listing that was cancelled goes on where it stopped, in VS Code ${version.vscode}`, { version }, async (session) => {
    const { workbench, folder } = session;
    const { page } = workbench;
    const names = Array.from({ length: 5000 }, (_, index) => `key-${String(index).padStart(6, '0')}`);
    await fillBucket(session, 'many', Object.fromEntries(names.map((name) => [name, ''])));
    const manifest = join(folder, 'many.csv');
    await workbench.command('S3 Batch: Start Local Engine');
    await workbench.command(command);
    await chooseBucket(workbench, 'many');
    await givePrefix(workbench, '');
    await chooseBy(workbench, []);
    await page.keyboard.press('Enter');

    // The engine is held still after the first page, so that there is something to cancel on the fastest machine.
    const engine = holdEngine(session, `${manifest}.partial`);
    await takeProposedFile(workbench, 'many.csv');
    const held = await engine;
    await workbench.waitForNotification(/Listing many/);
    await workbench.notification(/[\d,]+ keys, [\d,]+ rows, [\d,]+ keys a second/).waitFor();
    await workbench.screenshot(join(process.cwd(), 'out', 'screenshots', `new-manifest-progress-${version.vscode}.png`));
    await workbench.command('Notifications: Accept Notification Primary Action');
    await workbench.waitForNotification(/The listing was stopped after [\d,]+ keys, which are kept\./);
    held.goOn();
    await assert.rejects(stat(manifest), 'there is no manifest before it is whole');
    const kept = (await stat(`${manifest}.partial`)).size;
    assert.ok(kept > 0 && kept < names.length * 'many,key-000000\n'.length, `${kept} bytes`);

    // As after a reload: the command offers what was not finished.
    await workbench.clearNotifications();
    await workbench.command(command);
    await workbench
      .quickRows()
      .filter({ hasText: /Go on with many.*keys listed so far, for many\.csv/ })
      .and(page.locator('.focused'))
      .waitFor();
    await workbench.screenshot(join(process.cwd(), 'out', 'screenshots', `new-manifest-resume-${version.vscode}.png`));
    await page.keyboard.press('Enter');
    await workbench.tab('many.csv').waitFor();
    assert.equal(await readFile(manifest, 'utf8'), names.map((name) => `many,${name}\n`).join(''));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('partial')),
      [],
    );
  });
}

/** Stops the engine of the session when a file has got something. */
async function holdEngine({ folder }: Session, file: string): Promise<StoppedProcess> {
  for (;;) {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && found.size > 0) return await stopEngineOf(folder);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
