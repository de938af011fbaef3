import assert from 'node:assert/strict';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Session } from '../../src/build/host/session.js';
import { eventually } from '../support/eventually.js';
import { e2eTest } from '../support/e2eTest.js';

const broken = 'manifest-broken.csv';

/** What a person sees and does in the editor of a manifest; all of it by keyboard. */
class Editor {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The text of a file of the sample as it lies on disk. */
  async onDisk(name = broken): Promise<string> {
    return await readFile(join(this.#session.folder, 'rename-reports', name), 'utf8');
  }

  /** Saves, and waits until the file says so. */
  async saves(matching: RegExp): Promise<void> {
    await this.press('Control+S');
    await eventually(async () => assert.match(await this.onDisk(), matching), 30_000);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#session.workbench.page.keyboard.press(key);
  }

  /** The lines that are drawn come in no order: each text is looked for by itself. */
  async shows(present: readonly string[], absent: readonly string[] = []): Promise<void> {
    await eventually(async () => {
      const text = await this.#session.workbench.editorText();
      for (const part of present) assert.ok(text.includes(part), `${part} is not in:\n${text}`);
      for (const part of absent) assert.ok(!text.includes(part), `${part} is in:\n${text}`);
    }, 30_000);
  }

  /** Opens the light bulb of a place and chooses an entry by its beginning. */
  async fix(line: number, title: RegExp): Promise<void> {
    const { workbench } = this.#session;
    // VS Code asks for the light bulb by itself, a little after the cursor or the problems moved, and then drops a menu that was asked
    // for before. So: from a place without one, to the problem, and the menu when the light bulb of that place is there.
    await workbench.openFile(broken, line - 1);
    await this.press('End');
    await this.lightBulb().waitFor({ state: 'detached' });
    // F8 goes to the next problem behind the cursor, and shows it; Escape leaves the cursor there.
    await this.press('F8');
    const problem = workbench.page.locator('.marker-widget');
    await problem.waitFor();
    await this.press('Escape');
    await problem.waitFor({ state: 'detached' });
    await workbench.statusBarItem(new RegExp(`^Ln ${line},`)).waitFor();
    await this.lightBulb().waitFor();
    await this.press('Control+.');
    await this.entries().filter({ hasText: title }).first().waitFor();
    await this.see(`manifest-light-bulb-${line}`);
    const titles = await this.entries().allInnerTexts();
    const place = titles.findIndex((text) => title.test(text.trim()));
    await this.press(...Array.from({ length: place }, () => 'ArrowDown'), 'Enter');
    await this.entries().first().waitFor({ state: 'detached' });
  }

  lightBulb(): Locator {
    return this.#session.workbench.page.locator('.editor-instance [class*="gutter-lightbulb"]');
  }

  entries(): Locator {
    return this.#session.workbench.page.locator('.action-widget .monaco-list-row.action');
  }

  lens(text: string | RegExp): Locator {
    return this.#session.workbench.page.locator('.codelens-decoration a').filter({ hasText: text }).first();
  }

  /** A picture of the state, for people. */
  async see(name: string): Promise<void> {
    await this.#session.workbench.screenshot(join(process.cwd(), 'out', 'screenshots', `${name}.png`));
  }
}

e2eTest('a broken manifest is underlined, listed in Problems, and fixed by the keyboard', {}, async ({ workbench, folder }) => {
  await workbench.openFile(broken);
  await workbench.squiggles('error').first().waitFor();
  const problems = await workbench.problems();
  await problems.filter({ hasText: 'header-row' }).first().waitFor();
  for (const rule of ['unencoded-key', 'bad-escape', 'blank-line', 'column-count', 'plus-in-key']) {
    assert.equal((await problems.filter({ hasText: rule }).count()) > 0, true, `${rule} is listed`);
  }
  const page = await problems.filter({ hasText: 'plus-in-key' }).first().locator('a.monaco-link').first().getAttribute('href');
  assert.equal(page, 'command:s3batch.manifest.explainRule?["plus-in-key"]', 'a rule leads to its page');

  await workbench.openFile(broken);
  await workbench.command('S3 Batch: Fix All in Manifest');
  await eventually(async () => assert.equal(await problems.filter({ hasText: 'unencoded-key' }).count(), 0));
  await workbench.page.keyboard.press('Control+S');
  await eventually(async () => {
    const text = await readFile(join(folder, 'rename-reports', broken), 'utf8');
    assert.match(text, /^test,report\/date%3D2023-01-01\/id%3DXYZ\/test_A1\.snappy\.parquet$/m);
    assert.match(text, /North%20West/);
    assert.match(text, /50%25/);
    assert.match(text, /C\+D/, 'a plus is a choice for a person');
  });
});

e2eTest('each kind of fix is one edit that undo takes back', {}, async (session) => {
  const editor = new Editor(session);
  const { workbench } = session;
  await workbench.openFile(broken);
  await workbench.squiggles('error').first().waitFor();

  await editor.lens(/7 rows · 1 bucket · 7 errors · 2 warnings/).waitFor();
  for (const title of ['Fix All', 'Create Job…', 'Run Locally…']) await editor.lens(title).waitFor();
  await editor.see('manifest-lenses');

  await editor.fix(3, /^URL-encode the key$/);
  await editor.shows(['North%20West'], ['North West']);
  await editor.press('Control+Z');
  await editor.shows(['North West'], ['North%20West']);

  await editor.fix(3, /all \d+ like this/);
  await editor.shows(['North%20West', '%C3%85NG']);
  await editor.press('Control+Z');
  await editor.shows(['North West', 'ÅNG']);

  await editor.fix(3, /Fix all that is certain/);
  await editor.shows(['North%20West', '50%25', '%C3%85NG'], ['Bucket,Key']);
  await editor.press('Control+Z');
  await editor.shows(['Bucket,Key', 'North West', 'ÅNG']);

  await editor.lens('Fix All').click();
  await editor.shows(['North%20West', '50%25', '%C3%85NG'], ['Bucket,Key']);
  await editor.see('manifest-fixed');
  await editor.press('Control+Z');
  await editor.shows(['Bucket,Key', 'North West', 'ÅNG']);
});

e2eTest(
  'fixes are made on save, severities follow the settings, and the status bar counts',
  { settings: { 'editor.codeActionsOnSave': { 'source.fixAll.s3batch': 'explicit' } } },
  async (session) => {
    const editor = new Editor(session);
    const { workbench, folder } = session;
    await workbench.openFile(broken);
    const problems = await workbench.problems();
    await problems.filter({ hasText: 'plus-in-key' }).first().waitFor();

    await workbench.openFile(broken, 1);
    await workbench.page.locator('[id="status.languageStatus"]').first().hover();
    await workbench.page
      .locator('.hover-language-status')
      .filter({ hasText: /rows · / })
      .first()
      .waitFor();
    await editor.see('manifest-status');

    await mkdir(join(folder, '.vscode'), { recursive: true });
    await writeFile(
      join(folder, '.vscode', 'settings.json'),
      JSON.stringify({ 's3batch.manifest.rules': { 'plus-in-key': 'off', 'bad-escape': 'information' } }),
    );
    await problems.filter({ hasText: 'plus-in-key' }).first().waitFor({ state: 'detached' });
    await problems.filter({ hasText: 'bad-escape' }).locator('.codicon-info').first().waitFor();
    await editor.lens('7 rows · 1 bucket · 6 errors · 1 warning · 1 note').waitFor();
    await editor.see('manifest-severities');

    await workbench.openFile(broken, 1);
    await editor.press('End', 'Space', 'Backspace');
    await editor.saves(/^test,[\s\S]*North%20West[\s\S]*50%25/);
    await editor.press('Control+Z');
    await editor.shows(['North West'], ['North%20West']);
  },
);

e2eTest('the hover says what S3 will see, and rows are copied as S3 knows them', {}, async (session) => {
  const editor = new Editor(session);
  const { workbench } = session;
  const { page } = workbench;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openFile(broken, 6);
  await workbench.squiggles('error').first().waitFor();
  await editor.press('Control+K', 'Control+I');
  const hover = page.locator('.monaco-hover:visible').filter({ hasText: 'What S3 will see' }).first();
  await hover.waitFor();
  const text = (await hover.innerText()).replaceAll('\u00a0', ' ');
  assert.match(text, /report\/date=2023-01-02\/id=C D\/test_A6\.snappy\.parquet/);
  assert.match(text, /URI: s3:\/\/test\/report\/date=2023-01-02\/id=C D\//);
  assert.match(text, /\d+ of 1,024 bytes · \d+ characters of escapes/);
  await editor.see('manifest-hover');
  await editor.press('Escape');

  const copied = async (): Promise<string> => await page.evaluate('navigator.clipboard.readText()');
  const key = 'report/date=2023-01-02/id=C D/test_A6.snappy.parquet';
  await workbench.command('S3 Batch: Copy S3 URI of Row');
  await eventually(async () => assert.equal(await copied(), `s3://test/${key}`), 30_000);
  await workbench.command('S3 Batch: Copy Decoded Key of Row');
  await eventually(async () => assert.equal(await copied(), key), 30_000);

  await workbench.openFile(broken, 6);
  await editor.press('Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
  await workbench.chooseInMenu('Copy S3 URI of Row');
  await eventually(async () => {
    const lines = (await copied()).split('\n');
    assert.deepEqual([lines.length, lines.every((line) => line.startsWith('s3://test/report/'))], [2, true], lines.join('\n'));
  }, 30_000);
});

e2eTest('a manifest that is no file yet is linted while it is written', {}, async (session) => {
  const editor = new Editor(session);
  const { workbench } = session;
  await editor.press('Control+Alt+N');
  await workbench.tab('Untitled-1').waitFor();
  await workbench.page.keyboard.type('test,a\u200bb\n');
  await workbench.command('S3 Batch: Treat File as Manifest');
  await workbench.squiggles('error').first().waitFor();
  await editor.press('Control+Home', 'Control+K', 'Control+I');
  const hover = workbench.page.locator('.monaco-hover:visible').filter({ hasText: 'What S3 will see' }).first();
  await hover.waitFor();
  assert.match(await hover.innerText(), /a\[U\+200B\]b/, 'what takes no ink is seen');
  await editor.see('manifest-untitled');
  await editor.press('Escape');
  await workbench.command('S3 Batch: Fix All in Manifest');
  await editor.shows(['test,a%E2%80%8Bb']);
});

e2eTest('a manifest of more than 50 MB is linted when it is all that is open', {}, async (session) => {
  const { workbench, folder } = session;
  const file = await open(join(folder, 'manifest-large.csv'), 'w');
  await file.write('examples,a b\n');
  for (let part = 0; part < 55; part += 1) {
    const row = (index: number): string =>
      `examples,events/year%3D2023/part-${String(part * 16_384 + index).padStart(10, '0')}.parquet-0123\n`;
    await file.write(Array.from({ length: 17_000 }, (_, index) => row(index)).join(''));
  }
  assert.ok((await file.stat()).size > 50 * 1024 * 1024);
  await file.close();
  await workbench.openFile('manifest-large.csv');
  const problems = await workbench.problems();
  await problems.filter({ hasText: 'unencoded-key' }).first().waitFor();
  await new Editor(session).see('manifest-large');
});
