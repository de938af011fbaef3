import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { e2eTest } from '../support/e2eTest.js';

e2eTest('a broken manifest is underlined, listed in Problems, and fixed by the keyboard', {}, async ({ workbench, folder }) => {
  await workbench.openFile('manifest-broken.csv');
  await workbench.squiggles('error').first().waitFor();
  const problems = await workbench.problems();
  await problems.filter({ hasText: 'header-row' }).first().waitFor();
  for (const rule of ['unencoded-key', 'bad-escape', 'blank-line', 'column-count', 'plus-in-key']) {
    assert.equal((await problems.filter({ hasText: rule }).count()) > 0, true, `${rule} is listed`);
  }

  await workbench.openFile('manifest-broken.csv');
  await workbench.command('S3 Batch: Fix All in Manifest');
  await eventually(async () => assert.equal(await problems.filter({ hasText: 'unencoded-key' }).count(), 0));
  await workbench.page.keyboard.press('Control+S');
  await eventually(async () => {
    const text = await readFile(join(folder, 'rename-reports', 'manifest-broken.csv'), 'utf8');
    assert.match(text, /^test,report\/date%3D2023-01-01\/id%3DXYZ\/test_A1\.snappy\.parquet$/m);
    assert.match(text, /North%20West/);
    assert.match(text, /50%25/);
    assert.match(text, /C\+D/, 'a plus is a choice for a person');
  });
});
