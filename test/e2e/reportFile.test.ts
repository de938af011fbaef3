import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { e2eTest } from '../support/e2eTest.js';
import { failedRow, row, rowsText } from '../support/reportFiles.js';
import { zipFile } from '../support/zipFile.js';

const later = [
  failedRow('photos/2026/a%20b.jpg', 'NoSuchKey', 'The specified key does not exist.'),
  failedRow('photos/2026/c%2Bd.jpg', 'SlowDown', 'Please reduce your request rate.'),
  failedRow('photos/2026/e.jpg', 'NewCode', 'Something that nobody has seen before.'),
  row({ keyField: 'photos/2026/f.jpg' }),
];
const earlier = [failedRow('photos/2026/f.jpg', 'SlowDown', 'Please reduce your request rate.')];

e2eTest(
  'a report on disk, zipped: chosen causes retried, the rest resumed, an earlier one compared, by keyboard',
  {},
  async (session) => {
    const { workbench, folder } = session;
    const { page } = workbench;
    await writeFile(join(folder, 'later.zip'), zipFile({ 'results/f.csv': rowsText(later) }));
    await writeFile(join(folder, 'earlier.csv'), rowsText(earlier));
    const keys = [...later, row({ keyField: 'photos/2026/never.jpg' })].map(({ keyField }) => `test,${keyField}\n`);
    await writeFile(join(folder, 'whole.csv'), keys.join(''));
    const open = async (name: string): Promise<void> => {
      await workbench.command('S3 Batch: Open Report File…');
      await page.locator('.quick-input-widget').filter({ hasText: 'File on this machine' }).waitFor();
      await page.keyboard.press('Enter');
      await workbench.enterPath('Open Report File', join(folder, name));
    };

    await open('earlier.csv');
    await workbench.focusedRow(/SlowDown: Please reduce/).waitFor();
    await open('later.zip');
    await workbench.focusedRow(/NewCode: Something that nobody/).waitFor();
    await page.keyboard.press('ArrowRight');
    await workbench.treeRow(/Nothing more is known of this error/).waitFor();
    await workbench.screenshot('out/e2e/report-file.png');
    await page.keyboard.press('ArrowLeft');

    // The first two causes, by Shift and the arrow; the third stays.
    await page.keyboard.press('Shift+ArrowDown');
    await workbench.chooseInMenu('Retry Failed Tasks');
    await workbench.enterPath('Where to Write the Manifest', join(folder, 'two.csv'));
    await workbench.tab('two.csv').waitFor();
    assert.equal(await readFile(join(folder, 'two.csv'), 'utf8'), 'test,photos/2026/a%20b.jpg\ntest,photos/2026/e.jpg\n');
    await workbench.screenshot('out/e2e/report-file-retried.png');

    await workbench.focusRow('Report', /Report later\.zip/);
    await workbench.chooseInMenu('Resume Job');
    await workbench.enterPath('Manifest of the Job', join(folder, 'whole.csv'));
    await workbench.enterPath('Where to Write the Manifest', join(folder, 'left.csv'));
    await workbench.tab('left.csv').waitFor();
    assert.equal(await readFile(join(folder, 'left.csv'), 'utf8'), 'test,photos/2026/never.jpg\n');

    await workbench.focusRow('Report', /Report later\.zip/);
    await workbench.chooseInMenu('Compare with Another Report');
    await workbench.quickTitle().filter({ hasText: 'Compare Reports' }).waitFor();
    await workbench.quickRows().filter({ hasText: 'Report earlier.csv' }).waitFor();
    await page.keyboard.press('Enter');
    await workbench.tab('Two reports compared').waitFor();
    const text = await workbench.editorText();
    assert.match(text, /Newly failing: 3/);
    assert.match(text, /Newly fixed: 1/);
    await workbench.screenshot('out/e2e/report-file-compared.png');
  },
);
