import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { e2eTest } from '../support/e2eTest.js';

e2eTest(
  'files that are selected in the Explorer are linted from its menu, packed ones too',
  {},
  async ({ workbench, folder }) => {
    const { page } = workbench;
    // Into a folder that is still closed: the Explorer reads it when it is opened.
    await writeFile(join(folder, 'rename-reports', 'a-one.csv'), 'examples,a b\nexamples,ok\n');
    await writeFile(join(folder, 'rename-reports', 'a-two.csv.gz'), gzipSync('examples,50%\n'));

    const goTo = async (name: string): Promise<void> => {
      const row: Locator = workbench.focusedRow(name);
      for (let moves = 0; (await row.count()) === 0; moves += 1) {
        if (moves === 30) throw new Error(`The Explorer does not come to ${name}.`);
        await page.keyboard.press('ArrowDown');
        await page.waitForTimeout(50);
      }
    };
    await workbench.command('File: Focus on Files Explorer');
    await goTo('rename-reports');
    await page.keyboard.press('ArrowRight');
    await workbench.treeRow('a-two.csv.gz').waitFor();
    await goTo('a-one.csv');
    // Takes the file into the selection; the next one is added to it.
    await page.keyboard.press('Control+Shift+Enter');
    await page.keyboard.press('ArrowDown');
    await workbench.focusedRow('a-two.csv.gz').waitFor();
    await page.keyboard.press('Control+Shift+Enter');
    await workbench.chooseInMenu('Lint Manifest File');

    await workbench.waitForNotification('2 manifests · 3 rows · 2 errors · in 2 files');
    const problems = await workbench.problems();
    for (const rule of ['unencoded-key', 'bad-escape']) await problems.filter({ hasText: rule }).first().waitFor();
    await workbench.screenshot(join(process.cwd(), 'out', 'screenshots', 'lint-files.png'));
  },
);
